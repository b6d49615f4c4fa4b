/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.open: from now on the connection is told what happens in a community, or to one complaint, as
 * far as the person may see it.
 */
#include "server.pb-c.h"
#include "server/method/complaint/complaint_row.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/push/watch.h"
#include "server/request.h"
#include "server/server.h"

enum { QUERY_FEED, QUERY_COMMUNITY, QUERY_COMPLAINT };

static enum err check(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;

	if (topic_find(codec_str(in->topic)) == NULL) {
		return request_refuse(r, ERR_FIELD_INVALID, "topic", "a topic of push.def");
	}
	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;

	(void)request_query(r, STMT_feed_start);
	query_uuid(request_query(r, STMT_community_get), r->community_id);
	if (in->has_complaint_id) {
		struct query *query = request_query(r, STMT_complaint_get);

		query_uuid(query, r->community_id);
		query_uuid(query, uuid_from_span(codec_span(true, in->complaint_id)));
	}
}

static enum err may(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	if (query_rows(&r->queries[QUERY_COMMUNITY]) == 0 || (roles & right_roles(r->right)) == 0) {
		return ERR_NOT_FOUND;
	}
	if (!in->has_complaint_id) {
		return ERR_OK;
	}
	if (query_rows(&r->queries[QUERY_COMPLAINT]) == 0) {
		return ERR_NOT_FOUND;
	}
	return complaint_row_relation(r, &r->queries[QUERY_COMPLAINT], 0).sees == 0 ? ERR_NOT_FOUND
	                                                                            : ERR_OK;
}

static enum err decide(struct request *r)
{
	struct conn *conn = conn_find(r->server, r->conn_id);
	struct feed_position from = feed_position_of(&r->queries[QUERY_FEED]);
	Pb__WatchOpenReply *out = request_reply(r);

	if (conn == NULL) {
		return ERR_CANCELLED;
	}
	if (conn->watch_count >= (size_t)r->server->config->watches_max) {
		return ERR_TOO_MANY;
	}
	if (out == NULL || (out->position = arena_new(&r->arena, Pb__Position)) == NULL) {
		return ERR_BUSY;
	}
	pb__position__init(out->position);
	out->position->has_era = out->position->has_xid = out->position->has_seq = true;
	out->position->era = from.era;
	out->position->xid = from.xid;
	out->position->seq = from.seq;
	return ERR_OK;
}

static void settle(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;
	struct conn *conn = request_settled(r);
	struct feed_position from = feed_position_of(&r->queries[QUERY_FEED]);
	struct uuid complaint_id =
		in->has_complaint_id ? uuid_from_span(codec_span(true, in->complaint_id)) : uuid_nil;

	if (conn == NULL) {
		return;
	}
	if (watch_open(conn, r->id, topic_find(codec_str(in->topic)), r->community_id, complaint_id,
			from) == NULL) {
		conn_close(conn, ERR_BUSY, "memory"); /* before it is told that it is watching */
		return;
	}
	feed_begin(&r->server->feed, from);
}

const struct method_impl impl_watch_open = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
	.settle = settle,
};
