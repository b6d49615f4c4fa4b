/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.login: a password becomes a session, bound to a device; the connection is the person's from
 * then on. An unknown account costs the same time and gets the same answer as a wrong password. Each
 * account has its tries per device it has used before, else per source address, so nobody is locked
 * out by a stranger.
 */
#include <string.h>

#include <openssl/rand.h>

#include "account.pb-c.h"
#include "server/hash.h"
#include "server/method/message.h"
#include "server/net/conn.h"
#include "server/server.h"
#include "server/request.h"

#define LANE_BYTES 96

enum { QUERY_ACCOUNT, QUERY_DELAYS, QUERY_KNOWN_DEVICE, QUERY_IS_ADMINISTRATOR };

/* Between the functions of one login. */
struct login {
	char peer[INET6_ADDRSTRLEN];
	bool is_local;
	struct str phc;      /* what the password is held against */
	struct str password; /* copied: the thread touches nothing else */
	uint32_t hash_kib;
	bool is_right;     /* the thread's finding */
	struct str rehash; /* a newer PHC string, where the old parameters are outdated */
	uint8_t token[TOKEN_BYTES];
	uint8_t token_hash[TOKEN_BYTES];
};

static struct str lower(struct request *r, const char *text)
{
	struct str copy = arena_str(&r->arena, codec_str(text));

	for (size_t i = 0; i < copy.len; i++) {
		char *at = (char *)copy.ptr + i;

		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;
	}
	return copy;
}

static struct uuid device_of(const struct request *r)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;

	return uuid_from_span(codec_span(true, in->device_id));
}

static void load(struct request *r)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;
	struct conn *conn = conn_find(r->server, r->conn_id);
	struct str login = lower(r, in->login);
	struct login *state = arena_new(&r->arena, struct login);
	char device[UUID_TEXT_LEN + 1];
	struct query *query;

	r->state = state;
	if (state == NULL || conn == NULL) {
		return;
	}
	memcpy(state->peer, conn->peer, sizeof state->peer);
	state->is_local = conn->is_local;
	uuid_format(device_of(r), device);
	query_text(request_query(r, STMT_login_account), login);
	query = request_query(r, STMT_login_delays);
	query_text(query, login);
	query_text(query, str_from_c(state->peer));
	query_text(query, str_from_c(device));
	query = request_query(r, STMT_login_known_device);
	query_text(query, login);
	query_uuid(query, device_of(r));
	query = request_query(r, STMT_login_holds_role);
	query_text(query, login);
	query_int2(query, ROLE_ADMINISTRATOR);
	query_time(query, request_now_us(r));
}

/* "device <id>" where this account has used the device before, else "source <address>". */
static struct str lane_of(struct request *r)
{
	const struct login *state = r->state;
	char device[UUID_TEXT_LEN + 1];

	uuid_format(device_of(r), device);
	return row_bool(&r->queries[QUERY_KNOWN_DEVICE], 0, 0)
	           ? arena_printf(&r->arena, "device %s", device)
	           : arena_printf(&r->arena, "source %s", state->peer);
}

static int64_t delayed_until_us(struct request *r)
{
	const struct query *delays = &r->queries[QUERY_DELAYS];
	struct str lane = lane_of(r);
	bool is_known = row_bool(&r->queries[QUERY_KNOWN_DEVICE], 0, 0);
	int64_t until_us = 0;

	for (size_t i = 0; i < query_rows(delays); i++) {
		bool is_source_of_all = row_bool(delays, i, 1);

		/* A device of one's own does not suffer from what others do at the same address. */
		if ((is_source_of_all && !is_known) || str_equal(row_text(delays, i, 0), lane)) {
			int64_t one_us = row_time(delays, i, 2);

			until_us = one_us > until_us ? one_us : until_us;
		}
	}
	return until_us;
}

static enum err may(struct request *r)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	struct login *state = r->state;
	int64_t wait_us;

	if (state == NULL || r->query_count == 0) {
		return ERR_CANCELLED; /* the peer is gone */
	}
	wait_us = delayed_until_us(r) - request_now_us(r);
	if (wait_us > 0) {
		r->retry_after_ms = (uint32_t)(wait_us / US_PER_MS) + 1;
		return ERR_LOGIN_DELAYED;
	}
	state->hash_kib = (uint32_t)r->server->config->hash_kib;
	state->password = codec_str(in->password);
	state->phc = query_rows(account) == 1 && row_int2(account, 0, 4) == 1
	                 ? arena_str(&r->arena, row_text(account, 0, 3))
	                 : hash_of_nobody(&r->arena, state->hash_kib);
	return ERR_OK;
}

static void work(struct request *r)
{
	struct login *state = r->state;

	state->is_right = hash_verify(&r->arena, state->phc, state->password);
	if (state->is_right && hash_is_old(state->phc, state->hash_kib)) {
		state->rehash = hash_password(&r->arena, state->password, state->hash_kib);
	}
}

static enum err refuse(struct request *r)
{
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	const struct login *state = r->state;
	struct query *query = request_plain_effect(r, STMT_login_failed);

	if (query != NULL) {
		query_uuid(query, query_rows(account) == 1 ? row_uuid(account, 0, 0) : uuid_nil);
		query_text(query, lane_of(r));
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
	query_uuid(query, device_of(r));
	query_text(query, device_name.len == 0 ? STR("-") : device_name);
	query_bytes(query, span_of(state->token_hash, TOKEN_BYTES));
	query_time(query, request_now_us(r));
	query_time(query, ends_us);
	query_int4(query, row_int4(account, 0, 5));
	query_text_or_null(query, state->rehash);
}

static enum err decide(struct request *r)
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
	if (out == NULL || RAND_bytes(state->token, TOKEN_BYTES) != 1) {
		return ERR_BUSY;
	}
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
static void settle(struct request *r)
{
	const struct query *account = &r->queries[QUERY_ACCOUNT];
	const Pb__SessionLoginReply *out = (const Pb__SessionLoginReply *)r->reply;
	struct conn *conn = conn_find(r->server, r->conn_id);
	struct login *state = r->state;
	struct principal_seed seed = {
		.account_id = row_uuid(account, 0, 0),
		.device_id = device_of(r),
		.now_us = request_now_us(r),
		.ends_us = out->ends_us,
	};

	if (conn != NULL) {
		conn_set_principal(conn, principal_begin(&seed, state->token_hash));
	}
}

const struct method_impl impl_session_login = {
	.load = load,
	.may = may,
	.work = work,
	.decide = decide,
	.settle = settle,
};
