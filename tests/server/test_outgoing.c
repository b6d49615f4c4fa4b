/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a message comes out of its seal as it went in and under no other key, row or shape, that
 * what the program is handed is one JSON object with exactly those members, and when it is tried again.
 */
#include "server/outgoing.h"

#include <jansson.h>

#include "complaint.pb-c.h"
#include "server/keys.h"
#include "tests/check.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define MADE_US INT64_C(1795717200000000)

static const struct uuid community_id = {{1, 2, 3}};
static const struct uuid outgoing_id = {{9, 8, 7, [15] = 0xAB}};

static const struct outgoing_message message = {
	.kind = OUTGOING_CODE,
	.language = PB__COMPLAINT__LANGUAGE__ZH,
	.to = {"+8613800138000", 14},
	.text = {"【云河家园】验证码 \"482913\"\n\\ 5 分钟内有效。", 59},
};

static struct seal seal_of(uint8_t first)
{
	struct keys keys = {{first}};
	struct seal seal;

	seal_init(&seal, &keys);
	return seal;
}

static void test_message_comes_out_as_it_went_in(void)
{
	struct seal seal = seal_of(1);
	struct outgoing_message out = {.kind = 77, .language = 78};
	struct arena arena;
	struct span sealed;

	arena_init(&arena, 4 * OUTGOING_JSON_BYTES_MAX);
	sealed = outgoing_seal(&arena, &seal, community_id, outgoing_id, &message);
	CHECK(sealed.len > 0);
	CHECK(memmem(sealed.ptr, sealed.len, "13800138000", 11) == NULL);
	CHECK(memmem(sealed.ptr, sealed.len, "482913", 6) == NULL);
	CHECK(outgoing_open(&arena, &seal, community_id, outgoing_id, sealed, &out));
	CHECK_STR_EQ(out.to, message.to);
	CHECK_STR_EQ(out.text, message.text);
	CHECK_INT_EQ(out.kind, 77);
	CHECK_INT_EQ(out.language, 78);
	arena_fini(&arena);
}

static void test_longest_message_is_carried(void)
{
	static char to[OUTGOING_TO_BYTES_MAX];
	static char text[OUTGOING_TEXT_BYTES_MAX];
	struct outgoing_message longest = {OUTGOING_ANSWER, 1, {to, sizeof(to)}, {text, sizeof(text)}};
	struct seal seal = seal_of(1);
	struct outgoing_message out = {0};
	struct arena arena;
	struct span sealed;

	memset(to, '8', sizeof(to));
	memset(text, '\x01', sizeof(text)); /* JSON makes six bytes of it */
	arena_init(&arena, 16 * OUTGOING_JSON_BYTES_MAX);
	sealed = outgoing_seal(&arena, &seal, community_id, outgoing_id, &longest);
	CHECK(outgoing_open(&arena, &seal, community_id, outgoing_id, sealed, &out));
	CHECK_STR_EQ(out.text, longest.text);
	CHECK(
		outgoing_json(&arena, community_id, outgoing_id, MADE_US, &longest).len > sizeof(text) * 6);
	arena_fini(&arena);
}

static void test_other_key_or_row_does_not_open(void)
{
	struct seal seal = seal_of(1);
	struct seal other = seal_of(2);
	struct outgoing_message out = {.to = {"x", 1}};
	struct arena arena;
	struct span sealed;

	arena_init(&arena, 4 * OUTGOING_JSON_BYTES_MAX);
	sealed = outgoing_seal(&arena, &seal, community_id, outgoing_id, &message);
	CHECK(!outgoing_open(&arena, &other, community_id, outgoing_id, sealed, &out));
	CHECK(!outgoing_open(&arena, &seal, outgoing_id, outgoing_id, sealed, &out));
	CHECK(!outgoing_open(&arena, &seal, community_id, community_id, sealed, &out));
	for (size_t len = 0; len < sealed.len; len++) {
		CHECK(!outgoing_open(
			&arena, &seal, community_id, outgoing_id, span_first(sealed, len), &out));
	}
	CHECK_STR_EQ(out.to, "x");
	CHECK(!arena.failed);
	arena_fini(&arena);
}

/* Sealed by us, but not what we seal. */
static void test_other_shape_does_not_open(void)
{
	static const char *const texts[] = {"", "{", "[]", "{}", "\"to\"", "{\"to\":\"+86\"}",
		"{\"to\":\"+86\",\"text\":\"\"}", "{\"to\":86,\"text\":\"x\"}",
		"{\"to\":\"+86\",\"to\":\"+87\",\"text\":\"x\"}",
		"{\"to\":\"123456789012345678901234567890123\",\"text\":\"x\"}",
		"{\"to\":\"+86\",\"text\":\"\xFF\"}", "{\"to\":\"+86\",\"text\":\"x\"}}"};
	struct seal seal = seal_of(1);
	struct outgoing_message out = {0};
	struct arena arena;

	arena_init(&arena, 4 * OUTGOING_JSON_BYTES_MAX);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct span sealed =
			seal_outgoing(&seal, &arena, community_id, outgoing_id, str_from_c(texts[i]));

		CHECK(sealed.len > 0);
		CHECK(!outgoing_open(&arena, &seal, community_id, outgoing_id, sealed, &out));
	}
	CHECK(!arena.failed);
	arena_fini(&arena);
}

static void test_program_is_handed_one_object(void)
{
	struct arena arena;
	struct str json;
	json_t *object;

	arena_init(&arena, 4 * OUTGOING_JSON_BYTES_MAX);
	json = outgoing_json(&arena, community_id, outgoing_id, MADE_US, &message);
	object = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
	CHECK_INT_EQ(json_object_size(object), 7);
	CHECK(memchr(json.ptr, '\n', json.len) == NULL);
	CHECK_STR_EQ(
		json_string_value(json_object_get(object, "id")), "09080700-0000-0000-0000-0000000000ab");
	CHECK_STR_EQ(json_string_value(json_object_get(object, "community_id")),
		"01020300-0000-0000-0000-000000000000");
	CHECK_STR_EQ(json_string_value(json_object_get(object, "kind")), "CODE");
	CHECK_STR_EQ(json_string_value(json_object_get(object, "language")), "zh");
	CHECK_STR_EQ(json_string_value(json_object_get(object, "to")), message.to);
	CHECK_STR_EQ(json_string_value(json_object_get(object, "text")), message.text);
	CHECK_INT_EQ(json_integer_value(json_object_get(object, "made_us")), MADE_US);
	json_decref(object);
	arena_fini(&arena);
}

/* They ascend; what lies between two of them, below the first and behind the last is none. */
static void test_kinds_have_their_numbers_and_names(void)
{
	int next = 0;

#define OUTGOING(number, name, text) \
	for (; next < number; next++) { \
		CHECK_STR_EQ(outgoing_kind_name(next), "UNKNOWN"); \
	} \
	CHECK_INT_EQ(number, next); \
	CHECK_STR_EQ(outgoing_kind_name(number), #name); \
	next++;
#include "server/outgoing.def"
#undef OUTGOING
	CHECK_STR_EQ(outgoing_kind_name(next), "UNKNOWN");
}

static void test_small_arena_fails_by_its_flag(void)
{
	struct seal seal = seal_of(1);
	struct arena arena;

	for (size_t bytes = 0; bytes < 192; bytes += 16) {
		arena_init(&arena, bytes);
		CHECK_INT_EQ(outgoing_seal(&arena, &seal, community_id, outgoing_id, &message).len, 0);
		CHECK(arena.failed);
		arena_fini(&arena);
	}
}

static void test_delay_doubles_up_to_an_hour(void)
{
	static const int64_t seconds[] = {10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600};

	for (int32_t i = 0; i < (int32_t)COUNT(seconds); i++) {
		CHECK_INT_EQ(outgoing_delay_us(i + 1), seconds[i] * 1000000);
	}
	CHECK_INT_EQ(outgoing_delay_us(INT32_MAX), HOUR_US);
	CHECK(!outgoing_is_too_old(-HOUR_US)); /* a clock was set back */
	CHECK(!outgoing_is_too_old(48 * HOUR_US - 1));
	CHECK(outgoing_is_too_old(48 * HOUR_US));
}

static const struct test tests[] = {
	{"message_comes_out_as_it_went_in", test_message_comes_out_as_it_went_in},
	{"longest_message_is_carried", test_longest_message_is_carried},
	{"other_key_or_row_does_not_open", test_other_key_or_row_does_not_open},
	{"other_shape_does_not_open", test_other_shape_does_not_open},
	{"program_is_handed_one_object", test_program_is_handed_one_object},
	{"kinds_have_their_numbers_and_names", test_kinds_have_their_numbers_and_names},
	{"small_arena_fails_by_its_flag", test_small_arena_fails_by_its_flag},
	{"delay_doubles_up_to_an_hour", test_delay_doubles_up_to_an_hour},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
