/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that words are found whatever their width, case and composition, two characters being enough:
 * tables of texts and what they become, of pairs, and of words that are or are not found in a text.
 * Memory that runs out, at every budget, gives an empty answer and the arena's flag, never half of one.
 */
#include "server/domain/search.h"

#include <stdlib.h>

#include "common/utf8.h"
#include "tests/check.h"

#define PLENTY (4 * 1024 * 1024)
#define TEXT_POINTS_MAX 8000 /* a complaint's text, field.def */

/* --- normal form --- */

static const struct {
	const char *text;
	const char *expected;
} forms[] = {
	{"电梯困人", "电梯困人"},
	{"", ""},
	{"Lift", "lift"},
	{"ＬＩＦＴ　３号", "lift 3号"}, /* full width, ideographic space */
	{"ｶﾞｽ", "ガス"},                /* half width, mark composed */
	{"e\u0301tage", "\u00e9tage"},  /* composed */
	{"\u00c9TAGE", "\u00e9tage"},
	{"Straße", "strasse"},
	{"ﬁre", "fire"},
	{"①㎡", "1m2"},
	{"\u2F08\u2F00", "人一"}, /* Kangxi radicals */
	{"\uF9E1", "李"},         /* compatibility ideograph */
	{"阿卜杜拉·阿卜杜热依木", "阿卜杜拉·阿卜杜热依木"},
	{"ئاسانسۆر", "ئاسانسۆر"}, /* Uyghur */
	{"👍🏽漏水", "👍🏽漏水"},
	{"水管\n漏水", "水管 漏水"},
	{"水管\r\n漏水", "水管 漏水"},
	{"水管\t漏水", "水管 漏水"},
	{"水\x01管", "水管"}, /* dropped */
	{"\x01\a", ""},
	{" 水 ", " 水 "},
};

static void test_normalise_folds_width_case_and_composition(void)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct arena arena;
		struct str once;

		arena_init(&arena, PLENTY);
		once = search_normalise(&arena, str_from_c(forms[i].text));
		CHECK(!arena.failed);
		CHECK_STR_EQ(once, forms[i].expected);
		CHECK_STR_EQ(search_normalise(&arena, once), forms[i].expected); /* nothing left to do */
		arena_fini(&arena);
	}
}

static size_t put_point(char *out, uint32_t point)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xC0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3F));
		return 2;
	}
	out[0] = (char)(0xE0 | point >> 12);
	out[1] = (char)(0x80 | (point >> 6 & 0x3F));
	out[2] = (char)(0x80 | (point & 0x3F));
	return 3;
}

/*
 * What is not looked up is what the library makes of it: each character by itself, and behind a letter, with
 * which it may compose. The same text with a character that is always looked up says what that is.
 */
static void test_simple_characters_become_what_the_library_says(void)
{
	static const char looked_up[] = "ß";

	for (uint32_t point = 1; point <= 0xFFFF; point++) {
		char text[16] = "A";
		size_t len = 1 + (point >= 0xD800 && point <= 0xDFFF ? 0 : put_point(text + 1, point));
		struct arena arena;
		struct str simple;
		struct str by_library;

		arena_init(&arena, PLENTY);
		memcpy(text + len, " ", 1); /* nothing composes over it */
		memcpy(text + len + 1, looked_up, sizeof looked_up - 1);
		simple = search_normalise(&arena, str_of(text, len + 1));
		by_library = search_normalise(&arena, str_of(text, len + sizeof looked_up));
		CHECK_INT_EQ(by_library.len, simple.len + 2); /* ss */
		CHECK(by_library.len == simple.len + 2 &&
			  memcmp(simple.ptr, by_library.ptr, simple.len) == 0);
		if (check_failed()) {
			printf("# U+%04X\n", (unsigned)point);
			arena_fini(&arena);
			return;
		}
		arena_fini(&arena);
	}
}

static void test_normalise_fails_on_what_is_no_text(void)
{
	static const char *const broken[] = {"\xff", "水\xe6\xb0", "\xc0\x80", "\xed\xa0\x80"};

	for (size_t i = 0; i < COUNT(broken); i++) {
		struct arena arena;

		arena_init(&arena, PLENTY);
		CHECK_INT_EQ(search_normalise(&arena, str_from_c(broken[i])).len, 0);
		CHECK(arena.failed);
		arena_fini(&arena);
	}
}

/* --- pairs --- */

#define PAIR(first, second) (INT64_C(0x200000) * (first) + (second))

static const struct pairs_case {
	const char *text;
	int64_t pairs[4];
	size_t count;
} pairs_cases[] = {
	{"", {0}, 0},
	{"电", {0}, 0},
	{"电梯", {PAIR(U'电', U'梯')}, 1},
	{"电 梯", {0}, 0}, /* no pair over a gap */
	{" 电梯 ", {PAIR(U'电', U'梯')}, 1},
	{"   ", {0}, 0},
	{"水水", {PAIR(U'水', U'水')}, 1},
	{"水水水水", {PAIR(U'水', U'水')}, 1},
	{"ab ab", {PAIR('a', 'b')}, 1},
	{"cab", {PAIR('a', 'b'), PAIR('c', 'a')}, 2}, /* ascending, not as written */
	{"梯电梯", {PAIR(U'梯', U'电'), PAIR(U'电', U'梯')}, 2},
	{"👍漏", {PAIR(U'👍', U'漏')}, 1}, /* beyond sixteen bits */
	{"漏👍", {PAIR(U'漏', U'👍')}, 1},
	{"\U0010FFFF\U0010FFFF", {PAIR(0x10FFFF, 0x10FFFF)}, 1},
	{"3号楼", {PAIR('3', U'号'), PAIR(U'号', U'楼')}, 2},
};

static void test_pairs_are_ascending_and_each_once(void)
{
	for (size_t i = 0; i < COUNT(pairs_cases); i++) {
		const struct pairs_case *one = &pairs_cases[i];
		struct search_pairs pairs;
		struct arena arena;

		arena_init(&arena, PLENTY);
		pairs = search_pairs_of(&arena, str_from_c(one->text));
		CHECK(!arena.failed);
		CHECK_INT_EQ(pairs.count, one->count);
		for (size_t k = 0; k < one->count; k++) {
			CHECK_INT_EQ(pairs.ptr[k], one->pairs[k]);
		}
		arena_fini(&arena);
	}
}

/* `points` code points from `first` on; every `period` they begin again. The caller frees it. */
static struct str long_text(uint32_t first, size_t points, size_t period)
{
	char *text = malloc(points * 3 + 1);
	size_t len = 0;

	assert(text != NULL && first >= 0x800 && first + period <= 0xD800);
	for (size_t i = 0; i < points; i++) {
		uint32_t point = first + (uint32_t)(i % period);

		text[len++] = (char)(0xE0 | point >> 12);
		text[len++] = (char)(0x80 | (point >> 6 & 0x3F));
		text[len++] = (char)(0x80 | (point & 0x3F));
	}
	return str_of(text, len);
}

static void test_pairs_of_the_longest_text(void)
{
	static const struct {
		size_t period, expected;
	} rows[] = {
		{TEXT_POINTS_MAX, TEXT_POINTS_MAX - 1}, /* all different */
		{1, 1}, {100, 100},                     /* 99 inside a period, one over its border */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = long_text(0x4E00, TEXT_POINTS_MAX, rows[i].period);
		struct search_pairs pairs;
		struct arena arena;

		arena_init(&arena, PLENTY);
		pairs = search_pairs_of(&arena, search_normalise(&arena, text));
		CHECK(!arena.failed);
		CHECK_INT_EQ(pairs.count, rows[i].expected);
		for (size_t k = 1; k < pairs.count; k++) {
			CHECK(pairs.ptr[k - 1] < pairs.ptr[k]);
		}
		arena_fini(&arena);
		free((char *)text.ptr);
	}
}

/* --- finding, as the database does it: the pairs are there, and then the words themselves --- */

static bool holds_pairs(struct search_pairs text, struct search_pairs word)
{
	size_t at = 0;

	for (size_t i = 0; i < word.count; i++) {
		while (at < text.count && text.ptr[at] < word.ptr[i]) {
			at++;
		}
		if (at == text.count || text.ptr[at] != word.ptr[i]) {
			return false;
		}
	}
	return true;
}

static const struct {
	const char *text;
	const char *word;
	bool by_pairs;
	bool is_found;
} finds[] = {
	{"3号楼电梯困人", "电梯", true, true},
	{"3号楼电梯困人", "困人", true, true},
	{"3号楼电梯困人", "３号", true, true},
	{"3号楼电梯困人", "电梯困", true, true},
	{"3号楼电梯困人", "梯电", false, false},
	{"3号楼电梯困人", "停车", false, false},
	{"加压泵坏了，泵加压", "压加", false, false},
	{"电梯坏，梯子也坏，电费", "电梯子", true, false}, /* all pairs, not the word: LIKE decides */
	{"LIFT out of order", "lift OUT", true, true},
	{"LIFT out of order", "of  order", true, false},
	{"漏水", "水", true, true}, /* one character has no pair */
	{"👍好的👍", "的👍", true, true},
};

static void test_words_of_two_characters_are_found(void)
{
	for (size_t i = 0; i < COUNT(finds); i++) {
		struct arena arena;
		struct str text, word;

		arena_init(&arena, PLENTY);
		text = search_normalise(&arena, str_from_c(finds[i].text));
		word = search_normalise(&arena, str_from_c(finds[i].word));
		CHECK_INT_EQ(holds_pairs(search_pairs_of(&arena, text), search_pairs_of(&arena, word)),
			finds[i].by_pairs);
		CHECK_INT_EQ(memmem(text.ptr, text.len, word.ptr, word.len) != NULL, finds[i].is_found);
		arena_fini(&arena);
	}
}

/* --- LIKE --- */

static void test_like_takes_words_literally(void)
{
	static const struct {
		const char *word;
		const char *expected;
	} rows[] = {
		{"", "%%"}, {"电梯", "%电梯%"}, {"50%", "%50\\%%"}, {"a_b", "%a\\_b%"},
		{"c:\\dir", "%c:\\\\dir%"}, {"%", "%\\%%"}, {"\\%_", "%\\\\\\%\\_%"},
		{"'; --", "%'; --%"}, /* a parameter: quotes mean nothing */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena arena;

		arena_init(&arena, PLENTY);
		CHECK_STR_EQ(search_like(&arena, str_from_c(rows[i].word)), rows[i].expected);
		CHECK(!arena.failed);
		arena_fini(&arena);
	}
}

/* --- out of memory --- */

/* With this much memory: all three answers, or from the first that failed on nothing. */
static void check_budget(size_t bytes, bool *out_enough)
{
	const char *source = "ＬＩＦＴ 50% 电梯困人";
	struct search_pairs pairs;
	struct str form, like;
	struct arena arena;

	arena_init(&arena, bytes);
	form = search_normalise(&arena, str_from_c(source));
	CHECK_INT_EQ(form.len, arena.failed ? 0 : strlen("lift 50% 电梯困人"));
	CHECK_INT_EQ(form.ptr == NULL, arena.failed);
	like = search_like(&arena, form);
	CHECK_INT_EQ(like.len, arena.failed ? 0 : form.len + 3);
	CHECK_INT_EQ(like.ptr == NULL, arena.failed);
	pairs = search_pairs_of(&arena, form);
	CHECK_INT_EQ(pairs.count, arena.failed ? 0 : 3 + 2 + 3);
	CHECK_INT_EQ(pairs.ptr == NULL, arena.failed);
	*out_enough = !arena.failed;
	arena_fini(&arena);
}

static void test_every_budget_gives_all_or_nothing(void)
{
	size_t failed_count = 0;
	bool is_enough = false;

	for (size_t bytes = 0; bytes < 1024; bytes++) {
		check_budget(bytes, &is_enough);
		if (check_failed()) {
			printf("# %zu bytes\n", bytes);
			return;
		}
		failed_count += !is_enough;
	}
	CHECK(failed_count > 0 && failed_count < 1024);
	CHECK(is_enough);
}

static const struct test tests[] = {
	{"normalise_folds_width_case_and_composition", test_normalise_folds_width_case_and_composition},
	{"simple_characters_become_what_the_library_says",
		test_simple_characters_become_what_the_library_says},
	{"normalise_fails_on_what_is_no_text", test_normalise_fails_on_what_is_no_text},
	{"pairs_are_ascending_and_each_once", test_pairs_are_ascending_and_each_once},
	{"pairs_of_the_longest_text", test_pairs_of_the_longest_text},
	{"words_of_two_characters_are_found", test_words_of_two_characters_are_found},
	{"like_takes_words_literally", test_like_takes_words_literally},
	{"every_budget_gives_all_or_nothing", test_every_budget_gives_all_or_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
