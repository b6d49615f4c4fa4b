/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection's bytes: network → TLS → frames, and back. The callbacks are here too: they fill a queue
 * and mark the connection.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/frame.h"
#include "server/net/conn.h"
#include "server/net/frames.h"
#include "server/net/proxy_header.h"
#include "server/push/watch.h"
#include "server/server.h"

/* One write in flight: its bytes and libuv's request together, so neither outlives the other. */
struct chunk {
	uv_write_t write;
	uint64_t conn_id;
	struct server *server;
	uint8_t *bytes;
};

static void on_tcp_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct conn *conn = handle->data;

	(void)suggested;
	*out = uv_buf_init((char *)conn->server->read_room, 64 * 1024);
}

static void on_tcp_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *room)
{
	struct conn *conn = stream->data;

	conn->server->counters.bytes_in += len > 0 ? (uint64_t)len : 0;
	if (len < 0) {
		conn->is_eof = true;
	} else if (len > 0 && !buf_append(&conn->in, span_of(room->base, (size_t)len))) {
		conn->is_eof = true; /* memory is out: reading stopped at half of what may be */
	}
	/* libuv may read on many times before the tick comes; set_reading begins again. */
	if (buf_readable(&conn->in).len >= CONN_IN_BYTES_MAX / 2) {
		(void)uv_read_stop(stream);
		conn->is_reading = false;
	}
	conn_mark(conn);
}

static void on_tcp_written(uv_write_t *write, int status)
{
	struct chunk *chunk = container_of(write, struct chunk, write);
	struct conn *conn = id_map_get(&chunk->server->conns_by_id, chunk->conn_id);

	if (conn != NULL) {
		conn->writing_bytes = 0;
		conn->is_eof = conn->is_eof || status < 0;
		conn_mark(conn);
	}
	free(chunk->bytes);
	free(chunk);
}

bool conn_is_full(const struct conn *conn)
{
	size_t waiting =
		buf_readable(&conn->out).len + buf_readable(&conn->sealed).len + conn->writing_bytes;

	return waiting > (size_t)conn->server->config->out_bytes_soft;
}

/* Reading goes on only while there is room for what it brings. */
static void set_reading(struct conn *conn)
{
	bool wanted = conn->state < CONN_CLOSING && !conn->is_eof && !conn_is_full(conn) &&
	              buf_readable(&conn->in).len < CONN_IN_BYTES_MAX / 2 &&
	              conn->request_count < (size_t)conn->server->config->in_flight_max;

	if (wanted == conn->is_reading || uv_is_closing((uv_handle_t *)&conn->tcp)) {
		return;
	}
	if (wanted) {
		conn->is_reading = uv_read_start((uv_stream_t *)&conn->tcp, on_tcp_room, on_tcp_read) == 0;
	} else {
		(void)uv_read_stop((uv_stream_t *)&conn->tcp);
		conn->is_reading = false;
	}
}

/* What a proxy says first, in clear; true when it has, and the rest is its client's. */
static bool take_header(struct conn *conn)
{
	struct proxy_header header;
	size_t len = 0;

	switch (proxy_decode(buf_readable(&conn->in), &header, &len)) {
	case PROXY_BAD:
		conn_close(conn, ERR_TLS, "proxy_header");
		return false;
	case PROXY_SHORT:
		return false; /* the handshake's deadline is its own too */
	case PROXY_READY:
		break;
	}
	buf_consume(&conn->in, len);
	conn_set_peer(conn, &header);
	return conn->state < CONN_CLOSING;
}

/* Decrypts a little more of what came in; true where there was something. */
static bool feed_tls(struct conn *conn)
{
	struct span in;
	size_t len;

	if (conn->wants_header && !take_header(conn)) {
		return false;
	}
	in = buf_readable(&conn->in);
	len = size_min(in.len, CONN_FEED_BYTES);
	if (len == 0) {
		return false;
	}
	switch (tls_feed(&conn->tls, span_first(in, len))) {
	case TLS_FAILED:
		conn_close(conn, ERR_TLS, conn->tls.reason);
		return false;
	case TLS_CLOSED:
		conn->is_eof = true;
		break;
	case TLS_OPEN:
		if (conn->state == CONN_HANDSHAKE) {
			conn->server->counters.handshakes++;
			conn->server->counters.resumptions += tls_is_resumed(&conn->tls) ? 1 : 0;
			conn_set_state(conn, CONN_HELLO);
		}
		break;
	case TLS_HANDSHAKE:
		break;
	}
	buf_consume(&conn->in, len);
	return true;
}

static size_t body_max(const struct conn *conn)
{
	return conn->state == CONN_MEMBER ? FRAME_BODY_BYTES_MAX : FRAME_BODY_BYTES_GUEST;
}

/* One frame off the front, if it is whole; false where there is none, or no more may be taken. */
static bool take_frame(struct conn *conn)
{
	struct span plain = buf_readable(&conn->tls.plain);
	struct span body;
	size_t want = 0;

	if (conn->state >= CONN_CLOSING || conn->state == CONN_HANDSHAKE || plain.len == 0) {
		return false;
	}
	switch (frame_decode(plain, body_max(conn), &body, &want)) {
	case FRAME_BAD:
		conn_close(conn, ERR_FRAME_SIZE, "frame");
		return false;
	case FRAME_SHORT:
		conn->frame_bytes = want;
		if (conn->frame_mono_us == 0) {
			conn->frame_mono_us = conn->server->now.mono_us;
		}
		return false;
	case FRAME_READY:
		break;
	}
	conn->frame_mono_us = 0;
	conn->heard_mono_us = conn->server->now.mono_us;
	frames_take(conn, body);
	buf_consume(&conn->tls.plain, want);
	return true;
}

bool conn_may_receive(const struct conn *conn)
{
	return conn->state < CONN_CLOSING && !conn_is_full(conn) &&
	       conn->request_count < (size_t)conn->server->config->in_flight_max;
}

void conn_receive(struct conn *conn)
{
	int64_t left = conn->server->config->frames_per_tick;
	bool has_more = true;

	while (has_more && left > 0 && conn_may_receive(conn)) {
		if (take_frame(conn)) {
			left--;
		} else {
			has_more = conn->state < CONN_CLOSING && feed_tls(conn);
		}
	}
	conn->is_held = has_more; /* what is left waits for the next turn, or for room */
	if (conn->is_eof && conn->state < CONN_CLOSING &&
		(buf_readable(&conn->in).len == 0 || conn->wants_header)) {
		conn_close(conn, ERR_OK, "eof");
	}
}

static void sent(struct conn *conn, bool is_queued)
{
	if (!is_queued) {
		buf_consume(
			&conn->out, buf_readable(&conn->out).len); /* whole frames; last words fit now */
		conn_close(conn, ERR_TOO_SLOW, "output_full");
		return;
	}
	conn_mark(conn);
}

void conn_send(struct conn *conn, const ProtobufCMessage *envelope)
{
	if (conn->state != CONN_CLOSED && conn->tls.state == TLS_OPEN) {
		sent(conn, codec_frame(envelope, &conn->out));
	}
}

void conn_send_frame(struct conn *conn, struct span head, struct span rest)
{
	uint8_t *room;

	if (conn->state == CONN_CLOSED || conn->tls.state != TLS_OPEN) {
		return;
	}
	room = buf_reserve(&conn->out, head.len + rest.len); /* both or nothing */
	if (room != NULL) {
		memcpy(room, head.ptr, head.len);
		memcpy(room + head.len, rest.ptr, rest.len);
		buf_commit(&conn->out, head.len + rest.len);
	}
	sent(conn, room != NULL);
}

void conn_end_if_drained(struct conn *conn)
{
	bool is_drained = conn->writing_bytes == 0 && buf_readable(&conn->sealed).len == 0;

	if (conn->state == CONN_CLOSING && (is_drained || conn->is_eof) &&
		!uv_is_closing((uv_handle_t *)&conn->tcp)) {
		conn_end(conn);
	}
}

/* It can be told nothing more; the next turn ends it. */
static void give_up(struct conn *conn)
{
	conn->is_eof = true;
	conn_mark(conn);
}

/* What the socket takes at once, which mostly is all of it: no memory, no callback, no more of the poller. */
static void write_at_once(struct conn *conn)
{
	struct span waiting = buf_readable(&conn->sealed);
	/* libuv's struct has no const; it writes nothing. */
	uv_buf_t piece =
		uv_buf_init((char *)(uintptr_t)waiting.ptr, (unsigned)size_min(waiting.len, INT32_MAX));
	int sent = uv_try_write((uv_stream_t *)&conn->tcp, &piece, 1);

	if (sent > 0) {
		conn->server->counters.bytes_out += (uint64_t)sent;
		buf_consume(&conn->sealed, (size_t)sent);
	} else if (sent < 0 && sent != UV_EAGAIN) {
		give_up(conn);
	}
}

static void start_write(struct conn *conn)
{
	struct chunk *chunk;
	uv_buf_t piece;
	size_t len;

	if (conn->writing_bytes > 0 || buf_readable(&conn->sealed).len == 0 || conn->is_eof ||
		uv_is_closing((uv_handle_t *)&conn->tcp)) {
		return;
	}
	write_at_once(conn);
	if (buf_readable(&conn->sealed).len == 0 || conn->is_eof) {
		return;
	}
	chunk = calloc(1, sizeof *chunk);
	if (chunk == NULL) {
		give_up(conn);
		return;
	}
	chunk->bytes = buf_take(&conn->sealed, &len);
	chunk->conn_id = conn->id;
	chunk->server = conn->server;
	conn->writing_bytes = len;
	conn->server->counters.bytes_out += len;
	piece = uv_buf_init((char *)chunk->bytes, (unsigned)len);
	if (uv_write(&chunk->write, (uv_stream_t *)&conn->tcp, &piece, 1, on_tcp_written) != 0) {
		conn->writing_bytes = 0;
		give_up(conn);
		free(chunk->bytes);
		free(chunk);
	}
}

void conn_flush(struct conn *conn)
{
	struct span plain = buf_readable(&conn->out);

	if (conn->tls.ssl != NULL) {
		if (plain.len > 0 && conn->tls.state == TLS_OPEN && !tls_write(&conn->tls, plain)) {
			conn_close(conn, ERR_TLS, "write");
		}
		buf_consume(&conn->out, plain.len);
		if (conn->state == CONN_CLOSING && conn->tls.state == TLS_OPEN) {
			tls_shutdown(&conn->tls);
		}
		if (!tls_take(&conn->tls, &conn->sealed)) {
			conn_close(conn, ERR_TOO_SLOW, "output_full");
			conn->is_eof = true;
		}
	}
	start_write(conn);
	if (!conn_is_full(conn)) {
		conn->stuck_mono_us = 0;
		watch_pay(conn);
	} else if (conn->stuck_mono_us == 0) {
		conn->stuck_mono_us = conn->server->now.mono_us;
	}
	set_reading(conn);
	conn_end_if_drained(conn);
}
