/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDENTIFY: who is asking, as of the rights of this moment. What the connection knows is used as long as
 * rights_epoch has not risen and the session has not run out; else session and grants are read anew.
 */
#include <string.h>

#include "server/chore.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/push/watch.h"
#include "server/request_step.h"
#include "server/server.h"

/* Makes the principal of the rows just read, and gives it to the connection too. */
static enum err take_principal(struct request *r, struct conn *conn)
{
	struct principal *fresh = NULL;
	enum err err = request_errand_err(r);

	assert(conn->principal == r->principal);
	if (err == ERR_OK) {
		err = principal_new(&r->queries[0], &r->queries[1], r->principal->token_hash,
			&(struct principal_terms){
				.now_us = r->server->now.utc_us,
				.idle_ms = r->server->config->session_idle_ms,
				.roles = conn_roles(conn),
			},
			&fresh);
	}
	request_clear(r);
	if (err == ERR_SESSION_ENDED) {
		conn_set_principal(conn, NULL);
		if (conn->watch_count > 0) {
			conn_close(conn, ERR_SESSION_ENDED, "watching");
		}
	}
	if (err != ERR_OK) {
		return err;
	}
	conn_set_principal(conn, fresh);
	watch_pay(conn);
	return ERR_OK;
}

static bool has_ended(const struct request *r, const struct principal *principal)
{
	int64_t now_us = r->server->now.utc_us;

	return now_us >= principal->ends_us ||
	       now_us - principal->seen_us > r->server->config->session_idle_ms * US_PER_MS;
}

/* Rights changed since, or the session looks ended from here: another server may know better. */
static bool is_stale(const struct request *r, const struct principal *principal)
{
	return principal->epoch != r->server->reader.epoch || has_ended(r, principal);
}

/*
 * Does it rest on rights, or on rows? Who wants neither is answered without the database; who needs a right and no rows
 * (how the server is) by the rights that were last known, while it is away.
 */
static bool wants_rights(const struct request *r)
{
	return r->impl->load != NULL || (r->right > RIGHT_NONE && reader_is_up(&r->server->reader));
}

static void hold_principal(struct request *r, struct principal *principal)
{
	principal_ref(principal);
	principal_unref(r->principal);
	r->principal = principal;
}

static enum next read_principal(struct request *r, struct principal *principal)
{
	struct query *session = request_query(r, STMT_principal_get);
	struct query *grants = request_query(r, STMT_principal_grants);

	hold_principal(r, principal); /* whose rows these will be */
	principal_load(session, grants, &r->arena, principal->token_hash);
	return request_read(r);
}

/* Somebody logged in on the connection since: what one person asked for is not done as another. */
static bool is_somebody_else(const struct request *r, const struct principal *principal)
{
	return r->principal != NULL &&
	       memcmp(r->principal->token_hash, principal->token_hash, TOKEN_BYTES) != 0;
}

enum next request_step_identify(struct request *r)
{
	struct conn *conn = request_conn(r);

	if (conn == NULL) {
		return request_fail(r, ERR_CANCELLED); /* nobody to answer, and nothing done yet */
	}
	if (r->right == RIGHT_ANYONE) {
		return request_go(r, STEP_AUTHORISE);
	}
	if (conn->principal == NULL) {
		return request_fail(r, conn->had_session ? ERR_SESSION_ENDED : ERR_UNAUTHENTICATED);
	}
	if (is_somebody_else(r, conn->principal)) {
		return request_fail(r, ERR_SESSION_ENDED);
	}
	if (r->query_count > 0 && conn->principal != r->principal) {
		request_clear(r); /* meanwhile another request was faster */
	}
	if (r->query_count > 0) {
		enum err err = take_principal(r, conn);

		if (err != ERR_OK) {
			return request_fail(r, err);
		}
	} else if (is_stale(r, conn->principal) && wants_rights(r)) {
		return read_principal(r, conn->principal);
	} else if (has_ended(r, conn->principal)) {
		return request_fail(r, ERR_SESSION_ENDED);
	}
	hold_principal(r, conn->principal);
	if (!r->is_answered && wants_rights(r)) {
		chore_touch(r->server, r->principal);
	}
	return request_go(r, STEP_AUTHORISE);
}
