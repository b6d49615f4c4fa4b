/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/client/far_end.h"

#include "proto/codec.h"
#include "proto/frame.h"

#define PLAIN_BYTES_MAX ((size_t)2 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)

void far_end_init(struct far_end *end, SSL_CTX *context)
{
	bool made = tls_init(&end->tls, context, NULL, PLAIN_BYTES_MAX);

	assert(made);
	arena_init(&end->arena, ARENA_BYTES_MAX);
}

void far_end_fini(struct far_end *end)
{
	tls_fini(&end->tls);
	arena_fini(&end->arena);
}

void far_end_feed(struct far_end *end, struct span bytes)
{
	(void)tls_feed(&end->tls, bytes);
}

void far_end_take(struct far_end *end, struct buf *out)
{
	bool taken = tls_take(&end->tls, out);

	assert(taken);
}

const Pb__Envelope *far_end_hear(struct far_end *end)
{
	struct codec_fault fault;
	struct span body;
	size_t want = 0;
	enum frame_verdict verdict =
		frame_decode(buf_readable(&end->tls.plain), FRAME_BODY_BYTES_MAX, &body, &want);
	ProtobufCMessage *envelope;

	assert(verdict != FRAME_BAD);
	if (verdict == FRAME_SHORT) {
		return NULL;
	}
	envelope = codec_decode(&pb__envelope__descriptor, body, &end->arena, &fault);
	assert(envelope != NULL);
	buf_consume(&end->tls.plain, want);
	return (const Pb__Envelope *)envelope;
}

const Pb__Hello *far_end_hear_hello(struct far_end *end)
{
	const Pb__Envelope *envelope = far_end_hear(end);

	assert(envelope != NULL);
	assert(envelope->kind_case == PB__ENVELOPE__KIND_HELLO);
	return envelope->hello;
}

const Pb__Request *far_end_hear_request(struct far_end *end)
{
	const Pb__Envelope *envelope = far_end_hear(end);

	assert(envelope != NULL);
	assert(envelope->kind_case == PB__ENVELOPE__KIND_REQUEST);
	return envelope->request;
}

void far_end_say_bytes(struct far_end *end, struct span plain)
{
	bool written = end->tls.state == TLS_CLOSED || tls_write(&end->tls, plain);

	assert(written);
}

void far_end_say(struct far_end *end, const ProtobufCMessage *envelope)
{
	struct buf frame;
	bool framed;

	buf_init(&frame, PLAIN_BYTES_MAX);
	framed = codec_frame(envelope, &frame);
	assert(framed);
	far_end_say_bytes(end, buf_readable(&frame));
	buf_fini(&frame);
}

void far_end_hello(struct far_end *end, uint32_t in_flight_max)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	hello.has_version = true;
	hello.version = 1;
	hello.has_version_min = true;
	hello.version_min = 1;
	hello.agent = (char *)(uintptr_t) "guanjiad/0.1.0";
	hello.has_in_flight_max = true;
	hello.in_flight_max = in_flight_max;
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	far_end_say(end, &envelope.base);
}

void far_end_reply(struct far_end *end, uint64_t id, const ProtobufCMessage *message)
{
	Pb__Reply reply = PB__REPLY__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	reply.has_id = true;
	reply.id = id;
	if (message != NULL) {
		reply.has_body = true;
		reply.body = codec_bytes(codec_encode(message, &end->arena));
	}
	envelope.kind_case = PB__ENVELOPE__KIND_REPLY;
	envelope.reply = &reply;
	far_end_say(end, &envelope.base);
}

void far_end_fail(struct far_end *end, uint64_t id, const char *code)
{
	Pb__Failure failure = PB__FAILURE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	failure.has_id = true;
	failure.id = id;
	failure.code = (char *)(uintptr_t)code;
	envelope.kind_case = PB__ENVELOPE__KIND_FAILURE;
	envelope.failure = &failure;
	far_end_say(end, &envelope.base);
}
