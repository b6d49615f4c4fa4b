/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves for every code point what it stands for: ASCII itself and its full-width form alike, gaps at
 * both borders of each range, and nothing else at all.
 */
#include "server/domain/typed.h"

#include "tests/check.h"

static bool is_kept(uint32_t point)
{
	return point != 0 && point < 0x80 &&
	       memchr(
			   "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+", (int)point, 63);
}

static void test_ascii_and_its_full_width_form_are_alike(void)
{
	for (uint32_t point = 1; point < 0x7F; point++) {
		bool is_gap = memchr(" \t\r\n-().", (int)point, 8) != NULL;
		char expected = is_kept(point) ? (char)point : is_gap ? ' ' : '\0';

		CHECK_INT_EQ(typed_char(point), expected);
		if (point > ' ') {
			CHECK_INT_EQ(typed_char(point + 0xFEE0), expected);
		}
	}
	CHECK_INT_EQ(typed_char(0), '\0');
	CHECK_INT_EQ(typed_char(0x7F), '\0');
}

static void test_what_cannot_be_seen_is_a_gap(void)
{
	static const uint32_t gaps[] = {0xA0, 0x2000, 0x2009, 0x200B, 0x200E, 0x2010, 0x2013, 0x2014,
		0x2015, 0x202A, 0x202D, 0x202F, 0x2060, 0x2066, 0x2069, 0x2212, 0x3000, 0xFEFF};
	static const uint32_t others[] = {0x9F, 0xA1, 0x1FFF, 0x2016, 0x2029, 0x2030, 0x205F, 0x206A,
		0x2211, 0x2213, 0x2FFF, 0x3001, 0x4E00, 0xFF00, 0xFF5F, 0x0661, 0x1D7D8, 0x10FFFF};

	for (size_t i = 0; i < COUNT(gaps); i++) {
		CHECK_INT_EQ(typed_char(gaps[i]), ' ');
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		CHECK_INT_EQ(typed_char(others[i]), '\0');
	}
}

static void test_nothing_else_stands_for_a_letter_or_digit(void)
{
	size_t kept_count = 0;

	for (uint32_t point = 0; point <= 0x10FFFF; point++) {
		char c = typed_char(point);

		kept_count += c != ' ' && c != '\0';
	}
	CHECK_INT_EQ(kept_count, 2 * 63);
}

static const struct test tests[] = {
	{"ascii_and_its_full_width_form_are_alike", test_ascii_and_its_full_width_form_are_alike},
	{"what_cannot_be_seen_is_a_gap", test_what_cannot_be_seen_is_a_gap},
	{"nothing_else_stands_for_a_letter_or_digit", test_nothing_else_stands_for_a_letter_or_digit},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
