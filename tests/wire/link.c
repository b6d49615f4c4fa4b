/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "proto/codec.h"
#include "proto/frame.h"

#define PLAIN_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define WIRE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define READ_BYTES ((size_t)16 * 1024)

struct heard {
	struct list node;
	const Pb__Envelope *envelope;
};

/* -1 after run_fail. */
static int open_socket(struct run *run)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses = NULL;
	int status = getaddrinfo(run->world->host, run->world->port, &hints, &addresses);
	int fd = -1;
	int on = 1;

	if (status != 0) {
		(void)run_fail(run, "%s: %s", run->world->host, gai_strerror(status));
		return -1;
	}
	for (struct addrinfo *next = addresses; next != NULL && fd < 0; next = next->ai_next) {
		fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, next->ai_protocol);
		if (fd >= 0 && connect(fd, next->ai_addr, next->ai_addrlen) != 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(addresses);
	if (fd < 0) {
		(void)run_fail(run, "the server cannot be reached: %s", strerror(errno));
		return -1;
	}
	/* What is cut into pieces should arrive in pieces. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void write_wire(struct link *link, struct span bytes)
{
	while (bytes.len > 0 && link->fd >= 0) {
		ssize_t written = send(link->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (written < 0 && errno != EINTR) {
			return; /* it has hung up; reading finds that out too, behind its last words */
		}
		bytes = span_after(bytes, written < 0 ? 0 : (size_t)written);
	}
}

static void flush(struct link *link)
{
	struct buf wire;
	bool taken;

	buf_init(&wire, WIRE_BYTES_MAX);
	taken = tls_take(&link->tls, &wire);
	assert(taken);
	(void)taken;
	write_wire(link, buf_readable(&wire));
	buf_fini(&wire);
}

static void send_piece(struct link *link, struct span piece)
{
	if (link->is_plain) {
		write_wire(link, piece);
	} else if (link->tls.state == TLS_OPEN && tls_write(&link->tls, piece)) {
		flush(link);
	}
}

void link_hold(struct link *link)
{
	link->is_holding = true;
}

void link_release(struct link *link)
{
	link->is_holding = false;
	link_send(link, buf_readable(&link->held));
	buf_fini(&link->held);
}

void link_send(struct link *link, struct span plain)
{
	size_t piece_bytes = link->piece_bytes == 0 ? plain.len : link->piece_bytes;

	if (link->is_holding) {
		bool fits = buf_append(&link->held, plain);

		assert(fits);
		return;
	}
	while (plain.len > 0) {
		size_t len = size_min(piece_bytes, plain.len);

		send_piece(link, span_first(plain, len));
		plain = span_after(plain, len);
	}
}

void link_send_frame(struct link *link, struct span body)
{
	uint8_t header[FRAME_HEADER_BYTES];
	struct buf frame;
	bool fits;

	put_u32(header, (uint32_t)body.len); /* not frame_header: bad lengths are wanted here */
	buf_init(&frame, WIRE_BYTES_MAX);
	fits = buf_append(&frame, span_of(header, sizeof(header))) && buf_append(&frame, body);
	assert(fits);
	(void)fits;
	link_send(link, buf_readable(&frame));
	buf_fini(&frame);
}

void link_send_envelope(struct run *run, struct link *link, const Pb__Envelope *envelope)
{
	struct span body = codec_encode(&envelope->base, &run->arena);

	assert(!run->arena.failed);
	link_send_frame(link, body);
}

/* ---- hearing -------------------------------------------------------------------------------- */

/* Bytes from the socket, at most until the time given; false where that is over. */
static bool read_wire(struct link *link, int64_t until_us)
{
	struct pollfd waiting = {.fd = link->fd, .events = POLLIN};
	int64_t left_ms = (until_us - clock_now().mono_us) / US_PER_MS;
	uint8_t bytes[READ_BYTES];
	ssize_t count;

	if (left_ms <= 0 || poll(&waiting, 1, (int)left_ms) == 0) {
		return false;
	}
	count = recv(link->fd, bytes, sizeof(bytes), 0);
	if (count <= 0) {
		link->is_ended = count == 0 || errno != EINTR;
		return true;
	}
	/* After a failure of ours (an ALPN not agreed on) only the end is waited for. */
	if (!link->is_plain && (link->tls.state == TLS_HANDSHAKE || link->tls.state == TLS_OPEN)) {
		(void)tls_feed(&link->tls, span_of(bytes, (size_t)count));
		flush(link);
		link->is_ended = link->tls.state == TLS_CLOSED;
	}
	return true;
}

/* Frames that are whole become envelopes; false after run_fail. */
static bool take_frames(struct run *run, struct link *link)
{
	struct codec_fault fault;
	struct span body;
	size_t want = 0;

	while (frame_decode(buf_readable(&link->tls.plain), FRAME_BODY_BYTES_MAX, &body, &want) ==
		   FRAME_READY) {
		struct heard *heard = arena_new(&run->arena, struct heard);
		ProtobufCMessage *envelope =
			codec_decode(&pb__envelope__descriptor, body, &run->arena, &fault);

		if (envelope == NULL || heard == NULL) {
			return run_fail(run, "the server sent a frame that is no envelope: %s %s",
				err_name(fault.err), fault.field);
		}
		heard->envelope = (const Pb__Envelope *)envelope;
		list_append(&link->heard, &heard->node);
		buf_consume(&link->tls.plain, want);
	}
	return true;
}

const Pb__Envelope *link_heard(struct link *link, link_wanted wanted, uint64_t number)
{
	list_each (node, after, &link->heard) {
		const Pb__Envelope *envelope = container_of(node, struct heard, node)->envelope;

		if (wanted(envelope, number)) {
			list_remove(node);
			return envelope;
		}
	}
	return NULL;
}

const Pb__Envelope *link_hear(
	struct run *run, struct link *link, link_wanted wanted, uint64_t number)
{
	int64_t until_us = clock_now().mono_us + RUN_WAIT_MS * US_PER_MS;
	const Pb__Envelope *envelope;

	while (
		(envelope = link_heard(link, wanted, number)) == NULL && !link->is_ended && link->fd >= 0) {
		if (!read_wire(link, until_us)) {
			(void)run_fail(run, "the server says nothing of the kind for %d ms", RUN_WAIT_MS);
			return NULL;
		}
		if (!take_frames(run, link)) {
			return NULL;
		}
	}
	return envelope;
}

bool link_await_end(struct run *run, struct link *link)
{
	int64_t until_us = clock_now().mono_us + RUN_WAIT_MS * US_PER_MS;

	while (!link->is_ended && link->fd >= 0) {
		if (!read_wire(link, until_us)) {
			return run_fail(run, "the server does not close for %d ms", RUN_WAIT_MS);
		}
		if (!take_frames(run, link)) {
			return false;
		}
	}
	return true;
}

/* ---- beginning and end ---------------------------------------------------------------------- */

static void shake_hands(struct run *run, struct link *link)
{
	int64_t until_us = clock_now().mono_us + RUN_WAIT_MS * US_PER_MS;

	flush(link);
	while (link->tls.state == TLS_HANDSHAKE && !link->is_ended) {
		if (!read_wire(link, until_us)) {
			(void)run_fail(run, "no TLS handshake for %d ms", RUN_WAIT_MS);
			return;
		}
	}
}

struct link *link_new(struct run *run, const char *name, SSL_CTX *context)
{
	struct link *link = calloc(1, sizeof(*link));

	assert(link != NULL);
	assert(strlen(name) < sizeof(link->name));
	memcpy(link->name, name, strlen(name));
	list_init(&link->heard);
	buf_init(&link->held, WIRE_BYTES_MAX);
	link->next_id = 1;
	link->is_plain = context == NULL;
	link->fd = open_socket(run);
	if (link->fd >= 0 && context != NULL) {
		if (tls_init(&link->tls, context, run->world->host, PLAIN_BYTES_MAX)) {
			shake_hands(run, link);
		} else {
			(void)run_fail(run, "TLS cannot begin");
		}
	}
	if (run->failure[0] != '\0') {
		link_free(link);
		return NULL;
	}
	return link;
}

void link_close(struct link *link, bool is_polite)
{
	if (link->fd < 0) {
		return;
	}
	if (is_polite && !link->is_plain) {
		tls_shutdown(&link->tls);
		flush(link);
	}
	(void)close(link->fd);
	link->fd = -1;
}

void link_free(struct link *link)
{
	if (link == NULL) {
		return;
	}
	link_close(link, false);
	tls_fini(&link->tls);
	buf_fini(&link->held);
	free(link);
}
