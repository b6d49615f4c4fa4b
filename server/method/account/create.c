/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.create: somebody who may log in; grants come separately. Its id is the request's key.
 */
#include "account.pb-c.h"
#include "server/hash.h"
#include "server/method/message.h"
#include "server/request.h"
#include "server/server.h"

enum { QUERY_SAME_ID, QUERY_SAME_LOGIN };

struct create {
	struct str password;
	struct str phc;
	uint32_t hash_kib;
};

/* What people type: letters, digits, dots, dashes, underscores; stored as given, compared in lower case. */
static bool is_login(struct str login)
{
	for (size_t i = 0; i < login.len; i++) {
		char c = login.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-' &&
			c != '_') {
			return false;
		}
	}
	return true;
}

static enum err check(struct request *r)
{
	const Pb__AccountCreate *in = (const Pb__AccountCreate *)r->message;
	struct create *state = arena_new(&r->arena, struct create);

	if (state == NULL) {
		return ERR_BUSY;
	}
	if (!is_login(codec_str(in->login))) {
		return request_refuse(r, ERR_FIELD_INVALID, "login", "a-z 0-9 . - _");
	}
	r->arena.is_secret = true;
	state->password = codec_str(in->password);
	state->hash_kib = (uint32_t)r->server->config->hash_kib;
	r->state = state;
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__AccountCreate *in = (const Pb__AccountCreate *)r->message;

	query_uuid(request_query(r, STMT_account_get), r->key);
	query_text(request_query(r, STMT_login_account), codec_str(in->login));
}

static void work(struct request *r)
{
	struct create *state = r->state;

	state->phc = hash_password(&r->arena, state->password, state->hash_kib);
}

static enum err decide(struct request *r)
{
	const Pb__AccountCreate *in = (const Pb__AccountCreate *)r->message;
	struct create *state = r->state;
	Pb__AccountCreateReply *out;
	struct query *query;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_SAME_LOGIN]) > 0) {
		return request_refuse(r, ERR_NAME_TAKEN, "login", "a login nobody has");
	}
	out = request_reply(r);
	if (out == NULL || state->phc.len == 0) {
		return ERR_BUSY;
	}
	out->has_account_id = out->has_version = true;
	out->account_id = message_uuid(&r->arena, r->key);
	out->version = 1;
	query = request_effect(r, STMT_account_create, r->key,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		query_text(query, codec_str(in->login));
		query_text(query, codec_str(in->name));
		query_text(query, state->phc);
	}
	return ERR_OK;
}

const struct method_impl impl_account_create = {
	.check = check,
	.load = load,
	.may = may_always,
	.work = work,
	.decide = decide,
};
