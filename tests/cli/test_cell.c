/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells: what strangers write can neither move the cursor nor turn the line round, and every text has
 * the width that a terminal gives it. Cases are rows; the locale is C.UTF-8.
 */
#include "client/admin/cell.h"

#include <locale.h>

#include "tests/check.h"

struct clean_case {
	const char *text;
	const char *one_line;
	const char *lines;
};

static const struct clean_case clean_cases[] = {
	{"plain", "plain", "plain"}, {"电梯困人", "电梯困人", "电梯困人"},
	{"阿卜杜拉·阿卜杜热依木", "阿卜杜拉·阿卜杜热依木", "阿卜杜拉·阿卜杜热依木"},
	{"a\tb\nc\r\nd", "a b c d", "a b\nc\nd"},
	{"\x1B[2Jgone", "[2Jgone", "[2Jgone"}, /* C0: clears the screen */
	{"a\x7F"
	 "b\xC2\x9B"
	 "31m",
		"ab31m", "ab31m"}, /* DEL, and C1's CSI */
	{"\xE2\x80\xAE"
	 "txt.exe",
		"txt.exe", "txt.exe"}, /* RLO */
	{"\xE2\x81\xA6"
	 "x\xE2\x81\xA9",
		"x", "x"}, /* LRI, PDI */
	{"a\xE2\x80\xA8"
	 "b",
		"ab", "ab"}, /* U+2028 */
	{"\xEF\xBB\xBF"
	 "mark",
		"mark", "mark"},
	{"\xF3\xA0\x81\x81"
	 "tag",
		"tag", "tag"},                                                    /* U+E0041 */
	{"\xFFx", "\xEF\xBF\xBDx", "\xEF\xBF\xBDx"},                          /* not UTF-8 */
	{"\xE7\x94", "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD"}, /* cut short */
	{"\xF3\xB0\x80\x80", "\xF3\xB0\x80\x80", "\xF3\xB0\x80\x80"}, /* private use: one column */
};

static void test_clean_removes_what_moves_the_cursor(void)
{
	struct arena arena;

	arena_init(&arena, 1024 * 1024);
	for (size_t i = 0; i < COUNT(clean_cases); i++) {
		struct str text = str_from_c(clean_cases[i].text);

		CHECK_STR_EQ(cell_clean(&arena, text, CELL_ONE_LINE), clean_cases[i].one_line);
		CHECK_STR_EQ(cell_clean(&arena, text, CELL_LINES), clean_cases[i].lines);
	}
	arena_fini(&arena);
}

static void test_clean_replaces_what_has_no_width(void)
{
	/* U+0378 is unassigned: wcwidth says -1. */
	struct arena arena;

	arena_init(&arena, 1024);
	CHECK_STR_EQ(cell_clean(&arena, STR("a\xCD\xB8z"), CELL_ONE_LINE), "a\xEF\xBF\xBDz");
	CHECK_STR_EQ(cell_clean(&arena, str_of("a\0b", 3), CELL_ONE_LINE), "ab");
	CHECK_STR_EQ(cell_clean(&arena, STR(""), CELL_ONE_LINE), "");
	arena_fini(&arena);
}

static void test_clean_of_every_cut_is_whole(void)
{
	struct str text = STR("a电\xF0\x9F\x8F\xA2梯\xC2\xB7z");
	struct arena arena;

	arena_init(&arena, 64 * 1024);
	for (size_t len = 0; len <= text.len; len++) {
		struct str clean = cell_clean(&arena, str_of(text.ptr, len), CELL_ONE_LINE);

		CHECK(clean.len >= len);
		CHECK(cell_width(clean) <= 2 * len);
	}
	arena_fini(&arena);
}

struct width_case {
	const char *text;
	size_t width;
};

static const struct width_case width_cases[] = {
	{"", 0},
	{"abc", 3},
	{"电梯", 4},
	{"，。、", 6},
	{"e\xCC\x81", 1}, /* a combining accent */
	{"·…—“”①", 6},    /* ambiguous: narrow in a UTF-8 locale */
	{"阿卜杜拉·阿卜杜热依木", 21},
};

static void test_width_counts_columns(void)
{
	for (size_t i = 0; i < COUNT(width_cases); i++) {
		CHECK_INT_EQ(cell_width(str_from_c(width_cases[i].text)), width_cases[i].width);
	}
}

struct clip_case {
	const char *text;
	size_t columns;
	const char *expected;
};

static const struct clip_case clip_cases[] = {
	{"电梯困人", 8, "电梯困人"},
	{"电梯困人", 7, "电梯困…"},
	{"电梯困人", 6, "电梯…"}, /* a wide character is never cut in two */
	{"abcdef", 4, "abc…"},
	{"abc", 1, "…"},
	{"abc", 0, ""},
	{"", 0, ""},
};

static void test_clip_cuts_by_columns(void)
{
	struct arena arena;

	arena_init(&arena, 64 * 1024);
	for (size_t i = 0; i < COUNT(clip_cases); i++) {
		struct str clipped =
			cell_clip(&arena, str_from_c(clip_cases[i].text), clip_cases[i].columns);

		CHECK_STR_EQ(clipped, clip_cases[i].expected);
		CHECK(cell_width(clipped) <= clip_cases[i].columns);
	}
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"clean_removes_what_moves_the_cursor", test_clean_removes_what_moves_the_cursor},
	{"clean_replaces_what_has_no_width", test_clean_replaces_what_has_no_width},
	{"clean_of_every_cut_is_whole", test_clean_of_every_cut_is_whole},
	{"width_counts_columns", test_width_counts_columns},
	{"clip_cuts_by_columns", test_clip_cuts_by_columns},
};

int main(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	return check_main(tests, COUNT(tests));
}
