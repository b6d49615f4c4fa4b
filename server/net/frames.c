/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/frames.h"

#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "server/net/conn.h"
#include "server/push/watch.h"
#include "server/request.h"
#include "server/server.h"

#define PROTOCOL_VERSION 1
#define PROTOCOL_VERSION_MIN 1
#define MINUTE_US (60 * US_PER_S)

static void take_hello(struct conn *conn, const Pb__Hello *hello)
{
	const struct config *config = conn->server->config;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Hello ours = PB__HELLO__INIT;

	if (conn->state != CONN_HELLO) {
		conn_close(conn, ERR_FRAME_UNEXPECTED, "second_hello");
		return;
	}
	if (hello->version < PROTOCOL_VERSION_MIN) {
		conn_close(conn, ERR_VERSION_OLD, "version");
		return;
	}
	conn_set_state(conn, CONN_GUEST); /* the time to log in runs on from the handshake */
	ours.has_version = ours.has_version_min = true;
	ours.version = PROTOCOL_VERSION;
	ours.version_min = PROTOCOL_VERSION_MIN;
	ours.agent = "guanjiad/" GUANJIA_VERSION;
	ours.has_frame_bytes_max = ours.has_in_flight_max = ours.has_idle_ms = ours.has_utc_us = true;
	ours.frame_bytes_max = FRAME_BODY_BYTES_MAX;
	ours.in_flight_max = (uint32_t)config->in_flight_max;
	ours.idle_ms = (uint32_t)config->idle_ms;
	ours.utc_us = conn->server->now.utc_us;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &ours;
	conn_send(conn, &envelope.base);
}

static void take_request(struct conn *conn, const Pb__Request *request)
{
	struct server *server = conn->server;
	struct request *fresh;

	if (server->life != SERVER_SERVING) {
		conn_send_failure(conn, request->id, ERR_GOING_AWAY, NULL);
		return;
	}
	if (server->counters.requests_now >= (uint64_t)server->config->requests_max) {
		conn_send_failure(conn, request->id, ERR_BUSY, NULL);
		return;
	}
	list_each (node, after, &conn->requests) {
		const struct request *r = container_of(node, struct request, conn_node);

		if (r->id == request->id && !r->is_answered) {
			conn_close(conn, ERR_FRAME_UNEXPECTED, "id_in_use");
			return;
		}
	}
	if (watch_find(conn, request->id) != NULL) {
		conn_close(conn, ERR_FRAME_UNEXPECTED, "id_of_a_watch");
		return;
	}
	fresh = request_new(conn, request->id, codec_str(request->method),
		codec_span(request->has_body, request->body), codec_span(request->has_key, request->key),
		request->has_deadline_ms ? request->deadline_ms : UINT32_MAX);
	if (fresh == NULL) {
		conn_send_failure(conn, request->id, ERR_BUSY, NULL);
		return;
	}
	request_set_trace(fresh,
		request->has_trace_id ? uuid_from_span(codec_span(true, request->trace_id)) : uuid_nil);
}

static void take_cancel(struct conn *conn, const Pb__Cancel *cancel)
{
	list_each (node, after, &conn->requests) {
		struct request *r = container_of(node, struct request, conn_node);

		if (r->id == cancel->id && !r->is_answered) {
			request_answer(r, ERR_CANCELLED);
			return;
		}
	}
	/* Answered already: the cancel and the reply passed each other. */
}

static void take_ping(struct conn *conn, const Pb__Ping *ping)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Pong pong = PB__PONG__INIT;

	pong.has_token = ping->has_token;
	pong.token = ping->token;
	envelope.kind_case = PB__ENVELOPE__KIND_PONG;
	envelope.pong = &pong;
	conn_send(conn, &envelope.base);
}

/* Pings and cancels cost us an answer or a search each: more than a client needs are a flood. */
static bool is_flood(struct conn *conn)
{
	int64_t now = conn->server->now.mono_us;

	if (now - conn->minute_mono_us > MINUTE_US) {
		conn->minute_mono_us = now;
		conn->minute_pings = 0;
	}
	return ++conn->minute_pings > conn->server->config->pings_per_minute;
}

static void take_envelope(struct conn *conn, const Pb__Envelope *envelope)
{
	bool is_hello = envelope->kind_case == PB__ENVELOPE__KIND_HELLO;

	if (is_hello) {
		take_hello(conn, envelope->hello);
		return;
	}
	if (conn->state == CONN_HELLO) {
		conn_close(conn, ERR_FRAME_UNEXPECTED, "before_hello");
		return;
	}
	if (envelope->kind_case == PB__ENVELOPE__KIND_REQUEST) {
		take_request(conn, envelope->request);
		return;
	}
	if (envelope->kind_case != PB__ENVELOPE__KIND_PING &&
		envelope->kind_case != PB__ENVELOPE__KIND_PONG &&
		envelope->kind_case != PB__ENVELOPE__KIND_CANCEL) {
		conn_close(conn, ERR_FRAME_UNEXPECTED, "kind");
		return;
	}
	if (is_flood(conn)) {
		conn_close(conn, ERR_TOO_MANY, "pings");
	} else if (envelope->kind_case == PB__ENVELOPE__KIND_PING) {
		take_ping(conn, envelope->ping);
	} else if (envelope->kind_case == PB__ENVELOPE__KIND_CANCEL) {
		take_cancel(conn, envelope->cancel);
	}
}

void frames_take(struct conn *conn, struct span body)
{
	const struct config *config = conn->server->config;
	struct codec_fault fault;
	struct arena arena;
	ProtobufCMessage *message;

	arena_init(&arena, (size_t)(conn->state == CONN_MEMBER ? config->request_bytes_max
														   : config->request_bytes_guest));
	arena.is_secret = true; /* logins pass here */
	message = codec_decode(&pb__envelope__descriptor, body, &arena, &fault);
	if (message == NULL && arena.is_starved) {
		conn_close(conn, ERR_BUSY, "memory"); /* what it says would be lost otherwise */
	} else if (message == NULL) {
		log_line(&conn->server->log, LOG_INFO, "conn.malformed", "conn=%llu err=%s field=%s",
			(unsigned long long)conn->id, err_name(fault.err), fault.field);
		conn_close(conn, ERR_FRAME_MALFORMED, "envelope");
	} else {
		take_envelope(conn, (const Pb__Envelope *)message);
	}
	arena_fini(&arena);
}

void conn_send_failure(struct conn *conn, uint64_t id, enum err err, const char *allowed)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Failure failure = PB__FAILURE__INIT;

	failure.has_id = true;
	failure.id = id;
	failure.code = (char *)err_name(err);
	failure.allowed = (char *)allowed;
	if (err_row(err)->retry == ERR_RETRY_SAME) {
		failure.has_retry_after_ms = true;
		failure.retry_after_ms = 1000;
	}
	envelope.kind_case = PB__ENVELOPE__KIND_FAILURE;
	envelope.failure = &failure;
	conn_send(conn, &envelope.base);
}

void conn_go_away(struct conn *conn, enum err err)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__GoAway go_away = PB__GO_AWAY__INIT;

	go_away.code = (char *)err_name(err);
	envelope.kind_case = PB__ENVELOPE__KIND_GO_AWAY;
	envelope.go_away = &go_away;
	if (conn->state >= CONN_GUEST) {
		conn_send(conn, &envelope.base);
	}
}
