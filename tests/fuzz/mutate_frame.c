/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/mutate_frame.h"

#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/proto/wire_put.h"

#define FRAMES_MAX 64 /* of one input that is looked at */

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

/* A frame more, at the end. */
static void put_new_frame(mutate_put *put_new, struct specimen *chance, struct buf *out)
{
	struct buf envelope;

	buf_init(&envelope, FRAME_BODY_BYTES_MAX);
	put_new(chance, &envelope);
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

size_t mutate_frames(
	uint8_t *data, size_t size, size_t size_max, mutate_put *put_new, struct specimen *chance)
{
	struct span bodies[FRAMES_MAX];
	size_t count = 0;
	size_t whole = find_frames(span_of(data, size), bodies, &count);
	uint64_t what = specimen_random(chance, 8);
	struct buf out;

	if (what == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	buf_init(&out, 4 * FRAME_BODY_BYTES_MAX);
	if (count == 0 || what == 1) {
		must(buf_append(&out, span_of(data, whole)));
		put_new_frame(put_new, chance, &out);
	} else {
		struct span chosen = bodies[specimen_random(chance, count)];
		size_t before = (size_t)(chosen.ptr - data) - FRAME_HEADER_BYTES;

		must(buf_append(&out, span_of(data, before)));
		put_changed_frame(chance, chosen, &out);
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
