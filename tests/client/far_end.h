/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's end of a connection in memory, for tests of the client: it hears envelopes and says what
 * it is told to, right or wrong. It knows no methods.
 *
 *     far_end_feed(end, bytes from the client)
 *     while ((envelope = far_end_hear(end)))  …
 *     far_end_reply(end, id, &message)
 *     far_end_take(end, &buf)                 bytes for the client
 *
 * What is only there to prepare a test is asserted, not checked.
 */
#pragma once

#include "common/arena.h"
#include "common/buf.h"
#include "common/tls.h"

#include "envelope.pb-c.h"

struct far_end {
	struct tls tls;     /* owned */
	struct arena arena; /* of the envelopes heard, until far_end_fini */
};

void far_end_init(struct far_end *end, SSL_CTX *context);
void far_end_fini(struct far_end *end);

void far_end_feed(struct far_end *end, struct span bytes);
void far_end_take(struct far_end *end, struct buf *out);

/* The next envelope from the client; NULL where none is whole. Asserts that it is valid. */
const Pb__Envelope *far_end_hear(struct far_end *end);

/* The next one, which must be of this kind. */
const Pb__Hello *far_end_hear_hello(struct far_end *end);
const Pb__Request *far_end_hear_request(struct far_end *end);

/* Whatever is said to a client that said goodbye is lost. */
void far_end_say(struct far_end *end, const ProtobufCMessage *envelope);
void far_end_say_bytes(struct far_end *end, struct span plain);

/* A usual hello, allowing so many calls at once. */
void far_end_hello(struct far_end *end, uint32_t in_flight_max);
/* message NULL: a body of no bytes. */
void far_end_reply(struct far_end *end, uint64_t id, const ProtobufCMessage *message);
void far_end_fail(struct far_end *end, uint64_t id, const char *code);
