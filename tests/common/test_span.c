/* SPDX-License-Identifier: Apache-2.0 */
/* Proves equality, cutting at every place, and the byte order of numbers. */
#include "common/span.h"

#include "tests/check.h"

static void test_equal_needs_length_and_bytes(void)
{
	CHECK(str_equal(STR("abc"), STR("abc")));
	CHECK(!str_equal(STR("abc"), STR("abd")));
	CHECK(!str_equal(STR("abc"), STR("ab")));
	CHECK(!str_equal(STR("a\0b"), STR("a\0c")));
	CHECK(str_equal(STR(""), str_from_c(NULL)));
	CHECK(span_equal(span_of(NULL, 0), span_of("x", 0)));
	CHECK(span_equal(span_of("ab", 2), span_from_str(STR("ab"))));
	CHECK(!span_equal(span_of("ab", 2), span_of("ac", 2)));
}

static void test_literals_count_their_nuls(void)
{
	CHECK_INT_EQ(STR("").len, 0);
	CHECK_INT_EQ(STR("abc").len, 3);
	CHECK_INT_EQ(STR("a\0b").len, 3);
	CHECK_INT_EQ(str_from_c("a\0b").len, 1);
}

static void test_first_and_after_meet_at_every_place(void)
{
	struct span whole = span_of("abcdef", 6);

	for (size_t len = 0; len <= whole.len; len++) {
		struct span first = span_first(whole, len);
		struct span after = span_after(whole, len);

		CHECK_INT_EQ(first.len, len);
		CHECK_INT_EQ(after.len, whole.len - len);
		CHECK(first.ptr == whole.ptr);
		CHECK(after.ptr == whole.ptr + len);
	}
	CHECK(span_after(span_of(NULL, 0), 0).ptr == NULL);
}

static void test_numbers_are_big_endian(void)
{
	uint8_t bytes[8];

	put_u32(bytes, 0x01020384);
	CHECK(memcmp(bytes, "\x01\x02\x03\x84", 4) == 0);
	put_u64(bytes, UINT64_C(0x8102030405060708));
	CHECK(memcmp(bytes, "\x81\x02\x03\x04\x05\x06\x07\x08", 8) == 0);
	CHECK_INT_EQ(get_u32(bytes), 0x81020304);
	CHECK(get_u64(bytes) == UINT64_C(0x8102030405060708));
}

static void test_numbers_come_back(void)
{
	for (int shift = 0; shift < 64; shift++) {
		uint64_t value = UINT64_MAX >> shift;
		uint8_t bytes[8];

		put_u64(bytes, value);
		CHECK(get_u64(bytes) == value);
		put_u32(bytes, (uint32_t)value);
		CHECK(get_u32(bytes) == (uint32_t)value);
	}
}

static const struct test tests[] = {
	{"equal_needs_length_and_bytes", test_equal_needs_length_and_bytes},
	{"literals_count_their_nuls", test_literals_count_their_nuls},
	{"first_and_after_meet_at_every_place", test_first_and_after_meet_at_every_place},
	{"numbers_are_big_endian", test_numbers_are_big_endian},
	{"numbers_come_back", test_numbers_come_back},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
