/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.password: a new password for oneself, or, by an administrator, for somebody else. Whoever asks
 * gives his own present password again; all sessions of the account end.
 */
#include "account.pb-c.h"
#include "server/hash.h"
#include "server/request.h"
#include "server/principal.h"
#include "server/server.h"

enum { QUERY_OWN, QUERY_ACCOUNT };

struct password {
	struct uuid account_id;
	struct str own_phc;
	struct str own_password;
	struct str password;
	uint32_t hash_kib;
	bool is_right;
	struct str phc;
};

static enum err check(struct request *r)
{
	const Pb__AccountPassword *in = (const Pb__AccountPassword *)r->message;
	struct password *state = arena_new(&r->arena, struct password);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->account_id =
		in->has_account_id ? uuid_from_span(codec_span(true, in->account_id)) : uuid_nil;
	r->arena.is_secret = true;
	state->own_password = codec_str(in->own_password);
	state->password = codec_str(in->password);
	state->hash_kib = (uint32_t)r->server->config->hash_kib;
	r->state = state;
	return ERR_OK;
}

static void load(struct request *r)
{
	struct password *state = r->state;

	if (uuid_is_nil(state->account_id)) {
		state->account_id = r->principal->account_id;
	}
	query_uuid(request_query(r, STMT_account_get), r->principal->account_id);
	query_uuid(request_query(r, STMT_account_get), state->account_id);
}

static enum err may(struct request *r)
{
	struct password *state = r->state;
	role_set roles = access_roles(r->principal->grants, request_now_us(r));
	bool is_own = uuid_equal(state->account_id, r->principal->account_id);

	if (!is_own && (roles & right_roles(RIGHT_ACCOUNT_MANAGE)) == 0) {
		return ERR_NOT_FOUND;
	}
	if (query_rows(&r->queries[QUERY_ACCOUNT]) == 0 ||
		row_int2(&r->queries[QUERY_ACCOUNT], 0, 4) != 1) {
		return ERR_NOT_FOUND;
	}
	state->own_phc = arena_str(&r->arena, row_text(&r->queries[QUERY_OWN], 0, 3));
	return ERR_OK;
}

static void work(struct request *r)
{
	struct password *state = r->state;

	state->is_right = hash_verify(&r->arena, state->own_phc, state->own_password);
	if (state->is_right) {
		state->phc = hash_password(&r->arena, state->password, state->hash_kib);
	}
}

/* Nobody needs a grant for his own password. */
static struct uuid granted_by(const struct request *r, const struct password *state)
{
	bool is_own = uuid_equal(state->account_id, r->principal->account_id);

	return is_own ? uuid_nil
	              : request_grant(r, right_roles(RIGHT_ACCOUNT_MANAGE),
						&(struct area){.community_id = uuid_nil});
}

static enum err decide(struct request *r)
{
	struct password *state = r->state;
	int32_t version = row_int4(&r->queries[QUERY_ACCOUNT], 0, 5);
	struct query *query;

	if (!state->is_right) {
		return request_refuse(r, ERR_LOGIN_FAILED, "own_password", "your present password");
	}
	if (state->phc.len == 0) {
		return ERR_BUSY;
	}
	request_reply_version(r, (uint32_t)version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_account_password, state->account_id, granted_by(r, state));
	if (query != NULL) {
		query_int4(query, version);
		query_text(query, state->phc);
	}
	return ERR_OK;
}

const struct method_impl impl_account_password = {
	.check = check,
	.load = load,
	.may = may,
	.work = work,
	.decide = decide,
};
