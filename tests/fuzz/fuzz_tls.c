/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network that does as it likes between the two ends of a TLS connection: an input is what it does, two
 * bytes a turn, and what it makes up. A first byte of 0xFF gives everything behind it to a server that
 * nobody else talks to. What must hold:
 *
 *   - what arrives is the beginning of what was said, on either side: nothing changed, lost between,
 *     repeated or made up
 *   - an end that has failed says why, and takes and says nothing more
 *   - every end can be freed at any time
 */
#include <openssl/ssl.h>

#include "tests/common/certs.h"
#include "tests/common/tls_ends.h"
#include "tests/fuzz/fuzz.h"

#define TURNS_MAX 200
#define WIRE_BYTES_MAX ((size_t)1024 * 1024)
#define RAW 0xFF

static struct ends contexts;

/* One direction. */
struct way {
	struct tls *source;
	struct tls *target;
	struct buf wire; /* said, not yet delivered */
	struct buf last; /* what was delivered last, to be repeated */
	bool is_shut;    /* its source has said goodbye */
	uint8_t said;    /* how many bytes of plain text; byte n is n times 7 */
	bool is_spoilt;  /* the network has done something that is no network's right */
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct certs certs;

	(void)argc;
	(void)argv;
	certs_make(&certs, "DNS:server.test", 3600);
	ends_contexts(&contexts, &certs);
	certs_remove(&certs);
	return 0;
}

static void way_init(struct way *way, struct tls *source, struct tls *target)
{
	*way = (struct way){.source = source, .target = target};
	buf_init(&way->wire, WIRE_BYTES_MAX);
	buf_init(&way->last, WIRE_BYTES_MAX);
}

static void way_fini(struct way *way)
{
	buf_fini(&way->wire);
	buf_fini(&way->last);
}

static void check_end(const struct tls *tls)
{
	must((tls->state == TLS_FAILED) == (tls->reason != NULL));
	must(tls->reason == NULL || tls->reason[0] != '\0');
}

static void check_plain(const struct way *way)
{
	struct span plain = buf_readable(&way->target->plain);

	must(plain.len <= way->said);
	for (size_t i = 0; i < plain.len; i++) {
		must(plain.ptr[i] == (uint8_t)(i * 7));
	}
}

static void feed(struct way *way, struct span bytes)
{
	enum tls_state before = way->target->state;
	size_t plain_bytes = buf_readable(&way->target->plain).len;

	(void)tls_feed(way->target, bytes);
	check_end(way->target);
	check_plain(way);
	if (before == TLS_FAILED || before == TLS_CLOSED) {
		must(way->target->state == before);
		must(buf_readable(&way->target->plain).len == plain_bytes);
	}
	must(tls_take(way->source, &way->wire));
}

/* One byte more of plain text, where there may be any. */
static void say(struct way *way)
{
	uint8_t byte = (uint8_t)(way->said * 7);

	if (way->source->state == TLS_OPEN && way->said < UINT8_MAX && !way->is_shut) {
		must(tls_write(way->source, span_of(&byte, 1)));
		way->said++;
	}
	must(tls_take(way->source, &way->wire));
}

enum act { DELIVER, CHANGE, DROP, REPEAT, INVENT, SAY, SHUT, ACT_COUNT };

/* What the network does to one direction; `value` is how much, or where. */
static void act(struct way *way, enum act what, uint8_t value)
{
	struct span wire = buf_readable(&way->wire);
	size_t len = size_min(wire.len, value < 0x80 ? value : wire.len);
	uint8_t invented[8] = {0x16, 0x03, 0x03, 0, value, value, 0, value};

	if (what == SAY) {
		say(way);
	} else if (what == SHUT) {
		way->is_shut = way->is_shut || way->source->state != TLS_HANDSHAKE;
		tls_shutdown(way->source);
		must(tls_take(way->source, &way->wire));
	} else if (what == REPEAT) {
		way->is_spoilt = true;
		feed(way, buf_readable(&way->last));
	} else if (what == INVENT) {
		way->is_spoilt = true;
		feed(way, span_of(invented, sizeof(invented)));
	} else if (what == CHANGE && wire.len > 0) {
		way->is_spoilt = true;
		((uint8_t *)(uintptr_t)wire.ptr)[value % wire.len] ^= 1;
	} else if (what == DELIVER) {
		buf_consume(&way->last, buf_readable(&way->last).len);
		must(buf_append(&way->last, span_first(wire, len)));
		feed(way, buf_readable(&way->last));
		buf_consume(&way->wire, len);
	} else if (what == DROP) {
		way->is_spoilt = way->is_spoilt || len > 0;
		buf_consume(&way->wire, len);
	}
}

static void try_network(const uint8_t *data, size_t size)
{
	struct way to_server;
	struct way to_client;
	struct ends ends = contexts;

	ends_open(&ends, "server.test");
	way_init(&to_server, &ends.client, &ends.server);
	way_init(&to_client, &ends.server, &ends.client);
	must(tls_take(&ends.client, &to_server.wire));
	for (size_t i = 0; i + 1 < size && i < 2 * TURNS_MAX; i += 2) {
		struct way *way = (data[i] & 1) == 0 ? &to_server : &to_client;
		struct way *back = way == &to_server ? &to_client : &to_server;

		act(way, (enum act)((data[i] >> 1) % ACT_COUNT), data[i + 1]);
		must(tls_take(way->target, &back->wire));
	}
	/* A network that has only taken its time has done no harm. */
	if (!to_server.is_spoilt && !to_client.is_spoilt) {
		must(ends.server.state != TLS_FAILED && ends.client.state != TLS_FAILED);
	}
	way_fini(&to_server);
	way_fini(&to_client);
	tls_fini(&ends.server);
	tls_fini(&ends.client);
}

static void try_raw(const uint8_t *data, size_t size)
{
	struct buf answer;
	struct tls server;

	must(tls_init(&server, contexts.server_context, NULL, ENDS_PLAIN_MAX));
	(void)tls_feed(&server, span_of(data, size));
	check_end(&server);
	must(server.state != TLS_OPEN && buf_readable(&server.plain).len == 0);
	buf_init(&answer, WIRE_BYTES_MAX);
	must(tls_take(&server, &answer));
	buf_fini(&answer);
	tls_fini(&server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == RAW) {
		try_raw(data + 1, size - 1);
	} else {
		try_network(data, size);
	}
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	(void)seed;
	return LLVMFuzzerMutate(data, size, size_max);
}
