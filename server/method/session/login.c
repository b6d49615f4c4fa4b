/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.login: a password becomes a session, bound to a device; the connection is the person's from
 * then on. An unknown account costs the same time and gets the same answer as a wrong password. Each
 * account has its tries per device it has used before, else per source address, so nobody is locked
 * out by a stranger.
 */
#include <string.h>

#include "account.pb-c.h"
#include "server/hash.h"
#include "server/method/session/login.h"
#include "server/net/conn.h"
#include "server/server.h"

struct str login_typed(struct request *r)
{
	const Pb__SessionLogin *in = (const Pb__SessionLogin *)r->message;
	struct str copy = arena_str(&r->arena, codec_str(in->login));

	for (size_t i = 0; i < copy.len; i++) {
		char *at = (char *)copy.ptr + i;

		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;
	}
	return copy;
}

static void load(struct request *r)
{
	struct conn *conn = conn_find(r->server, r->conn_id);
	struct str login = login_typed(r);
	struct login *state = arena_new(&r->arena, struct login);
	struct query *query;

	r->arena.is_secret = true;
	r->state = state;
	if (state == NULL || conn == NULL) {
		return;
	}
	memcpy(state->peer, conn->peer, sizeof state->peer);
	state->source = (struct login_source){login_device(r), state->peer};
	state->is_local = conn->is_local;
	query_text(request_query(r, STMT_login_account), login);
	login_lane_load(r, login, &state->source);
	query = request_query(r, STMT_login_holds_role);
	query_text(query, login);
	query_int2(query, ROLE_ADMINISTRATOR);
	query_time(query, request_now_us(r));
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
	wait_us = login_lane_delayed_until_us(
				  r, &r->queries[QUERY_DELAYS], &r->queries[QUERY_KNOWN_DEVICE], &state->source) -
	          request_now_us(r);
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

const struct method_impl impl_session_login = {
	.load = load,
	.may = may,
	.work = work,
	.decide = login_decide,
	.settle = login_settle,
};
