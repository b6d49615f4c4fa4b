/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.open: from now on the connection is told what happens, as far as the person may see it: in a community, to one
 * of its teams, to one complaint, or to what is theirs wherever it is. With the position where an earlier watch ended
 * it is told first what happened since, unless that is too much, or its person may see other things than then.
 */
#include "server.pb-c.h"
#include "server/method/watch/watch_opening.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

static_assert(WATCH_MINE == (int)PB__WATCH_OPEN__SCOPE__MINE &&
				  WATCH_TEAMS == (int)PB__WATCH_OPEN__SCOPE__TEAMS &&
				  WATCH_ALL == (int)PB__WATCH_OPEN__SCOPE__ALL,
	"as on the wire");

static struct uuid id_of(bool has, ProtobufCBinaryData id)
{
	return has ? uuid_from_span(codec_span(true, id)) : uuid_nil;
}

static enum err check(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;
	struct opening *opening = arena_new(&r->arena, struct opening);

	r->state = opening;
	if (opening == NULL) {
		return ERR_BUSY;
	}
	opening->wish = (struct watch_wish){
		.topic = topic_find(codec_str(in->topic)),
		.scope = in->has_scope ? (enum watch_scope)in->scope : WATCH_NAMED,
		.community_id = id_of(in->has_community_id, in->community_id),
		.team_id = id_of(in->has_team_id, in->team_id),
		.complaint_id = id_of(in->has_complaint_id, in->complaint_id),
		.with_marks = in->with_marks,
	};
	r->community_id = opening->wish.community_id;
	if (opening->wish.topic == NULL) {
		return request_refuse(r, ERR_FIELD_INVALID, "topic", "a topic of push.def");
	}
	if (!in->has_scope && !in->has_community_id) {
		return request_refuse(r, ERR_FIELD_MISSING, "community_id", "16 bytes, or a scope");
	}
	if (in->has_scope + in->has_team_id + in->has_complaint_id > 1) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "scope", "one of scope, team_id and complaint_id");
	}
	return ERR_OK;
}

static struct query *load_one(struct request *r, enum stmt stmt, struct uuid id)
{
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, id);
	return query;
}

static void load(struct request *r)
{
	const Pb__WatchOpen *in = (const Pb__WatchOpen *)r->message;
	struct opening *opening = r->state;

	opening->now = request_query(r, STMT_feed_start);
	opening->community = opening->team = opening->complaint = opening->behind = NULL;
	if (in->has_community_id) {
		opening->community = request_query(r, STMT_community_get);
		query_uuid(opening->community, r->community_id);
	}
	if (in->has_team_id) {
		opening->team = load_one(r, STMT_team_get, opening->wish.team_id);
	}
	if (in->has_complaint_id) {
		opening->complaint = load_one(r, STMT_complaint_get, opening->wish.complaint_id);
	}
	if (in->from != NULL) {
		opening->behind = request_query(r, STMT_feed_behind);
		query_xid(opening->behind, in->from->xid);
		query_int8(opening->behind, in->from->seq);
		query_int4(opening->behind, (int32_t)r->server->config->replay_events_max + 1);
		query_uuid(opening->behind, r->principal->account_id);
		query_time(opening->behind, request_now_us(r));
	}
}

static enum err decide(struct request *r)
{
	const struct opening *opening = r->state;
	struct conn *conn = conn_find(r->server, r->conn_id);
	Pb__WatchOpenReply *out = request_reply(r);

	if (conn == NULL) {
		return ERR_CANCELLED;
	}
	if (conn->principal == NULL) {
		return ERR_SESSION_ENDED; /* logged out while this was being read */
	}
	if (conn->watch_count >= (size_t)r->server->config->watches_max) {
		return ERR_TOO_MANY;
	}
	if (out == NULL || (out->position = arena_new(&r->arena, Pb__Position)) == NULL) {
		return ERR_BUSY;
	}
	watch_opening_begin(r, out);
	pb__position__init(out->position);
	out->position->has_era = out->position->has_xid = out->position->has_seq = true;
	out->position->era = opening->from.era;
	out->position->xid = opening->from.xid;
	out->position->seq = opening->from.seq;
	return ERR_OK;
}

static void settle(struct request *r)
{
	const struct opening *opening = r->state;
	struct conn *conn = request_settled(r);
	struct feed *feed = &r->server->feed;
	struct watch *watch;

	if (conn == NULL) {
		return;
	}
	watch = watch_open(conn, r->id, &opening->wish, opening->from);
	if (watch == NULL) {
		conn_close(conn, ERR_BUSY, "memory"); /* before it is told that it is watching */
		return;
	}
	r->server->counters.resumed += opening->is_resumed ? 1 : 0;
	feed_begin(feed, feed_position_of(opening->now));
	/* The feed may have been read on since this request looked where it is. */
	if (opening->is_resumed || feed_position_compare(&opening->from, &feed->position) < 0) {
		watch_resume(watch, opening->from);
	}
}

const struct method_impl impl_watch_open = {
	.check = check,
	.load = load,
	.may = watch_opening_may,
	.decide = decide,
	.settle = settle,
};
