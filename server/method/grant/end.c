/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant.end: the grant is over from this moment on; the row stays, for the record.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_GRANT };

static void load(struct request *r)
{
	const Pb__GrantEnd *in = (const Pb__GrantEnd *)r->message;

	query_uuid(request_query(r, STMT_grant_get), uuid_from_span(codec_span(true, in->grant_id)));
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_GRANT]) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err refuse_with_current(struct request *r, enum err err)
{
	Pb__Grant *current = message_grant(&r->arena, &r->queries[QUERY_GRANT], 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

static enum err decide(struct request *r)
{
	const Pb__GrantEnd *in = (const Pb__GrantEnd *)r->message;
	struct access_grant grant = principal_grant_row(&r->queries[QUERY_GRANT], 0);
	struct query *query;

	if (grant.version != in->version) {
		return refuse_with_current(r, ERR_CONFLICT);
	}
	if (grant.to_us <= request_now_us(r)) {
		return refuse_with_current(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_grant_end, grant.grant_id,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
	}
	return ERR_OK;
}

const struct method_impl impl_grant_end = {
	.load = load,
	.may = may,
	.decide = decide,
};
