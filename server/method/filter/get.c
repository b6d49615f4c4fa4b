/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.get: one saved filter, one's own or shared.
 */
#include "server/method/filter/filter_row.h"
#include "server/method/message.h"

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__FilterGet *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	filter_load(r, message_id(true, ((const Pb__FilterGet *)r->message)->filter_id));
}

static enum err decide(struct request *r)
{
	Pb__FilterGetReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->filter = filter_message(r, filter_row_of(r), 0);
	return out->filter == NULL ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_filter_get = {
	.check = check,
	.load = load,
	.may = filter_may,
	.decide = decide,
};
