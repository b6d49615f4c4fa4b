/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "account.pb-c.h"
#include "common/clock.h"
#include "proto/codec.h"
#include "proto/frame.h"

#define PLAIN_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define WIRE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define READ_BYTES ((size_t)16 * 1024)

static void need(bool holds, const char *what)
{
	if (!holds) {
		printf("# %s: %s\n", what, strerror(errno));
		(void)fflush(stdout);
		abort();
	}
}

SSL_CTX *peer_context(const struct live_server *server)
{
	struct tls_files files = {.ca_path = server->ca_path};
	const char *reason = "";
	SSL_CTX *context = tls_client_context(&files, &reason);

	need(context != NULL, reason);
	return context;
}

/* ---- saying --------------------------------------------------------------------------------- */

void peer_send_raw(struct peer *peer, struct span bytes)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (bytes.len > 0 && peer->fd >= 0 && live_wait(peer->fd, POLLOUT, until_us)) {
		ssize_t written = send(peer->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (written < 0 && errno != EINTR && errno != EAGAIN) {
			return; /* it has hung up; reading finds that out too, behind its last words */
		}
		bytes = span_after(bytes, written < 0 ? 0 : (size_t)written);
	}
}

static void flush(struct peer *peer)
{
	struct buf wire;
	bool taken;

	buf_init(&wire, WIRE_BYTES_MAX);
	taken = tls_take(&peer->tls, &wire);
	assert(taken);
	(void)taken;
	peer_send_raw(peer, buf_readable(&wire));
	buf_fini(&wire);
}

void peer_send(struct peer *peer, struct span bytes)
{
	if (peer->is_plain) {
		peer_send_raw(peer, bytes);
	} else if (peer->tls.state == TLS_OPEN && tls_write(&peer->tls, bytes)) {
		flush(peer);
	}
}

void peer_send_frame(struct peer *peer, uint32_t says_bytes, struct span body)
{
	uint8_t header[FRAME_HEADER_BYTES];
	struct buf frame;
	bool fits;

	put_u32(header, says_bytes); /* not frame_header: bad lengths are wanted here */
	buf_init(&frame, WIRE_BYTES_MAX);
	fits = buf_append(&frame, span_of(header, sizeof(header))) && buf_append(&frame, body);
	assert(fits);
	(void)fits;
	peer_send(peer, buf_readable(&frame));
	buf_fini(&frame);
}

void peer_say(struct peer *peer, const Pb__Envelope *envelope)
{
	struct span body = codec_encode(&envelope->base, &peer->arena);

	assert(!peer->arena.failed);
	peer_send_frame(peer, (uint32_t)body.len, body);
}

struct span peer_frame(struct peer *peer, const Pb__Envelope *envelope)
{
	struct span body = codec_encode(&envelope->base, &peer->arena);
	uint8_t *frame = arena_alloc(&peer->arena, FRAME_HEADER_BYTES + body.len);

	assert(frame != NULL);
	put_u32(frame, (uint32_t)body.len);
	memcpy(frame + FRAME_HEADER_BYTES, body.ptr, body.len);
	return span_of(frame, FRAME_HEADER_BYTES + body.len);
}

static Pb__Envelope *new_envelope(struct peer *peer, Pb__Envelope__KindCase kind)
{
	Pb__Envelope *envelope = arena_new(&peer->arena, Pb__Envelope);

	assert(envelope != NULL);
	pb__envelope__init(envelope);
	envelope->kind_case = kind;
	return envelope;
}

Pb__Envelope *peer_hello(struct peer *peer)
{
	Pb__Envelope *envelope = new_envelope(peer, PB__ENVELOPE__KIND_HELLO);

	envelope->hello = arena_new(&peer->arena, Pb__Hello);
	assert(envelope->hello != NULL);
	pb__hello__init(envelope->hello);
	envelope->hello->has_version = true;
	envelope->hello->version = 1;
	envelope->hello->agent = (char *)(uintptr_t) "peer/1";
	return envelope;
}

Pb__Envelope *peer_request(struct peer *peer, uint64_t id, enum method method,
	const ProtobufCMessage *message, const struct uuid *key)
{
	Pb__Envelope *envelope = new_envelope(peer, PB__ENVELOPE__KIND_REQUEST);
	Pb__Request *request = arena_new(&peer->arena, Pb__Request);

	assert(request != NULL);
	pb__request__init(request);
	request->has_id = true;
	request->id = id;
	request->method = (char *)(uintptr_t)method_rows[method].name;
	if (message != NULL) {
		request->has_body = true;
		request->body = codec_bytes(codec_encode(message, &peer->arena));
	}
	if (key != NULL) {
		request->has_key = true;
		request->key =
			codec_bytes(arena_span(&peer->arena, span_of(key->bytes, sizeof(key->bytes))));
	}
	envelope->request = request;
	return envelope;
}

Pb__Envelope *peer_ping(struct peer *peer, uint64_t token)
{
	Pb__Envelope *envelope = new_envelope(peer, PB__ENVELOPE__KIND_PING);

	envelope->ping = arena_new(&peer->arena, Pb__Ping);
	assert(envelope->ping != NULL);
	pb__ping__init(envelope->ping);
	envelope->ping->has_token = true;
	envelope->ping->token = token;
	return envelope;
}

Pb__Envelope *peer_cancel(struct peer *peer, uint64_t id)
{
	Pb__Envelope *envelope = new_envelope(peer, PB__ENVELOPE__KIND_CANCEL);

	envelope->cancel = arena_new(&peer->arena, Pb__Cancel);
	assert(envelope->cancel != NULL);
	pb__cancel__init(envelope->cancel);
	envelope->cancel->has_id = true;
	envelope->cancel->id = id;
	return envelope;
}

/* ---- hearing -------------------------------------------------------------------------------- */

/* Bytes from the socket, at most until the time given; false where that is over. */
static bool read_wire(struct peer *peer, int64_t until_us)
{
	uint8_t bytes[READ_BYTES];
	ssize_t count;

	if (!live_wait(peer->fd, POLLIN, until_us)) {
		return false;
	}
	count = recv(peer->fd, bytes, sizeof(bytes), 0);
	if (count <= 0) {
		peer->is_ended = count == 0 || errno != EINTR;
		peer->was_reset = count < 0 && errno == ECONNRESET;
		return true;
	}
	/* After a failure of ours (an ALPN not agreed on) only the end is waited for. */
	if (!peer->is_plain && (peer->tls.state == TLS_HANDSHAKE || peer->tls.state == TLS_OPEN)) {
		(void)tls_feed(&peer->tls, span_of(bytes, (size_t)count));
		flush(peer);
		peer->is_ended = peer->tls.state == TLS_CLOSED;
	}
	return true;
}

/* A whole frame that is there already; NULL where there is none. */
static const Pb__Envelope *take_frame(struct peer *peer)
{
	struct codec_fault fault;
	struct span body;
	size_t want = 0;
	ProtobufCMessage *envelope;

	if (peer->is_plain || frame_decode(buf_readable(&peer->tls.plain), FRAME_BODY_BYTES_MAX, &body,
							  &want) != FRAME_READY) {
		return NULL;
	}
	envelope = codec_decode(&pb__envelope__descriptor, body, &peer->arena, &fault);
	need(envelope != NULL, "the server sent a frame that is no envelope");
	buf_consume(&peer->tls.plain, want);
	peer->heard_count++;
	return (const Pb__Envelope *)envelope;
}

static const Pb__Envelope *hear_until(struct peer *peer, int64_t until_us)
{
	while ((peer->heard = take_frame(peer)) == NULL && !peer->is_ended && peer->fd >= 0) {
		if (!read_wire(peer, until_us)) {
			return NULL;
		}
	}
	return peer->heard;
}

const Pb__Envelope *peer_hear(struct peer *peer)
{
	return hear_until(peer, live_until(LIVE_WAIT_MS));
}

const Pb__Envelope *peer_hear_kind(struct peer *peer, Pb__Envelope__KindCase kind)
{
	const Pb__Envelope *envelope;

	while ((envelope = peer_hear(peer)) != NULL && envelope->kind_case != kind) {
	}
	return envelope;
}

const char *peer_hear_failure(struct peer *peer, uint64_t id)
{
	const Pb__Envelope *envelope;

	while ((envelope = peer_hear_kind(peer, PB__ENVELOPE__KIND_FAILURE)) != NULL) {
		if (envelope->failure->id == id) {
			return envelope->failure->code;
		}
	}
	return "";
}

bool peer_ends_within(struct peer *peer, int64_t wait_ms)
{
	int64_t until_us = live_until(wait_ms);

	while (hear_until(peer, until_us) != NULL) {
	}
	return peer->is_ended;
}

bool peer_await_end(struct peer *peer)
{
	return peer_ends_within(peer, LIVE_WAIT_MS);
}

/* ---- beginning and end ---------------------------------------------------------------------- */

static bool are_narrow;

void peers_narrow(bool they_are)
{
	are_narrow = they_are;
}

/* Before connecting: the other side's own buffer is as large as many of our segments. */
static void narrow(int fd)
{
	int window_bytes = 4096;
	int segment_bytes = 536;

	need(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window_bytes, sizeof(window_bytes)) == 0 &&
			 setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment_bytes, sizeof(segment_bytes)) == 0,
		"a narrow socket");
}

static void open_socket(struct peer *peer, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	int on = 1;

	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(peer->fd >= 0, "socket");
	if (are_narrow) {
		narrow(peer->fd);
	}
	need(connect(peer->fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	/* What is cut into pieces should arrive in pieces. */
	(void)setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void peer_connect(struct peer *peer, const struct live_server *server, SSL_CTX *context)
{
	*peer = (struct peer){.is_plain = context == NULL};
	arena_init(&peer->arena, ARENA_BYTES_MAX);
	open_socket(peer, server->port);
	if (context != NULL) {
		need(tls_init(&peer->tls, context, LIVE_HOST, PLAIN_BYTES_MAX), "TLS");
		flush(peer);
	}
}

bool peer_shake(struct peer *peer, int64_t wait_ms)
{
	int64_t until_us = live_until(wait_ms);
	bool in_time = true;

	while (in_time && peer->tls.state == TLS_HANDSHAKE && !peer->is_ended) {
		in_time = read_wire(peer, until_us);
	}
	return in_time;
}

void peer_open(struct peer *peer, const struct live_server *server, SSL_CTX *context)
{
	peer_connect(peer, server, context);
	if (context != NULL) {
		(void)peer_shake(peer, LIVE_WAIT_MS);
	}
}

void peer_greet(struct peer *peer, const struct live_server *server, SSL_CTX *context)
{
	peer_open(peer, server, context);
	peer_say(peer, peer_hello(peer));
	need(peer_hear_kind(peer, PB__ENVELOPE__KIND_HELLO) != NULL, "no hello");
}

void peer_enter(struct peer *peer, const struct live_client *client, SSL_CTX *context)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;

	peer_greet(peer, client->server, context);
	in.has_token = true;
	in.token = codec_bytes(span_of(client->token, sizeof(client->token)));
	peer_say(peer, peer_request(peer, UINT64_C(1) << 40, METHOD_session_resume, &in.base, NULL));
	need(peer_hear_kind(peer, PB__ENVELOPE__KIND_REPLY) != NULL, "no session");
}

void peer_close(struct peer *peer)
{
	if (peer->fd < 0) {
		return;
	}
	(void)close(peer->fd);
	peer->fd = -1;
	tls_fini(&peer->tls);
	arena_fini(&peer->arena);
}

void peer_reset(struct peer *peer)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	peer_close(peer);
}

void peer_half_close(struct peer *peer)
{
	(void)shutdown(peer->fd, SHUT_WR);
}
