/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.close: no more of it.
 */
#include "server.pb-c.h"
#include "server/net/conn.h"
#include "server/push/watch.h"
#include "server/request.h"

static struct watch *watch_of(struct request *r)
{
	const Pb__WatchClose *in = (const Pb__WatchClose *)r->message;
	struct conn *conn = conn_find(r->server, r->conn_id);

	return conn == NULL ? NULL : watch_find(conn, in->watch_id);
}

static enum err decide(struct request *r)
{
	if (watch_of(r) == NULL) {
		return ERR_NOT_FOUND;
	}
	return request_reply(r) == NULL ? ERR_BUSY : ERR_OK;
}

static void settle(struct request *r)
{
	watch_close(watch_of(r));
}

const struct method_impl impl_watch_close = {
	.may = may_always, /* a connection's watches are its own */
	.decide = decide,
	.settle = settle,
};
