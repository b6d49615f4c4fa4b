/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.resume: a session from an earlier connection goes on here.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/net/conn.h"
#include "server/request.h"
#include "server/server.h"

enum { QUERY_SESSION, QUERY_GRANTS };

struct resume {
	uint8_t token_hash[TOKEN_BYTES];
	struct principal *principal; /* one reference, for the connection */
};

static void load(struct request *r)
{
	const Pb__SessionResume *in = (const Pb__SessionResume *)r->message;
	struct resume *state = arena_new(&r->arena, struct resume);
	struct query *session = request_query(r, STMT_principal_get);
	struct query *grants = request_query(r, STMT_principal_grants);

	r->arena.is_secret = true;
	r->state = state;
	if (state != NULL) {
		principal_token_hash(codec_span(true, in->token), state->token_hash);
		principal_load(session, grants, &r->arena, state->token_hash);
	}
}

static enum err decide(struct request *r)
{
	struct resume *state = r->state;
	Pb__SessionResumeReply *out = request_reply(r);
	struct conn *conn = conn_find(r->server, r->conn_id);
	enum err err;

	if (out == NULL) {
		return ERR_BUSY;
	}
	err = principal_new(&r->queries[QUERY_SESSION], &r->queries[QUERY_GRANTS], state->token_hash,
		&(struct principal_terms){
			.now_us = request_now_us(r),
			.idle_ms = r->server->config->session_idle_ms,
			.roles = conn == NULL ? 0 : conn_roles(conn),
		},
		&state->principal);
	if (err != ERR_OK) {
		return err;
	}
	out->has_ends_us = out->has_idle_ms = true;
	out->ends_us = state->principal->ends_us;
	out->idle_ms = (uint32_t)r->server->config->session_idle_ms;
	out->account = message_account_of(&r->arena, state->principal);
	if (r->arena.failed) {
		principal_unref(state->principal); /* nothing will be settled */
		return ERR_BUSY;
	}
	return ERR_OK;
}

static void settle(struct request *r)
{
	struct conn *conn = request_settled(r);
	struct resume *state = r->state;

	if (conn == NULL) {
		principal_unref(state->principal);
	} else {
		conn_set_principal(conn, state->principal);
	}
}

const struct method_impl impl_session_resume = {
	.load = load,
	.may = may_always, /* who has the token has the session */
	.decide = decide,
	.settle = settle,
};
