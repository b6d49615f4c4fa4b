/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as any message: the request and reply of every method, every topic, the envelope. An
 * input is the message's name, a line feed, and the encoded message: readable, and still true when
 * methods are added. What must hold:
 *
 *   - the codec refuses with a named error, or gives a message; never anything else
 *   - what the check lets in, protobuf-c unpacks, unless memory is out
 *   - what came out holds only what field.def and the types allow (inspect.h)
 *   - what was decoded can be encoded, decoded and encoded again, and is then the same bytes
 */
#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "proto/method.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/inspect.h"
#include "tests/fuzz/mutate.h"

#define BUDGET_BYTES ((size_t)8 * 1024 * 1024)
#define NAME_LEN_MAX 64
#define MESSAGE_COUNT (2 * METHOD_COUNT + TOPIC_COUNT + 1)

static const ProtobufCMessageDescriptor *message_at(size_t index)
{
	assert(index < MESSAGE_COUNT);
	if (index < METHOD_COUNT) {
		return method_rows[index].request;
	}
	if (index < 2 * METHOD_COUNT) {
		return method_rows[index - METHOD_COUNT].reply;
	}
	if (index < 2 * METHOD_COUNT + TOPIC_COUNT) {
		return topic_rows[index - 2 * METHOD_COUNT].message;
	}
	return &pb__envelope__descriptor;
}

/* The message that the first line names; NULL where it names none. *out_head_bytes: that line. */
static const ProtobufCMessageDescriptor *find_message(struct span input, size_t *out_head_bytes)
{
	size_t limit = size_min(input.len, NAME_LEN_MAX);
	const uint8_t *feed = limit == 0 ? NULL : memchr(input.ptr, '\n', limit);
	struct str name;

	if (feed == NULL) {
		return NULL;
	}
	name = str_of((const char *)input.ptr, (size_t)(feed - input.ptr));
	for (size_t i = 0; i < MESSAGE_COUNT; i++) {
		if (str_equal(name, str_from_c(message_at(i)->short_name))) {
			*out_head_bytes = name.len + 1;
			return message_at(i);
		}
	}
	return NULL;
}

static bool is_codec_error(enum err err)
{
	return err == ERR_BODY_MALFORMED || err == ERR_FIELD_MISSING || err == ERR_FIELD_LENGTH ||
	       err == ERR_FIELD_RANGE || err == ERR_FIELD_TEXT || err == ERR_FIELD_ENUM ||
	       err == ERR_FIELD_UNKNOWN;
}

static void check_again(const ProtobufCMessage *first)
{
	struct codec_fault fault = {0};
	struct arena arena;
	ProtobufCMessage *second;
	struct span once;

	arena_init(&arena, 2 * BUDGET_BYTES);
	once = codec_encode(first, &arena);
	second = codec_decode(first->descriptor, once, &arena, &fault);
	must(second != NULL);
	must(span_equal(once, codec_encode(second, &arena)));
	must(!arena.failed);
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t head_bytes = 0;
	const ProtobufCMessageDescriptor *message = find_message(span_of(data, size), &head_bytes);
	struct codec_fault fault = {0};
	struct arena arena;
	ProtobufCMessage *decoded;

	if (message == NULL) {
		return 0;
	}
	arena_init(&arena, BUDGET_BYTES);
	decoded = codec_decode(message, span_after(span_of(data, size), head_bytes), &arena, &fault);
	must(arena.used_bytes <= BUDGET_BYTES);
	if (decoded != NULL) {
		must(fault.err == ERR_OK);
		must(inspect_message(decoded));
		check_again(decoded);
	} else {
		must(is_codec_error(fault.err));
		must(memchr(fault.field, 0, sizeof(fault.field)) != NULL);
		must(memchr(fault.allowed, 0, sizeof(fault.allowed)) != NULL);
		must(arena.failed ||
			 codec_check(message, span_after(span_of(data, size), head_bytes), &fault) != ERR_OK);
	}
	arena_fini(&arena);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = seed};
	size_t head_bytes = 0;
	const ProtobufCMessageDescriptor *message = find_message(span_of(data, size), &head_bytes);

	if (message == NULL || specimen_random(&chance, 64) == 0) {
		message = message_at((size_t)specimen_random(&chance, MESSAGE_COUNT));
		head_bytes = strlen(message->short_name) + 1;
		if (head_bytes >= size_max) {
			return size;
		}
		memcpy(data, message->short_name, head_bytes - 1);
		data[head_bytes - 1] = '\n';
		size = head_bytes;
	}
	return head_bytes + mutate_message(message, data + head_bytes, size - head_bytes,
							size_max - head_bytes, &chance);
}
