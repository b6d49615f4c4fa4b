/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant.list: who holds or held what; of one account, or of all.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

static void load(struct request *r)
{
	const Pb__GrantList *in = (const Pb__GrantList *)r->message;
	struct query *query = request_query(r, STMT_grant_list);

	query_uuid_or_null(
		query, in->has_account_id ? uuid_from_span(codec_span(true, in->account_id)) : uuid_nil);
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__GrantListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_grants = query_rows(rows);
	out->grants = arena_alloc(&r->arena, size_max(out->n_grants, 1) * sizeof *out->grants);
	for (size_t i = 0; out->grants != NULL && i < out->n_grants; i++) {
		out->grants[i] = message_grant(&r->arena, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_grant_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
