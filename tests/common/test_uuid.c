/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the layouts of RFC 9562 by known values, and that text and bytes come back from each other
 * while anything that is no UUID is refused.
 */
#include "common/uuid.h"

#include "tests/check.h"

#define SAMPLE "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" /* RFC 9562 appendix A.6 */

static const struct uuid sample = {{0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x7C, 0xC3, 0x98, 0xC4,
	0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F}};

static void check_version(struct uuid id, int version)
{
	CHECK_INT_EQ(id.bytes[6] >> 4, version);
	CHECK_INT_EQ(id.bytes[8] >> 6, 2);
}

static void test_v7_begins_with_milliseconds(void)
{
	/* The time of the sample above: 2022-02-22T19:22:22Z. */
	struct uuid id = uuid_v7(INT64_C(1645557742000) * 1000 + 999);

	CHECK(memcmp(id.bytes, sample.bytes, 6) == 0);
	check_version(id, 7);
	CHECK(memcmp(uuid_v7(0).bytes, uuid_nil.bytes, 6) == 0);
}

static void test_v7_sorts_by_time_and_never_repeats(void)
{
	struct uuid before = uuid_v7(1000);

	for (int64_t ms = 2; ms < 1000; ms++) {
		struct uuid one = uuid_v7(ms * 1000);
		struct uuid other = uuid_v7(ms * 1000);

		CHECK(uuid_compare(before, one) < 0);
		CHECK(!uuid_equal(one, other));
		check_version(one, 7);
		before = one;
	}
}

static void test_v8_is_the_same_for_ever(void)
{
	char text[UUID_TEXT_LEN + 1];

	/* Made once by another program: SHA-256 of the bytes, six bits replaced. */
	uuid_format(uuid_v8(STR("wechat"), STR("msg-1")), text);
	CHECK_STR_EQ(text, "5d4aa41f-c022-81c8-a141-b0d0e64e045c");
	check_version(uuid_v8(STR("wechat"), STR("msg-1")), 8);
}

static void test_v8_keeps_source_and_name_apart(void)
{
	CHECK(!uuid_equal(uuid_v8(STR("ab"), STR("c")), uuid_v8(STR("a"), STR("bc"))));
	CHECK(!uuid_equal(uuid_v8(STR(""), STR("a")), uuid_v8(STR("a"), STR(""))));
	check_version(uuid_v8(str_from_c(NULL), str_from_c(NULL)), 8);
}

static void test_text_and_bytes_come_back(void)
{
	char text[UUID_TEXT_LEN + 1];
	struct uuid parsed = uuid_nil;

	uuid_format(sample, text);
	CHECK_STR_EQ(text, SAMPLE);
	CHECK(uuid_parse(STR(SAMPLE), &parsed));
	CHECK(uuid_equal(parsed, sample));
	for (int64_t ms = 1; ms < 1000; ms++) {
		struct uuid id = uuid_v7(ms * 1000);

		uuid_format(id, text);
		CHECK(uuid_parse(str_from_c(text), &parsed));
		CHECK(uuid_equal(parsed, id));
		CHECK(uuid_equal(uuid_from_span(span_of(id.bytes, UUID_BYTES)), id));
	}
}

static void test_parse_takes_upper_case(void)
{
	struct uuid parsed = uuid_nil;

	CHECK(uuid_parse(STR("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), &parsed));
	CHECK(uuid_equal(parsed, sample));
}

static void test_parse_rejects_text_cut_at_each_byte(void)
{
	for (size_t len = 0; len < UUID_TEXT_LEN; len++) {
		struct uuid parsed = sample;

		CHECK(!uuid_parse(str_of(SAMPLE, len), &parsed));
		CHECK(!uuid_parse(str_of(&SAMPLE[UUID_TEXT_LEN - len], len), &parsed));
		CHECK(uuid_equal(parsed, sample));
	}
	CHECK(!uuid_parse(STR(SAMPLE "0"), &(struct uuid){{0}}));
}

/* Each byte replaced by each other byte: a digit's place takes digits, a hyphen's only a hyphen. */
static void test_parse_rejects_each_wrong_byte(void)
{
	for (size_t at = 0; at < UUID_TEXT_LEN; at++) {
		for (unsigned byte = 0; byte <= 0xFF; byte++) {
			bool hyphen = SAMPLE[at] == '-';
			bool digit = byte != 0 && strchr("0123456789abcdefABCDEF", (int)byte) != NULL;
			char text[] = SAMPLE;
			struct uuid parsed = uuid_nil;

			text[at] = (char)byte;
			CHECK_INT_EQ(
				uuid_parse(str_of(text, UUID_TEXT_LEN), &parsed), hyphen ? byte == '-' : digit);
		}
	}
}

static void test_order_is_that_of_bytes(void)
{
	for (size_t at = 0; at < UUID_BYTES; at++) {
		struct uuid high = uuid_nil;

		high.bytes[at] = 0x80;
		CHECK(uuid_compare(uuid_nil, high) < 0);
		CHECK(uuid_compare(high, uuid_nil) > 0);
		CHECK(!uuid_is_nil(high));
		CHECK(!uuid_equal(high, uuid_nil));
	}
	CHECK_INT_EQ(uuid_compare(sample, sample), 0);
	CHECK(uuid_is_nil(uuid_nil));
}

static const struct test tests[] = {
	{"v7_begins_with_milliseconds", test_v7_begins_with_milliseconds},
	{"v7_sorts_by_time_and_never_repeats", test_v7_sorts_by_time_and_never_repeats},
	{"v8_is_the_same_for_ever", test_v8_is_the_same_for_ever},
	{"v8_keeps_source_and_name_apart", test_v8_keeps_source_and_name_apart},
	{"text_and_bytes_come_back", test_text_and_bytes_come_back},
	{"parse_takes_upper_case", test_parse_takes_upper_case},
	{"parse_rejects_text_cut_at_each_byte", test_parse_rejects_text_cut_at_each_byte},
	{"parse_rejects_each_wrong_byte", test_parse_rejects_each_wrong_byte},
	{"order_is_that_of_bytes", test_order_is_that_of_bytes},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
