/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/conn.h"

#include <stdlib.h>
#include <string.h>

#include "proto/frame.h"
#include "server/net/frames.h"
#include "server/principal.h"
#include "server/push/watch.h"
#include "server/request.h"
#include "server/server.h"

#define IN_BYTES_MAX (256 * 1024)
#define FEED_BYTES (16 * 1024)     /* decrypted at a time: a TLS record */
#define OUT_BYTES_MAX (8 * 1024 * 1024)
#define PLAIN_BYTES_MAX (FRAME_BODY_BYTES_MAX + FRAME_HEADER_BYTES + 2 * FEED_BYTES)
#define CLOSING_MS 2000            /* for last words to leave */
#define FRAME_BYTES_PER_S 4096     /* a whole frame arrives at least this fast */

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

	if (len < 0) {
		conn->is_eof = true;
	} else if (len > 0 && !buf_append(&conn->in, span_of(room->base, (size_t)len))) {
		conn->is_eof = true; /* reading stops long before it is full */
	}
	conn_mark(conn);
}

static void on_tcp_closed(uv_handle_t *handle)
{
	struct conn *conn = handle->data;

	conn->state = CONN_CLOSED;
	list_remove(&conn->node);
	list_append(&conn->server->closed, &conn->node);
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

void conn_mark(struct conn *conn)
{
	if (!list_linked(&conn->dirty_node) && conn->state != CONN_CLOSED) {
		list_append(&conn->server->dirty, &conn->dirty_node);
	}
}

struct conn *conn_find(struct server *server, uint64_t id)
{
	struct conn *conn = id_map_get(&server->conns_by_id, id);

	return conn == NULL || conn->state >= CONN_CLOSING ? NULL : conn;
}

static void set_state(struct conn *conn, enum conn_state state)
{
	assert(conn->state < CONN_CLOSING || state == CONN_CLOSED);
	conn->state = state;
	conn->state_mono_us = conn->server->now.mono_us;
}

/* Address of the peer, and whether it is this machine: the same address at both ends. */
static void look_at_peer(struct conn *conn)
{
	struct sockaddr_storage here = {0};
	struct sockaddr_storage there = {0};
	int len_here = sizeof here;
	int len_there = sizeof there;
	char local[INET6_ADDRSTRLEN] = "";

	if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&there, &len_there) != 0 ||
		uv_tcp_getsockname(&conn->tcp, (struct sockaddr *)&here, &len_here) != 0) {
		return;
	}
	(void)uv_ip_name((struct sockaddr *)&there, conn->peer, sizeof conn->peer);
	(void)uv_ip_name((struct sockaddr *)&here, local, sizeof local);
	conn->is_local = strcmp(conn->peer, local) == 0;
}

static struct conn *conn_new(struct server *server)
{
	struct conn *conn = calloc(1, sizeof *conn);

	assert(conn != NULL);
	conn->server = server;
	conn->id = ++server->conn_id_last;
	conn->opened_mono_us = server->now.mono_us;
	conn->state_mono_us = server->now.mono_us;
	conn->heard_mono_us = server->now.mono_us;
	buf_init(&conn->in, IN_BYTES_MAX);
	buf_init(&conn->out, OUT_BYTES_MAX);
	buf_init(&conn->sealed, OUT_BYTES_MAX + OUT_BYTES_MAX / 8);
	list_init(&conn->requests);
	list_init(&conn->watches);
	int failed = uv_tcp_init(&server->loop, &conn->tcp);

	assert(failed == 0);
	conn->tcp.data = conn;
	list_append(&server->conns, &conn->node);
	list_append(&server->guests, &conn->guest_node);
	server->counters.connections++;
	server->counters.guests++;
	server->counters.accepted++;
	return conn;
}

static size_t count_guests_of(const struct conn *conn)
{
	size_t count = 0;

	list_each (node, after, &conn->server->guests) {
		count += strcmp(container_of(node, struct conn, guest_node)->peer, conn->peer) == 0;
	}
	return count;
}

/* Above the cap one guest goes, by chance: a flood of silent ones cannot keep everybody out. */
static void drop_a_guest(struct server *server)
{
	uint64_t pick = server->counters.accepted * 2654435761u % server->counters.guests;

	list_each (node, after, &server->guests) {
		if (pick-- == 0) {
			conn_close(container_of(node, struct conn, guest_node), ERR_TOO_MANY, "guests");
			return;
		}
	}
}

void conn_accept(struct server *server, uv_stream_t *listener)
{
	struct conn *conn = conn_new(server);
	const struct config *config = server->config;
	bool is_kept = id_map_put(&server->conns_by_id, conn->id, conn);

	if (!is_kept || uv_accept(listener, (uv_stream_t *)&conn->tcp) != 0 ||
		!tls_init(&conn->tls, server->tls, NULL, PLAIN_BYTES_MAX)) {
		conn_close(conn, ERR_INTERNAL, "accept");
		return;
	}
	(void)uv_tcp_nodelay(&conn->tcp, 1);
	look_at_peer(conn);
	log_line(&server->log, LOG_DEBUG, "conn.open", "conn=%llu peer=%s",
		(unsigned long long)conn->id, conn->peer);
	if (count_guests_of(conn) > (size_t)config->guests_address_max) {
		conn_close(conn, ERR_TOO_MANY, "guests_of_address");
		return;
	}
	if (server->counters.guests > (uint64_t)config->guests_max) {
		drop_a_guest(server);
	}
	if (conn->state < CONN_CLOSING) {
		conn->is_reading = uv_read_start((uv_stream_t *)&conn->tcp, on_tcp_room, on_tcp_read) == 0;
	}
}

static bool is_full(const struct conn *conn)
{
	size_t waiting = buf_readable(&conn->out).len + buf_readable(&conn->sealed).len +
		conn->writing_bytes;

	return waiting > (size_t)conn->server->config->out_bytes_soft;
}

/* Reading goes on only while there is room for what it brings. */
static void set_reading(struct conn *conn)
{
	bool wanted = conn->state < CONN_CLOSING && !conn->is_eof && !is_full(conn) &&
		buf_readable(&conn->in).len < IN_BYTES_MAX / 2 &&
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

/* Decrypts a little more of what came in; true where there was something. */
static bool feed_tls(struct conn *conn)
{
	struct span in = buf_readable(&conn->in);
	size_t len = size_min(in.len, FEED_BYTES);

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
			set_state(conn, CONN_HELLO);
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

void conn_receive(struct conn *conn)
{
	const struct config *config = conn->server->config;
	int64_t left = config->frames_per_tick;

	while (conn->state < CONN_CLOSING && left > 0 && !is_full(conn) &&
		conn->request_count < (size_t)config->in_flight_max) {
		if (take_frame(conn)) {
			left--;
		} else if (conn->state >= CONN_CLOSING || !feed_tls(conn)) {
			break;
		}
	}
	if (left == 0) {
		tick_again(conn->server); /* others have their turn; then this one goes on */
	}
	if (conn->is_eof && conn->state < CONN_CLOSING && buf_readable(&conn->in).len == 0) {
		conn_close(conn, ERR_OK, "eof");
	}
}

void conn_send(struct conn *conn, const ProtobufCMessage *envelope)
{
	if (conn->state == CONN_CLOSED || conn->tls.state != TLS_OPEN) {
		return;
	}
	if (!codec_frame(envelope, &conn->out)) {
		conn_close(conn, ERR_TOO_SLOW, "output_full");
		return;
	}
	conn_mark(conn);
}

static void end_if_drained(struct conn *conn)
{
	bool is_drained = conn->writing_bytes == 0 && buf_readable(&conn->sealed).len == 0;

	if (conn->state == CONN_CLOSING && (is_drained || conn->is_eof) &&
		!uv_is_closing((uv_handle_t *)&conn->tcp)) {
		uv_close((uv_handle_t *)&conn->tcp, on_tcp_closed);
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
	chunk = calloc(1, sizeof *chunk);
	assert(chunk != NULL);
	chunk->bytes = buf_take(&conn->sealed, &len);
	chunk->conn_id = conn->id;
	chunk->server = conn->server;
	conn->writing_bytes = len;
	piece = uv_buf_init((char *)chunk->bytes, (unsigned)len);
	if (uv_write(&chunk->write, (uv_stream_t *)&conn->tcp, &piece, 1, on_tcp_written) != 0) {
		conn->writing_bytes = 0;
		conn->is_eof = true;
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
	if (!is_full(conn)) {
		conn->stuck_mono_us = 0;
	} else if (conn->stuck_mono_us == 0) {
		conn->stuck_mono_us = conn->server->now.mono_us;
	}
	set_reading(conn);
	end_if_drained(conn);
}

static const char *slowness(const struct conn *conn)
{
	const struct config *config = conn->server->config;
	int64_t now = conn->server->now.mono_us;
	int64_t in_state_ms = (now - conn->state_mono_us) / US_PER_MS;
	int64_t frame_ms = (int64_t)(conn->frame_bytes * 1000 / FRAME_BYTES_PER_S);

	frame_ms = frame_ms > config->frame_ms ? frame_ms : config->frame_ms;
	if (conn->state == CONN_HANDSHAKE) {
		return in_state_ms > config->handshake_ms ? "handshake" : NULL;
	}
	/* From the handshake to a login: a hello in between gives no new time. */
	if (conn->state < CONN_MEMBER &&
		(now - conn->opened_mono_us) / US_PER_MS > config->handshake_ms + config->login_ms) {
		return "login";
	}
	if (conn->state == CONN_HELLO && in_state_ms > config->login_ms) {
		return "hello";
	}
	if (conn->frame_mono_us != 0 && (now - conn->frame_mono_us) / US_PER_MS > frame_ms) {
		return "frame";
	}
	if (conn->stuck_mono_us != 0 &&
		(now - conn->stuck_mono_us) / US_PER_MS > config->out_stuck_ms) {
		return "output";
	}
	if ((now - conn->heard_mono_us) / US_PER_MS > config->idle_ms && conn->request_count == 0) {
		return "idle";
	}
	return NULL;
}

void conn_sweep(struct conn *conn)
{
	const char *why;

	if (conn->state == CONN_CLOSING) {
		if (conn->server->now.mono_us - conn->state_mono_us > CLOSING_MS * US_PER_MS) {
			conn->is_eof = true;
			end_if_drained(conn);
		}
		return;
	}
	why = slowness(conn);
	if (why != NULL) {
		conn_close(conn, ERR_TOO_SLOW, why);
	}
}

static void leave_guests(struct conn *conn)
{
	if (list_linked(&conn->guest_node)) {
		list_remove(&conn->guest_node);
		conn->server->counters.guests--;
	}
}

void conn_close(struct conn *conn, enum err err, const char *why)
{
	struct server *server = conn->server;

	if (conn->state >= CONN_CLOSING) {
		return;
	}
	log_line(&server->log, err == ERR_OK ? LOG_DEBUG : LOG_INFO, "conn.close",
		"conn=%llu err=%s why=%s", (unsigned long long)conn->id, err_name(err), why);
	if (err != ERR_OK) {
		server->counters.dropped++;
		if (err != ERR_TLS && conn->state >= CONN_HELLO) {
			conn_send_failure(conn, 0, err, NULL);
		}
	}
	if (conn->state >= CONN_CLOSING) {
		return; /* the failure itself found the output full */
	}
	conn->close_err = err;
	leave_guests(conn);
	set_state(conn, CONN_CLOSING);
	conn_mark(conn);
}

void conn_set_principal(struct conn *conn, struct principal *principal)
{
	principal_unref(conn->principal);
	conn->principal = principal;
	if (conn->state >= CONN_CLOSING) {
		return;
	}
	if (principal != NULL && conn->state != CONN_MEMBER) {
		leave_guests(conn);
		set_state(conn, CONN_MEMBER);
	}
}

void conn_request_ended(struct conn *conn)
{
	assert(conn->request_count > 0);
	conn->request_count--;
	conn_mark(conn); /* it may read on */
}

void conn_reap(struct server *server)
{
	struct list *node;

	while ((node = list_shift(&server->closed)) != NULL) {
		struct conn *conn = container_of(node, struct conn, node);

		list_each (one, after, &conn->requests) {
			list_remove(one); /* they find no connection any more, and end quietly */
		}
		while (!list_empty(&conn->watches)) {
			watch_close(container_of(conn->watches.next, struct watch, conn_node));
		}
		(void)id_map_remove(&server->conns_by_id, conn->id);
		list_remove(&conn->dirty_node);
		principal_unref(conn->principal);
		tls_fini(&conn->tls);
		buf_fini(&conn->in);
		buf_fini(&conn->out);
		buf_fini(&conn->sealed);
		server->counters.connections--;
		free(conn);
	}
}
