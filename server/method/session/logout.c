/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.logout: the session of this connection ends, everywhere.
 */
#include <string.h>

#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

static void load(struct request *r)
{
	(void)r; /* only whether the session still is one, which IDENTIFY and the epoch say */
}

static enum err decide(struct request *r)
{
	struct query *query = request_plain_effect(r, STMT_session_end);

	if (query == NULL || request_reply(r) == NULL) {
		return ERR_BUSY;
	}
	query_bytes(query, span_of(r->principal->token_hash, TOKEN_BYTES));
	query_time(query, request_now_us(r));
	return ERR_OK;
}

static void settle(struct request *r)
{
	struct conn *conn = conn_find(r->server, r->conn_id);

	if (conn != NULL && conn->principal != NULL &&
		memcmp(conn->principal->token_hash, r->principal->token_hash, TOKEN_BYTES) == 0) {
		conn_set_principal(conn, NULL);
	}
}

const struct method_impl impl_session_logout = {
	.load = load,
	.may = may_always,
	.decide = decide,
	.settle = settle,
};
