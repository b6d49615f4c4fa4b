/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as what people type and the server takes apart itself: telephone numbers, words to search for,
 * receipts' codes, codes of places, the cursor of a list. The first byte of an input chooses. What must
 * hold:
 *
 *   - a number or code that was understood is written in its one form, which is understood the same
 *   - pairs ascend, each once, and none has a blank; a pattern for LIKE has no sign of its own
 *   - a cursor that we did not make is none, however little it differs
 */
#include "common/utf8.h"
#include "server/domain/phone.h"
#include "server/domain/place.h"
#include "server/domain/search.h"
#include "server/method/cursor.h"
#include "server/receipt_code.h"
#include "tests/fuzz/fuzz.h"
#include "tests/method/bench.h"

#define BUDGET_BYTES ((size_t)8 * 1024 * 1024)
#define CHARACTER_BITS 21

static void try_phone(struct str text)
{
	char once[PHONE_BYTES] = "";
	char again[PHONE_BYTES] = "";
	char masked[PHONE_BYTES] = "";

	if (phone_normalise(text, once)) {
		must(once[0] == '+' && strlen(once) < PHONE_BYTES);
		must(phone_normalise(str_from_c(once), again) && strcmp(once, again) == 0);
	} else {
		must(once[0] == '\0');
	}
	phone_mask(text, masked);
	must(memchr(masked, 0, sizeof(masked)) != NULL);
	phone_mask(str_from_c(once), masked);
	must(once[0] == '\0' || strchr(masked, '*') != NULL);
}

static void try_receipt_code(struct str text)
{
	struct receipt_code once = {.community_no = 0};
	struct receipt_code again = {.community_no = 0};

	if (!receipt_code_parse(text, &once)) {
		must(once.community_no == 0 && once.text[0] == '\0');
		return;
	}
	must(once.community_no > 0 && memchr(once.text, 0, sizeof(once.text)) != NULL);
	must(receipt_code_parse(str_from_c(once.text), &again));
	must(again.community_no == once.community_no && strcmp(again.text, once.text) == 0);
	must(memcmp(again.hash, once.hash, sizeof(once.hash)) == 0);
}

static void check_pairs(struct search_pairs pairs)
{
	for (size_t i = 0; i < pairs.count; i++) {
		int64_t second = pairs.ptr[i] & ((1 << CHARACTER_BITS) - 1);

		must(i == 0 || pairs.ptr[i] > pairs.ptr[i - 1]);
		must(pairs.ptr[i] >> CHARACTER_BITS != ' ' && second != ' ' && second != 0);
	}
}

/* Every character of the pattern that means something stands behind a backslash. */
static void check_like(struct str like)
{
	must(like.len >= 2 && like.ptr[0] == '%' && like.ptr[like.len - 1] == '%');
	for (size_t i = 1; i + 1 < like.len; i++) {
		if (like.ptr[i] == '\\') {
			i++;
			must(i + 1 < like.len);
			must(like.ptr[i] == '\\' || like.ptr[i] == '%' || like.ptr[i] == '_');
		} else {
			must(like.ptr[i] != '%' && like.ptr[i] != '_');
		}
	}
}

/* As the codec lets it in: UTF-8 without U+0000. */
static void try_search(struct str text)
{
	struct arena arena;
	struct str normal;
	size_t points;

	if (utf8_check(span_from_str(text), &points) != UTF8_OK) {
		return;
	}
	arena_init(&arena, BUDGET_BYTES);
	normal = search_normalise(&arena, text);
	if (!arena.failed && normal.len > 0) {
		struct search_pairs pairs = search_pairs_of(&arena, normal);
		struct str like = search_like(&arena, normal);

		must(utf8_check(span_from_str(normal), &points) == UTF8_OK);
		for (size_t i = 0; i < normal.len; i++) {
			must((uint8_t)normal.ptr[i] >= 0x20 && normal.ptr[i] != 0x7F);
		}
		if (!arena.failed) {
			check_pairs(pairs);
			check_like(like);
		}
	}
	arena_fini(&arena);
}

static void try_place(struct str text)
{
	size_t points;

	if (utf8_check(span_from_str(text), &points) != UTF8_OK) {
		return;
	}
	if (place_code_fault(text).err == ERR_OK) {
		must(points >= 1 && points <= 32);
		must(place_name_fault(text).err == ERR_OK);
	} else {
		must(place_code_fault(text).allowed != NULL);
	}
}

/* The rest of the input is turned into a cursor that was ours until it was changed. */
static void try_cursor(struct str text)
{
	static struct bench bench;
	struct span position = {NULL, 0};
	struct span made;
	uint8_t *changed;

	bench_begin(&bench, METHOD_complaint_list, leader);
	bench.r.message =
		arena_alloc(&bench.r.arena, method_rows[METHOD_complaint_list].request->sizeof_message);
	method_rows[METHOD_complaint_list].request->message_init(
		(ProtobufCMessage *)(uintptr_t)bench.r.message);
	must(!cursor_read(&bench.r, span_from_str(text), 24, &position));
	made = cursor_make(&bench.r, span_of("a place of 24 bytes here", 24));
	must(cursor_read(&bench.r, made, 24, &position) && position.len == 24);
	changed = (uint8_t *)(uintptr_t)made.ptr;
	for (size_t i = 0; i < text.len && i < made.len; i++) {
		changed[i] ^= (uint8_t)text.ptr[i];
	}
	for (size_t i = 0; i < text.len && i < made.len; i++) {
		if (text.ptr[i] != 0) {
			must(!cursor_read(&bench.r, made, 24, &position));
			break;
		}
	}
	bench_end(&bench);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct str) = {
		try_phone, try_receipt_code, try_search, try_place, try_cursor};

	if (size > 0) {
		tries[data[0] % COUNT(tries)](str_of((const char *)data + 1, size - 1));
	}
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	if (size == 0 || seed % 32 == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	return 1 + LLVMFuzzerMutate(data + 1, size - 1, size_max - 1); /* the same kind of text */
}
