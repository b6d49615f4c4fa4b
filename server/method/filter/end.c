/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.end: a saved filter is deleted, by its maker or a manager. Nothing but the event is left of it.
 */
#include "server/method/filter/filter_row.h"
#include "server/method/message.h"

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__FilterEnd *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	filter_load(r, message_id(true, ((const Pb__FilterEnd *)r->message)->filter_id));
}

static enum err decide(struct request *r)
{
	const Pb__FilterEnd *in = (const Pb__FilterEnd *)r->message;
	enum err err = filter_may_change(r, in->version);
	struct query *query;

	if (err != ERR_OK) {
		return err;
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query =
		request_effect(r, STMT_filter_end, message_id(true, in->filter_id), filter_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
	}
	return ERR_OK;
}

const struct method_impl impl_filter_end = {
	.check = check,
	.load = load,
	.may = filter_may,
	.decide = decide,
};
