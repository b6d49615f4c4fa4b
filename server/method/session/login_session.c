/* SPDX-License-Identifier: Apache-2.0 */
#include "account.pb-c.h"
#include "common/random.h"
#include "server/method/message.h"
#include "server/method/session/login.h"
#include "server/net/conn.h"
#include "server/server.h"

struct uuid login_device(const struct request *r)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;

	return uuid_from_span(codec_span(true, in->device_id));
}

static enum err refuse(struct request *r)
{
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	const struct login *state = r->state;
	struct query *query = request_plain_effect(r, STMT_login_failed);

	if (query != NULL) {
		query_uuid(query,
			query_rows(account) == 1 ? row_uuid(account, 0, 0) : login_nobody(login_typed(r)));
		query_text(query, login_lane(r, &r->queries[QUERY_KNOWN_DEVICE], &state->source));
		query_text(query, str_from_c(state->peer));
		query_time(query, request_now_us(r));
	}
	return ERR_LOGIN_FAILED;
}

static void open_session(struct request *r, int64_t ends_us)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	struct login *state = r->state;
	struct str device_name = codec_str(in->device_name);
	struct query *query = request_plain_effect(r, STMT_session_open);

	if (query == NULL) {
		return;
	}
	query_uuid(query, row_uuid(account, 0, 0));
	query_uuid(query, login_device(r));
	query_text(query, device_name.len == 0 ? STR("-") : device_name);
	query_bytes(query, span_of(state->token_hash, TOKEN_BYTES));
	query_time(query, request_now_us(r));
	query_time(query, ends_us);
	query_int4(query, row_int4(account, 0, 5));
	query_text_or_null(query, state->rehash);
}

enum err login_decide(struct request *r)
{
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	struct login *state = r->state;
	int64_t ends_us = request_now_us(r) + r->server->config->session_ms * US_PER_MS;
	bool is_remote_administrator = row_bool(&r->queries[QUERY_IS_ADMINISTRATOR], 0, 0) &&
	                               !state->is_local && r->server->config->administrator_remote == 0;
	Pb__SessionLoginReply *out;

	if (!state->is_right) {
		return refuse(r);
	}
	if (is_remote_administrator) {
		return request_refuse(
			r, ERR_DENIED, "login", "administrators log in on the server's machine");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	random_bytes(state->token, TOKEN_BYTES);
	principal_token_hash(span_of(state->token, TOKEN_BYTES), state->token_hash);
	out->has_token = out->has_ends_us = out->has_idle_ms = true;
	out->token = codec_bytes(span_of(state->token, TOKEN_BYTES));
	out->ends_us = ends_us;
	out->idle_ms = (uint32_t)r->server->config->session_idle_ms;
	out->account = message_account(&r->arena, account, 0);
	open_session(r, ends_us);
	return ERR_OK;
}

/* The connection is the person's; grants are read with its next request, since the epoch is 0. */
void login_settle(struct request *r)
{
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	const Pb__SessionLoginReply *out = (const Pb__SessionLoginReply *)r->reply;
	struct conn *conn = request_settled(r);
	struct login *state = r->state;
	struct principal *principal;
	struct principal_seed seed = {
		.account_id = row_uuid(account, 0, 0),
		.device_id = login_device(r),
		.now_us = request_now_us(r),
		.ends_us = out->ends_us,
	};

	if (conn == NULL) {
		return;
	}
	principal = principal_begin(&seed, state->token_hash);
	if (principal == NULL) {
		conn_close(conn, ERR_BUSY, "memory"); /* before it is told that it is somebody */
		return;
	}
	conn_set_principal(conn, principal);
}
