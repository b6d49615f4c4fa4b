/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the checker against the grammar of RFC 3629 §4, written down a second time as a table, for
 * every code point and for every sequence of bytes at the borders of the grammar.
 */
#include "common/utf8.h"

#include "tests/check.h"

/* The grammar: by first byte, how long it is and what its second byte may be. */
static const struct {
	uint8_t first_min;
	uint8_t first_max;
	uint8_t len;
	uint8_t second_min;
	uint8_t second_max;
} grammar[] = {
	{0x00, 0x7F, 1, 0x00, 0x00},
	{0xC2, 0xDF, 2, 0x80, 0xBF},
	{0xE0, 0xE0, 3, 0xA0, 0xBF},
	{0xE1, 0xEC, 3, 0x80, 0xBF},
	{0xED, 0xED, 3, 0x80, 0x9F},
	{0xEE, 0xEF, 3, 0x80, 0xBF},
	{0xF0, 0xF0, 4, 0x90, 0xBF},
	{0xF1, 0xF3, 4, 0x80, 0xBF},
	{0xF4, 0xF4, 4, 0x80, 0x8F},
};

/* Whether exactly these bytes are one code point. */
static bool grammar_allows(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < COUNT(grammar); i++) {
		bool allowed = len == grammar[i].len && bytes[0] >= grammar[i].first_min &&
		               bytes[0] <= grammar[i].first_max;

		if (allowed && len >= 2) {
			allowed = bytes[1] >= grammar[i].second_min && bytes[1] <= grammar[i].second_max;
		}
		for (size_t k = 2; k < len; k++) {
			allowed &= bytes[k] >= 0x80 && bytes[k] <= 0xBF;
		}
		if (allowed) {
			return true;
		}
	}
	return false;
}

static size_t encode(uint32_t point, char out[4])
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
	if (point < 0x10000) {
		out[0] = (char)(0xE0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3F));
		out[2] = (char)(0x80 | (point & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3F));
	out[2] = (char)(0x80 | (point >> 6 & 0x3F));
	out[3] = (char)(0x80 | (point & 0x3F));
	return 4;
}

static enum utf8_verdict verdict_of(struct str text)
{
	size_t points = 0;

	return utf8_check(span_from_str(text), &points);
}

static void test_every_code_point_comes_back(void)
{
	for (uint32_t point = 1; point <= 0x10FFFF; point++) {
		bool surrogate = point >= 0xD800 && point <= 0xDFFF;
		char bytes[4];
		struct str text = str_of(bytes, encode(point, bytes));
		size_t points = 77;

		CHECK_INT_EQ(utf8_check(span_from_str(text), &points), surrogate ? UTF8_INVALID : UTF8_OK);
		CHECK_INT_EQ(points, surrogate ? 77 : 1);
		if (!surrogate) {
			CHECK_INT_EQ(utf8_next(&text), point);
			CHECK_INT_EQ(text.len, 0);
		}
	}
	CHECK_INT_EQ(verdict_of(STR("\xF4\x90\x80\x80")), UTF8_INVALID); /* U+110000 */
}

/* All first bytes, followed by all combinations of bytes at the borders of the grammar. */
static void test_borders_match_the_grammar(void)
{
	static const uint8_t borders[] = {
		0x01,
		0x7F,
		0x80,
		0x8F,
		0x90,
		0x9F,
		0xA0,
		0xBF,
		0xC0,
		0xFF,
	};
	enum { TAILS = COUNT(borders) * COUNT(borders) * COUNT(borders) };

	for (unsigned first = 1; first <= 0xFF; first++) {
		for (size_t tail = 0; tail < TAILS; tail++) {
			const uint8_t bytes[4] = {
				(uint8_t)first,
				borders[tail % COUNT(borders)],
				borders[tail / COUNT(borders) % COUNT(borders)],
				borders[tail / COUNT(borders) / COUNT(borders)],
			};
			/* How long the code point has to be is in its first byte: look only there. */
			size_t len = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
			size_t points = 0;
			enum utf8_verdict verdict;

			len = first < 0x80 ? 1 : len;
			verdict = utf8_check(span_of(bytes, len), &points);
			CHECK_INT_EQ(verdict == UTF8_OK, grammar_allows(bytes, len));
		}
	}
}

static void test_valid_text_is_counted(void)
{
	static const struct {
		struct str text;
		size_t points;
	} cases[] = {
		{STR(""), 0},
		{STR("abc"), 3},
		{STR("\xE7\xAE\xA1\xE5\xAE\xB6"), 2},              /* two of three bytes each */
		{STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\xA0"), 4}, /* one of each length */
		{STR("e\xCC\x81"), 2},                             /* a combining accent is a point */
		{STR("\xEF\xBB\xBF"), 1},                          /* so is a byte order mark */
		{STR("\x7F\x01"), 2},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t points = 77;

		CHECK_INT_EQ(utf8_check(span_from_str(cases[i].text), &points), UTF8_OK);
		CHECK_INT_EQ(points, cases[i].points);
	}
}

static void test_nul_is_told_from_invalid(void)
{
	size_t points = 77;

	CHECK_INT_EQ(utf8_check(span_of("a\0b", 3), &points), UTF8_NUL);
	CHECK_INT_EQ(utf8_check(span_of("", 1), &points), UTF8_NUL);
	CHECK_INT_EQ(utf8_check(span_of("\0\xFF", 2), &points), UTF8_INVALID);
	CHECK_INT_EQ(utf8_check(span_of("\xFF\0", 2), &points), UTF8_INVALID);
	CHECK_INT_EQ(utf8_check(span_of("\xC0\x80", 2), &points), UTF8_INVALID); /* not a NUL either */
	CHECK_INT_EQ(points, 77);
}

/* Cut anywhere, text is valid exactly where a code point ends. */
static void test_text_cut_at_each_byte(void)
{
	static const struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\xA0");
	static const bool ends[] = {
		true, true, false, true, false, false, true, false, false, false, true};

	static_assert(COUNT(ends) == 11, "one for each place, the end included");
	for (size_t len = 0; len <= text.len; len++) {
		/* A copy of its own size, so that ASan sees a read behind it. */
		char *copy = malloc(len + 1);

		CHECK(copy != NULL);
		memcpy(copy + 1, text.ptr, len);
		CHECK_INT_EQ(verdict_of(str_of(copy + 1, len)), ends[len] ? UTF8_OK : UTF8_INVALID);
		free(copy);
	}
}

static void test_next_walks_to_the_end(void)
{
	static const uint32_t points[] = {'a', 0xE9, 0x20AC, 0x1F3E0, 0, 0};
	struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\xA0");

	for (size_t i = 0; i < COUNT(points); i++) {
		CHECK_INT_EQ(utf8_next(&text), points[i]);
	}
}

static void test_prefix_never_splits_a_code_point(void)
{
	static const struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\xA0");
	static const size_t lens[] = {0, 1, 3, 6, 10, 10, 10};

	for (size_t points = 0; points < COUNT(lens); points++) {
		CHECK_STR_EQ(utf8_prefix(text, points), str_of(text.ptr, lens[points]));
	}
	CHECK_INT_EQ(utf8_prefix(text, SIZE_MAX).len, text.len);
	CHECK_INT_EQ(utf8_prefix(str_from_c(NULL), 5).len, 0);
}

static const struct test tests[] = {
	{"every_code_point_comes_back", test_every_code_point_comes_back},
	{"borders_match_the_grammar", test_borders_match_the_grammar},
	{"valid_text_is_counted", test_valid_text_is_counted},
	{"nul_is_told_from_invalid", test_nul_is_told_from_invalid},
	{"text_cut_at_each_byte", test_text_cut_at_each_byte},
	{"next_walks_to_the_end", test_next_walks_to_the_end},
	{"prefix_never_splits_a_code_point", test_prefix_never_splits_a_code_point},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
