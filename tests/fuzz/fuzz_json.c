/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as the JSON of any method's request, as `guanjia call` takes it. An input is the message's
 * name, a line feed, and the text. What must hold:
 *
 *   - it is refused with a path and a reason, or is a message
 *   - that message, as JSON and read again, is the same message
 */
#include "client/core/json.h"
#include "proto/codec.h"
#include "proto/method.h"
#include "tests/fuzz/fuzz.h"

#define BUDGET_BYTES ((size_t)8 * 1024 * 1024)
#define NAME_LEN_MAX 64

/* The request that the first line names; NULL where it names none. */
static const ProtobufCMessageDescriptor *find_shape(struct str input, struct str *out_text)
{
	size_t limit = size_min(input.len, NAME_LEN_MAX);
	const char *feed = limit == 0 ? NULL : memchr(input.ptr, '\n', limit);
	struct str name = str_of(input.ptr, feed == NULL ? 0 : (size_t)(feed - input.ptr));

	for (size_t i = 0; i < METHOD_COUNT && feed != NULL; i++) {
		if (str_equal(name, str_from_c(method_rows[i].request->short_name))) {
			*out_text = str_of(feed + 1, input.len - name.len - 1);
			return method_rows[i].request;
		}
	}
	return NULL;
}

static void check_again(const ProtobufCMessage *message, struct arena *arena)
{
	struct json_fault fault;
	json_t *json = message_to_json(message);
	ProtobufCMessage *again;

	must(json != NULL);
	again = message_from_json(message->descriptor, json, arena, &fault);
	must(again != NULL);
	must(span_equal(codec_encode(message, arena), codec_encode(again, arena)));
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = STR("");
	const ProtobufCMessageDescriptor *shape = find_shape(str_of((const char *)data, size), &text);
	struct json_fault fault = {.path = "", .text = ""};
	struct arena arena;
	ProtobufCMessage *message;

	if (shape == NULL) {
		return 0;
	}
	arena_init(&arena, BUDGET_BYTES);
	message = message_from_json_text(shape, text, &arena, &fault);
	must(memchr(fault.path, 0, sizeof(fault.path)) != NULL);
	must(memchr(fault.text, 0, sizeof(fault.text)) != NULL);
	must((message == NULL) == (fault.text[0] != '\0'));
	if (message != NULL) {
		check_again(message, &arena);
	}
	arena_fini(&arena);
	return 0;
}

/* Behind the name: a change of the name leads nowhere. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct str text = STR("");
	size_t head = 0;

	(void)seed;
	if (find_shape(str_of((const char *)data, size), &text) != NULL) {
		head = size - text.len;
	}
	return head + LLVMFuzzerMutate(data + head, size - head, size_max - head);
}
