/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/hostile_frame.h"

#include "envelope.pb-c.h"
#include "proto/frame.h"
#include "proto/method.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/proto/wire_put.h"

#define BODY_BYTES_MAX ((size_t)64 * 1024)
#define NESTED_DEPTH 400
#define BYTES_MAX ((size_t)256 * 1024)

/* Stands in for libFuzzer's: turns one byte over, or cuts the end off. Where, its content decides. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max)
{
	assert(size <= size_max);
	if (size == 0) {
		return 0;
	}
	data[size * 7 / 11] ^= (uint8_t)(1 + (data[0] + size) % 255);
	return data[size / 2] % 4 == 0 ? size - size / 3 : size;
}

static void put(struct buf *out, struct span bytes)
{
	bool added = buf_append(out, bytes);

	assert(added);
	(void)added;
}

static void put_frame(struct buf *out, uint32_t says_bytes, struct span body)
{
	uint8_t header[FRAME_HEADER_BYTES];

	put_u32(header, says_bytes);
	put(out, span_of(header, sizeof(header)));
	put(out, body);
}

static uint8_t byte_of(struct specimen *chance)
{
	return (uint8_t)specimen_random(chance, 256);
}

/* An envelope with a request of some method, whose body is right but for what chance does to it. */
static void put_request(struct specimen *chance, bool is_mutated, struct buf *out)
{
	const struct method_row *method = &method_rows[specimen_random(chance, METHOD_COUNT)];
	static uint8_t body[BODY_BYTES_MAX];
	struct buf made;
	struct buf request;
	uint8_t key[16];
	size_t len;

	buf_init(&made, BYTES_MAX);
	buf_init(&request, BYTES_MAX);
	chance->kind = SPECIMEN_MODEST;
	chance->flaw = FLAW_NONE;
	specimen_message(chance, method->request, &made);
	len = size_min(buf_readable(&made).len, sizeof(body));
	if (len > 0) {
		memcpy(body, buf_readable(&made).ptr, len);
	}
	if (is_mutated) {
		len = mutate_message(method->request, body, len, sizeof(body), chance);
	}
	for (size_t i = 0; i < sizeof(key); i++) {
		key[i] = byte_of(chance);
	}
	wire_put_number(&request, 1, specimen_random(chance, 1000000) + 1);
	wire_put_bytes(&request, 2, span_from_str(str_from_c(method->name)));
	wire_put_bytes(&request, 3, span_of(body, len));
	wire_put_bytes(&request, 4, span_of(key, sizeof(key)));
	wire_put_bytes(out, 2, buf_readable(&request));
	buf_fini(&made);
	buf_fini(&request);
}

/* From the inside to the outside: each level is a field of bytes around the one before. */
static void put_nested(struct specimen *chance, struct buf *out)
{
	struct buf inner;
	bool are_groups = specimen_random(chance, 4) == 0;

	buf_init(&inner, BYTES_MAX);
	wire_put_number(&inner, 1, specimen_random(chance, 1000));
	for (size_t depth = 0; depth < NESTED_DEPTH && !are_groups; depth++) {
		struct buf outer;

		buf_init(&outer, BYTES_MAX);
		wire_put_bytes(&outer, (uint32_t)specimen_random(chance, 9) + 1, buf_readable(&inner));
		buf_fini(&inner);
		inner = outer;
	}
	for (size_t depth = 0; depth < NESTED_DEPTH && are_groups; depth++) {
		put(&inner, span_of("\x13", 1)); /* begins field 2 as a group, which nobody ends */
	}
	put(out, buf_readable(&inner));
	buf_fini(&inner);
}

static void put_random(struct specimen *chance, struct buf *out)
{
	size_t len = (size_t)specimen_random(chance, 200) + 1;

	for (size_t i = 0; i < len; i++) {
		uint8_t byte = byte_of(chance);

		put(out, span_of(&byte, 1));
	}
}

static void flip(struct specimen *chance, struct buf *body)
{
	struct span bytes = buf_readable(body);
	size_t count = (size_t)specimen_random(chance, 4) + 1;

	for (size_t i = 0; i < count; i++) {
		uint8_t *at = (uint8_t *)(uintptr_t)bytes.ptr + specimen_random(chance, bytes.len);

		*at ^= (uint8_t)(1u << specimen_random(chance, 8));
	}
}

static uint32_t forbidden_length(struct specimen *chance)
{
	static const uint32_t some[] = {0, FRAME_BODY_BYTES_MAX + 1, INT32_MAX, UINT32_MAX};
	size_t i = (size_t)specimen_random(chance, COUNT(some) + 1);

	return i < COUNT(some) ? some[i] : FRAME_BODY_BYTES_MAX + 1 + (uint32_t)byte_of(chance);
}

void hostile_frame_make(struct specimen *chance, enum hostile_kind kind, struct buf *out)
{
	struct buf body;
	struct span bytes;

	buf_init(&body, BYTES_MAX);
	if (kind == HOSTILE_NESTED) {
		put_nested(chance, &body);
	} else if (kind == HOSTILE_MALFORMED) {
		put_random(chance, &body);
	} else {
		put_request(chance, kind == HOSTILE_MUTATED, &body);
	}
	if (kind == HOSTILE_FLIPPED) {
		flip(chance, &body);
	}
	bytes = buf_readable(&body);
	if (kind == HOSTILE_OVERSIZED) {
		put_frame(out, forbidden_length(chance), bytes);
	} else if (kind == HOSTILE_CUT) {
		put_frame(out, (uint32_t)bytes.len, span_first(bytes, specimen_random(chance, bytes.len)));
	} else {
		put_frame(out, (uint32_t)bytes.len, bytes);
	}
	buf_fini(&body);
}
