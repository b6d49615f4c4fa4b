/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a client sends: frames one behind the other, an envelope in each, in a request
 * the body of its method. What must hold:
 *
 *   - a frame is whole exactly when its last byte is there
 *   - an envelope that was let in holds one kind, and comes back the same through a frame of ours
 *   - a request that was let in has an id and a method
 */
#include <stdlib.h>

#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "proto/method.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/inspect.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/mutate_frame.h"
#include "tests/proto/wire_put.h"

#define BUDGET_BYTES ((size_t)8 * 1024 * 1024)

static void check_request(const Pb__Request *request, struct arena *arena)
{
	const struct method_row *method = method_find(codec_str(request->method));
	struct codec_fault fault = {0};
	struct span body = codec_span(request->has_body, request->body);

	must(request->has_id && request->id > 0 && request->id <= INT64_MAX);
	must(request->method != NULL && request->method[0] != '\0');
	must(!request->has_key || request->key.len == 16);
	if (method != NULL && body.len <= method->body_bytes_max) {
		ProtobufCMessage *decoded = codec_decode(method->request, body, arena, &fault);

		must((decoded == NULL) == (fault.err != ERR_OK));
		must(decoded == NULL || inspect_message(decoded));
	}
}

static void check_envelope(struct span body)
{
	struct codec_fault fault = {0};
	struct span again = {NULL, 0};
	struct arena arena;
	const Pb__Envelope *envelope;
	struct buf out;
	size_t want = 0;

	arena_init(&arena, BUDGET_BYTES);
	envelope = (const Pb__Envelope *)codec_decode(&pb__envelope__descriptor, body, &arena, &fault);
	must((envelope == NULL) == (fault.err != ERR_OK));
	if (envelope != NULL) {
		must(envelope->kind_case != PB__ENVELOPE__KIND__NOT_SET);
		must(inspect_message(&envelope->base));
		if (envelope->kind_case == PB__ENVELOPE__KIND_REQUEST) {
			check_request(envelope->request, &arena);
		}
		buf_init(&out, 2 * FRAME_BODY_BYTES_MAX);
		must(codec_frame(&envelope->base, &out));
		must(frame_decode(buf_readable(&out), FRAME_BODY_BYTES_MAX, &again, &want) == FRAME_READY);
		must(want == buf_readable(&out).len);
		must(codec_check(&pb__envelope__descriptor, again, &fault) == ERR_OK);
		buf_fini(&out);
	}
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct span body = {NULL, 0};
	size_t want = 0;

	/* Every turn takes a whole frame. */
	while (frame_decode(rest, FRAME_BODY_BYTES_MAX, &body, &want) == FRAME_READY) {
		size_t wants_more = 0;

		must(want == FRAME_HEADER_BYTES + body.len);
		must(body.ptr == rest.ptr + FRAME_HEADER_BYTES);
		must(frame_decode(span_first(rest, want - 1), FRAME_BODY_BYTES_MAX, &body, &wants_more) ==
			 FRAME_SHORT);
		must(wants_more == want);
		check_envelope(body);
		rest = span_after(rest, want);
	}
	return 0;
}

/* A request for some method, with a body that its rows let in, mostly. */
static void put_request(struct specimen *chance, struct buf *out)
{
	const struct method_row *method = &method_rows[specimen_random(chance, METHOD_COUNT)];
	struct buf request;
	struct buf body;

	buf_init(&request, FRAME_BODY_BYTES_MAX);
	buf_init(&body, FRAME_BODY_BYTES_MAX);
	mutate_make(method->request, chance, &body);
	wire_put_number(&request, 1, specimen_random(chance, 100) + 1);
	wire_put_bytes(&request, 2, span_from_str(str_from_c(method->name)));
	wire_put_bytes(&request, 3, buf_readable(&body));
	wire_put_bytes(&request, 4, span_from_str(STR("0123456789abcdef")));
	wire_put_bytes(out, 2, buf_readable(&request));
	buf_fini(&request);
	buf_fini(&body);
}

/* Any envelope, or a request with a body that means something. */
static void put_new(struct specimen *chance, struct buf *out)
{
	if (specimen_random(chance, 2) == 0) {
		put_request(chance, out);
	} else {
		mutate_make(&pb__envelope__descriptor, chance, out);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = seed};

	return mutate_frames(data, size, size_max, put_new, &chance);
}
