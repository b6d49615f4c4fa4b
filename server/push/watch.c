/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/watch.h"

#include <stdlib.h>

#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "server/domain/complaint.h"
#include "server/method/complaint/complaint_event.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

#define EVENT_BYTES_MAX (64 * 1024)

struct watch *watch_open(struct conn *conn, uint64_t id, const struct topic_row *topic,
	struct uuid community_id, struct uuid complaint_id, struct feed_position from)
{
	struct watch *watch = calloc(1, sizeof *watch);

	if (watch == NULL) {
		return NULL;
	}
	*watch = (struct watch){
		.conn = conn,
		.id = id,
		.topic = topic,
		.community_id = community_id,
		.complaint_id = complaint_id,
		.from = from,
	};
	list_append(&conn->server->watches, &watch->node);
	list_append(&conn->watches, &watch->conn_node);
	conn->watch_count++;
	conn->server->counters.watches++;
	return watch;
}

struct watch *watch_find(struct conn *conn, uint64_t id)
{
	list_each (node, after, &conn->watches) {
		struct watch *watch = container_of(node, struct watch, conn_node);

		if (watch->id == id) {
			return watch;
		}
	}
	return NULL;
}

void watch_close(struct watch *watch)
{
	struct conn *conn = watch->conn;

	list_remove(&watch->node);
	list_remove(&watch->conn_node);
	conn->watch_count--;
	conn->server->counters.watches--;
	free(watch);
}

static Pb__Position position_of(const struct feed_position *position)
{
	Pb__Position out = PB__POSITION__INIT;

	out.has_era = out.has_xid = out.has_seq = true;
	out.era = position->era;
	out.xid = position->xid;
	out.seq = position->seq;
	return out;
}

static void send_event(struct watch *watch, const struct watch_event *event, struct span body)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Event message = PB__EVENT__INIT;
	Pb__Position position = position_of(&event->position);

	message.has_watch_id = true;
	message.watch_id = watch->id;
	message.topic = (char *)watch->topic->name;
	message.has_body = true;
	message.body = codec_bytes(body);
	message.position = &position;
	envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
	envelope.event = &message;
	conn_send(watch->conn, &envelope.base);
	watch->conn->server->counters.pushes++;
}

static void send_resync(struct watch *watch)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Event message = PB__EVENT__INIT;

	message.has_watch_id = true;
	message.watch_id = watch->id;
	message.topic = (char *)watch->topic->name;
	message.has_is_resync = message.is_resync = true;
	envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
	envelope.event = &message;
	watch->is_behind = false;
	watch->conn->server->counters.resyncs++;
	conn_send(watch->conn, &envelope.base);
}

/* Of the table event; one of a collective is told as of its first complaint. */
enum { EVENT_COMPLAINT = 1, EVENT_COLLECTIVE = 11 };

static bool wants(const struct watch *watch, const struct watch_event *event)
{
	return watch->topic == &topic_rows[TOPIC_complaint] &&
	       (event->topic == EVENT_COMPLAINT || event->topic == EVENT_COLLECTIVE) &&
	       uuid_equal(watch->community_id, event->community_id) &&
	       (uuid_is_nil(watch->complaint_id) ||
			   uuid_equal(watch->complaint_id, event->subject_id)) &&
	       feed_position_compare(&event->position, &watch->from) > 0;
}

static bool may_see(const struct watch *watch, const struct watch_event *event)
{
	const struct principal *principal = watch->conn->principal;
	struct area area = {event->community_id, event->team_id, event->crew_id};
	role_set reach;
	bool is_worker;

	if (principal == NULL) {
		return false;
	}
	reach = access_reach(principal->grants, &area, watch->conn->server->now.utc_us);
	is_worker = uuid_equal(event->worker_id, principal->account_id);
	return complaint_reach(reach, (enum complaint_lead)event->lead,
			   uuid_equal(event->respondent_id, principal->account_id), is_worker) != 0;
}

/* A slow reader is owed a resync, not a megabyte. */
static void tell(struct watch *watch, const struct watch_event *event, struct span body)
{
	const struct principal *principal = watch->conn->principal;

	if (principal == NULL || principal->epoch != watch->conn->server->reader.epoch ||
		conn_is_full(watch->conn)) {
		watch->is_behind = true;
		watch->conn->server->counters.pushes_held++;
	} else if (watch->is_behind) {
		send_resync(watch);
	} else if (may_see(watch, event)) {
		send_event(watch, event, body);
	}
}

void watch_fan_out(struct server *server, const struct watch_event *event)
{
	struct arena arena;
	struct span body = {NULL, 0};

	arena_init(&arena, EVENT_BYTES_MAX);
	list_each (node, after, &server->watches) {
		struct watch *watch = container_of(node, struct watch, node);

		if (watch->conn->state >= CONN_CLOSING || !wants(watch, event)) {
			continue;
		}
		if (body.len == 0) {
			body = codec_encode(
				&complaint_event_of(&arena, event->query, event->row, event->position.era)->base,
				&arena);
		}
		tell(watch, event, body);
	}
	arena_fini(&arena);
}

void watch_resync_all(struct server *server)
{
	list_each (node, after, &server->watches) {
		send_resync(container_of(node, struct watch, node));
	}
}

void watch_refresh_stale(struct server *server)
{
	int64_t idle_us = server->config->session_idle_ms * US_PER_MS;

	if (!reader_is_up(&server->reader)) {
		return; /* each would be turned away at once, and asked again in the next turn, for ever */
	}
	list_each (node, after, &server->watches) {
		struct conn *conn = container_of(node, struct watch, node)->conn;
		const struct principal *principal = conn->principal;

		if (conn->state >= CONN_CLOSING || conn->is_refreshing || principal == NULL ||
			server->now.mono_us < conn->refresh_mono_us) {
			continue;
		}
		if (principal->epoch != server->reader.epoch || server->now.utc_us >= principal->ends_us ||
			server->now.utc_us - principal->seen_us > idle_us) {
			request_refresh(conn);
		}
	}
}

void watch_pay(struct conn *conn)
{
	const struct principal *principal = conn->principal;

	if (conn->state >= CONN_CLOSING || principal == NULL ||
		principal->epoch != conn->server->reader.epoch) {
		return;
	}
	list_each (node, after, &conn->watches) {
		struct watch *watch = container_of(node, struct watch, conn_node);

		if (watch->is_behind) {
			send_resync(watch);
		}
	}
}
