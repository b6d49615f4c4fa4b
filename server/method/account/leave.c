/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.leave: the person has left; no logins, no sessions from the next request on.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/principal.h"
#include "server/request.h"

enum { QUERY_ACCOUNT };

static void load(struct request *r)
{
	const Pb__AccountLeave *in = (const Pb__AccountLeave *)r->message;

	query_uuid(
		request_query(r, STMT_account_get), uuid_from_span(codec_span(true, in->account_id)));
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_ACCOUNT]) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err refuse_with_current(struct request *r, enum err err)
{
	Pb__Account *current = message_account(&r->arena, &r->queries[QUERY_ACCOUNT], 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

static enum err decide(struct request *r)
{
	const Pb__AccountLeave *in = (const Pb__AccountLeave *)r->message;
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	struct query *query;

	if (uuid_equal(row_uuid(account, 0, 0), r->principal->account_id)) {
		return request_refuse(r, ERR_FIELD_INVALID, "account_id", "somebody else");
	}
	if ((uint32_t)row_int4(account, 0, 5) != in->version) {
		return refuse_with_current(r, ERR_CONFLICT);
	}
	if (row_int2(account, 0, 4) != 1) {
		return refuse_with_current(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_account_leave, row_uuid(account, 0, 0),
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
	}
	return ERR_OK;
}

const struct method_impl impl_account_leave = {
	.load = load,
	.may = may,
	.decide = decide,
};
