/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.whoami: who the server takes the connection for, and what that person may do.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

static void load(struct request *r)
{
	query_bytes(
		request_query(r, STMT_principal_grants), span_of(r->principal->token_hash, TOKEN_BYTES));
}

static enum err decide(struct request *r)
{
	const struct query *grants = &r->queries[0];
	Pb__SessionWhoamiReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->account = message_account_of(&r->arena, r->principal);
	out->n_grants = query_rows(grants);
	out->grants = arena_alloc(&r->arena, size_max(out->n_grants, 1) * sizeof *out->grants);
	for (size_t i = 0; out->grants != NULL && i < out->n_grants; i++) {
		out->grants[i] = message_grant(&r->arena, grants, i);
	}
	out->has_device_id = out->has_ends_us = true;
	out->device_id = message_uuid(&r->arena, r->principal->device_id);
	out->ends_us = r->principal->ends_us;
	return ERR_OK;
}

const struct method_impl impl_session_whoami = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
