/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/conn.h"

#include <stdlib.h>
#include <string.h>

#include "proto/frame.h"
#include "server/net/address.h"
#include "server/net/proxy_header.h"
#include "server/principal.h"
#include "server/push/watch.h"
#include "server/request.h"
#include "server/server.h"

#define PLAIN_BYTES_MAX (FRAME_BODY_BYTES_MAX + FRAME_HEADER_BYTES + 2 * CONN_FEED_BYTES)
#define CLOSING_MS 2000        /* for last words to leave */
#define FRAME_BYTES_PER_S 4096 /* a whole frame arrives at least this fast */

static void on_tcp_closed(uv_handle_t *handle)
{
	struct conn *conn = handle->data;

	conn->state = CONN_CLOSED;
	list_remove(&conn->node);
	list_append(&conn->server->closed, &conn->node);
}

void conn_end(struct conn *conn)
{
	uv_close((uv_handle_t *)&conn->tcp, on_tcp_closed);
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

void conn_set_state(struct conn *conn, enum conn_state state)
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
	conn->wants_header = address_is_listed(&there, conn->server->config->proxy_from);
}

/* At the soft limit nothing more is read, but what is in flight by then is still answered. */
static size_t out_bytes_max(const struct config *config)
{
	return (size_t)config->out_bytes_soft +
	       ((size_t)config->in_flight_max + 1) * (FRAME_BODY_BYTES_MAX + FRAME_HEADER_BYTES);
}

static struct conn *conn_new(struct server *server)
{
	size_t out_max = out_bytes_max(server->config);
	struct conn *conn = calloc(1, sizeof *conn);

	if (conn == NULL) {
		return NULL;
	}
	conn->server = server;
	conn->id = ++server->conn_id_last;
	conn->opened_mono_us = server->now.mono_us;
	conn->state_mono_us = server->now.mono_us;
	conn->heard_mono_us = server->now.mono_us;
	buf_init(&conn->in, CONN_IN_BYTES_MAX);
	buf_init(&conn->out, out_max);
	buf_init(&conn->sealed, out_max + out_max / 8);
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

static bool has_room_for_address(struct conn *conn)
{
	bool has_room = count_guests_of(conn) <= (size_t)conn->server->config->guests_address_max;

	if (!has_room) {
		conn_close(conn, ERR_TOO_MANY, "guests_of_address");
	}
	return has_room;
}

/*
 * Somebody is on this machine where both the proxy is and whoever connected to it. A proxy's own connection
 * asks whether we live, and is nobody's.
 */
void conn_set_peer(struct conn *conn, const struct proxy_header *header)
{
	char target[INET6_ADDRSTRLEN] = "";

	assert(conn->wants_header);
	conn->wants_header = false;
	if (header->is_own) {
		conn->is_local = false;
		return;
	}
	(void)uv_ip_name((const struct sockaddr *)&header->source, conn->peer, sizeof conn->peer);
	(void)uv_ip_name((const struct sockaddr *)&header->target, target, sizeof target);
	conn->is_local = conn->is_local && strcmp(conn->peer, target) == 0;
	log_line(&conn->server->log, LOG_DEBUG, "conn.proxied", "conn=%llu peer=%s",
		(unsigned long long)conn->id, conn->peer);
	(void)has_room_for_address(conn);
}

void conn_accept(struct server *server, uv_stream_t *listener)
{
	struct conn *conn = conn_new(server);
	const struct config *config = server->config;
	bool is_accepted;
	bool is_kept;

	if (conn == NULL) {
		server->is_full = true; /* the next sweep takes it */
		return;
	}
	/* Always: libuv listens on only when what it has accepted was taken. */
	is_accepted = uv_accept(listener, (uv_stream_t *)&conn->tcp) == 0;
	is_kept = id_map_put(&server->conns_by_id, conn->id, conn);
	if (!is_kept || !is_accepted || !tls_init(&conn->tls, server->tls, NULL, PLAIN_BYTES_MAX)) {
		conn_close(conn, ERR_INTERNAL, "accept");
		return;
	}
	(void)uv_tcp_nodelay(&conn->tcp, 1);
	look_at_peer(conn);
	log_line(&server->log, LOG_DEBUG, "conn.open", "conn=%llu peer=%s",
		(unsigned long long)conn->id, conn->peer);
	if (!conn->wants_header && !has_room_for_address(conn)) {
		return;
	}
	if (server->counters.guests > (uint64_t)config->guests_max) {
		drop_a_guest(server);
	}
	if (conn->state < CONN_CLOSING) {
		conn_mark(conn); /* its first flush begins to read */
	}
}

uint32_t conn_roles(const struct conn *conn)
{
	bool is_trusted = conn->is_local || conn->server->config->administrator_remote != 0;

	return is_trusted ? UINT32_MAX : ~ROLE_BIT(ROLE_ADMINISTRATOR);
}

static const char *slowness(struct conn *conn)
{
	const struct config *config = conn->server->config;
	int64_t now = conn->server->now.mono_us;
	int64_t in_state_ms = (now - conn->state_mono_us) / US_PER_MS;
	int64_t frame_ms = (int64_t)(conn->frame_bytes * 1000 / FRAME_BYTES_PER_S);

	if (conn->frame_mono_us != 0 && !conn_may_receive(conn)) {
		conn->frame_mono_us = now; /* it is we who do not read */
	}
	frame_ms = frame_ms > config->frame_ms ? frame_ms : config->frame_ms;
	if (conn->state == CONN_HANDSHAKE) {
		return in_state_ms > config->handshake_ms ? "handshake" : NULL;
	}
	/*
	 * From the handshake to a login: a hello in between gives no new time, but the time is ours while
	 * a login is in work.
	 */
	if (conn->state < CONN_MEMBER && conn->request_count == 0 &&
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
			conn_end_if_drained(conn);
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
	conn_set_state(conn, CONN_CLOSING);
	conn_mark(conn);
}

void conn_set_principal(struct conn *conn, struct principal *principal)
{
	struct principal *before = conn->principal;

	conn->principal = principal;
	watch_reconsider(conn, before, principal);
	principal_unref(before);
	if (conn->state >= CONN_CLOSING) {
		return;
	}
	if (principal != NULL && conn->state != CONN_MEMBER) {
		leave_guests(conn);
		conn->had_session = true;
		conn_set_state(conn, CONN_MEMBER);
	}
	if (principal == NULL && conn->state == CONN_MEMBER) {
		list_append(&conn->server->guests, &conn->guest_node);
		conn->server->counters.guests++;
		conn->opened_mono_us = conn->server->now.mono_us; /* the time to log in begins anew */
		conn_set_state(conn, CONN_GUEST);
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
