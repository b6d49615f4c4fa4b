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
#include "tests/proto/wire_put.h"

#define BUDGET_BYTES ((size_t)8 * 1024 * 1024)
#define FRAMES_MAX 64 /* of one input that the mutator looks at */

/* An assert that no build leaves out. */
static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

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

static void put_frame(struct buf *out, struct span envelope)
{
	uint8_t header[FRAME_HEADER_BYTES];
	bool added;

	if (envelope.len == 0) {
		return;
	}
	frame_header(header, envelope.len);
	added = buf_append(out, span_of(header, sizeof(header))) && buf_append(out, envelope);
	assert(added);
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
	put_number(&request, 1, specimen_random(chance, 100) + 1);
	put_bytes(&request, 2, span_from_str(str_from_c(method->name)));
	put_bytes(&request, 3, buf_readable(&body));
	put_bytes(&request, 4, span_from_str(STR("0123456789abcdef")));
	put_bytes(out, 2, buf_readable(&request));
	buf_fini(&request);
	buf_fini(&body);
}

/* The frames of the input, and how many bytes they take together. */
static size_t find_frames(struct span input, struct span bodies[FRAMES_MAX], size_t *out_count)
{
	struct span rest = input;
	size_t want = 0;

	*out_count = 0;
	while (*out_count < FRAMES_MAX &&
		   frame_decode(rest, FRAME_BODY_BYTES_MAX, &bodies[*out_count], &want) == FRAME_READY) {
		rest = span_after(rest, want);
		*out_count += 1;
	}
	return input.len - rest.len;
}

/* A frame more, at the end: any envelope, or a request with a body that means something. */
static void put_new_frame(struct specimen *chance, struct buf *out)
{
	struct buf envelope;

	buf_init(&envelope, FRAME_BODY_BYTES_MAX);
	if (specimen_random(chance, 2) == 0) {
		put_request(chance, &envelope);
	} else {
		mutate_make(&pb__envelope__descriptor, chance, &envelope);
	}
	put_frame(out, buf_readable(&envelope));
	buf_fini(&envelope);
}

/* One frame's envelope, changed. */
static void put_changed_frame(struct specimen *chance, struct span body, struct buf *out)
{
	size_t size_max = size_min(2 * body.len + 256, FRAME_BODY_BYTES_MAX);
	uint8_t *changed = malloc(size_max);
	size_t len;

	must(changed != NULL);
	memcpy(changed, body.ptr, body.len);
	len = mutate_message(&pb__envelope__descriptor, changed, body.len, size_max, chance);
	put_frame(out, span_of(changed, len));
	free(changed);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = seed};
	struct span bodies[FRAMES_MAX];
	size_t count = 0;
	size_t whole = find_frames(span_of(data, size), bodies, &count);
	uint64_t what = specimen_random(&chance, 8);
	struct buf out;

	if (what == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	buf_init(&out, 4 * FRAME_BODY_BYTES_MAX);
	if (count == 0 || what == 1) {
		must(buf_append(&out, span_of(data, whole)));
		put_new_frame(&chance, &out);
	} else {
		struct span chosen = bodies[specimen_random(&chance, count)];
		size_t before = (size_t)(chosen.ptr - data) - FRAME_HEADER_BYTES;

		must(buf_append(&out, span_of(data, before)));
		put_changed_frame(&chance, chosen, &out);
		must(buf_append(
			&out, span_after(span_of(data, size), (size_t)(chosen.ptr - data) + chosen.len)));
	}
	if (buf_readable(&out).len > 0 && buf_readable(&out).len <= size_max) {
		size = buf_readable(&out).len;
		memcpy(data, buf_readable(&out).ptr, size);
	}
	buf_fini(&out);
	return size;
}
