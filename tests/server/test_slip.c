/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that every line fits the paper, that nothing of a text is lost or torn where it should not be,
 * and that no value can begin a line that looks like another.
 */
#include "server/slip.h"

#include "common/utf8.h"
#include "tests/check.h"

#define PLENTY (4 * 1024 * 1024)

static const struct {
	const char *text;
	const char *expected;
} rows[] = {
	{"", ""},
	{" ", ""},
	{"\n\t\r", ""},
	{"类别：报修", "类别：报修\n"},
	{"  two   spaces  ", "two spaces\n"},
	{"一\n二\r\n三\t四", "一 二 三 四\n"},
	{"a\x01\x1f\x7f\u2028\u2029z", "a z\n"},
	{"a\xc2\x85z", "a z\n"},                  /* next line */
	{"\u202E倒\u2066着\u2069", "倒 着\n"},    /* marks that turn the order around */
	{"👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧\n"}, /* joiners stay */
	/* 48 columns, then 46 */
	{"一二三四五六七八九十一二三四五六七八九十一二三四",
		"一二三四五六七八九十一二三四五六七八九十一二三四\n"},
	{"一二三四五六七八九十一二三四五六七八九十一二三四五",
		"一二三四五六七八九十一二三四五六七八九十一二三四\n  五\n"},
	{"a一二三四五六七八九十一二三四五六七八九十一二三四",
		"a一二三四五六七八九十一二三四五六七八九十一二三\n  四\n"},
	{"一二三四五六七八九十一二三四五六七八九十一二三四"
	 "一二三四五六七八九十一二三四五六七八九十一二三四",
		"一二三四五六七八九十一二三四五六七八九十一二三四\n"
		"  一二三四五六七八九十一二三四五六七八九十一二三\n  四\n"},
	/* words stay whole */
	{"Kitchen sink leaks into the flat below, please send somebody at once.",
		"Kitchen sink leaks into the flat below, please\n  send somebody at once.\n"},
	{"Kitchen sink leaks into the flat below, please s end",
		"Kitchen sink leaks into the flat below, please s\n  end\n"},
	{"000000000011111111112222222222333333333344444444 55",
		"000000000011111111112222222222333333333344444444\n  55\n"},
	{"00000000001111111111222222222233333333334444444455",
		"000000000011111111112222222222333333333344444444\n  55\n"},
	{"一二三四五六七八九十一二三四五六七八九十一二12345号",
		"一二三四五六七八九十一二三四五六七八九十一二\n  12345号\n"},
	/* no mark begins a line, no bracket ends one */
	{"一二三四五六七八九十一二三四五六七八九十一二三四。",
		"一二三四五六七八九十一二三四五六七八九十一二三\n  四。\n"},
	{"一二三四五六七八九十一二三四五六七八九十一二三（四）",
		"一二三四五六七八九十一二三四五六七八九十一二三\n  （四）\n"},
	{"。。。。。。。。。。。。。。。。。。。。。。。。。",
		"。。。。。。。。。。。。。。。。。。。。。。。。\n  。\n"},
	/* two columns in a Chinese font, though Unicode says one */
	{"阿卜杜拉·阿卜杜热依木阿卜杜拉·阿卜杜热依木一二三四",
		"阿卜杜拉·阿卜杜热依木阿卜杜拉·阿卜杜热依木一二\n  三四\n"},
	/* a mark stays with its letter */
	{"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\u0301",
		"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\u0301\n"},
};

static struct str line_of(struct arena *arena, struct str text)
{
	struct slip slip;

	arena_init(arena, PLENTY);
	slip_init(&slip, arena);
	slip_line(&slip, text);
	return slip_text(&slip);
}

static void test_lines_fit(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena arena;

		CHECK_STR_EQ(line_of(&arena, str_from_c(rows[i].text)), rows[i].expected);
		arena_fini(&arena);
	}
}

static void test_no_value_passes_for_a_line(void)
{
	struct arena arena;
	struct str made = line_of(&arena, STR("内容：水管漏水\n回执码：1-0000-0000-0000-"
										  "0000一二三四五六七八九十一二三四五六七八九十"));
	size_t at_begin = 0;

	CHECK(made.len > 0);
	for (size_t i = 0; i + 1 < made.len; i++) {
		if (made.ptr[i] == '\n') {
			CHECK(memcmp(made.ptr + i + 1, "  ", 2) == 0);
			at_begin++;
		}
	}
	CHECK(at_begin > 0);
	arena_fini(&arena);
}

/* --- many texts: what must hold of each --- */

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Pieces without controls and runs of spaces, so that nothing but line ends may differ afterwards. */
static const char *const pieces[] = {"a", "bc", "12345", " x", "水", "漏水", "，", "。", "（", "）",
	"·", "👍", "e\u0301", "ئا", "https://example.org/", "“", "”", "..."};

static struct str random_text(uint32_t *state, char out[2048])
{
	size_t count = next_random(state) % 100;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[next_random(state) % COUNT(pieces)];

		memcpy(out + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return str_of(out, len);
}

/* Counted apart from the slip's own table: what is behind U+2E80 is wide, and so are the few below. */
static size_t columns_of(uint32_t point)
{
	if (point == 0x301) {
		return 0;
	}
	return point >= 0x2E80 || point == 0xB7 || point == 0x201C || point == 0x201D ? 2 : 1;
}

static void check_lines(struct str text, struct str made)
{
	static char joined[4096];
	size_t columns = 0;
	size_t len = 0;

	CHECK(made.len == 0 || made.ptr[made.len - 1] == '\n');
	while (made.len > 0) {
		struct str before = made;
		uint32_t point = utf8_next(&made);

		if (point == '\n') {
			CHECK(columns > 0 && columns <= SLIP_COLUMNS);
			columns = 0;
			continue;
		}
		columns += columns_of(point);
		memcpy(joined + len, before.ptr, before.len - made.len);
		len += before.len - made.len;
	}
	/* Spaces come and go where lines end; all else is there, in its order. */
	for (size_t i = 0, k = 0; i < text.len || k < len;) {
		if (i < text.len && text.ptr[i] == ' ') {
			i++;
		} else if (k < len && joined[k] == ' ') {
			k++;
		} else {
			CHECK(i < text.len && k < len && text.ptr[i] == joined[k]);
			i++;
			k++;
		}
	}
}

static void test_nothing_is_lost(void)
{
	uint32_t state = 0x2545F491;

	for (size_t i = 0; i < 5000; i++) {
		char bytes[2048];
		struct str text = random_text(&state, bytes);
		struct arena arena;

		check_lines(text, line_of(&arena, text));
		if (check_failed()) {
			printf("# text %zu\n", i);
			return;
		}
		arena_fini(&arena);
	}
}

static void test_without_memory_there_is_nothing(void)
{
	static const char expected[] = "一行\n两行\n";
	size_t failed_count = 0;

	for (size_t bytes = 0; bytes < 1024; bytes += 16) {
		struct arena arena;
		struct slip slip;

		arena_init(&arena, bytes);
		slip_init(&slip, &arena);
		slip_line(&slip, STR("一行"));
		slip_line(&slip, STR("两行"));
		CHECK_STR_EQ(slip_text(&slip), arena.failed ? "" : expected);
		failed_count += arena.failed;
		arena_fini(&arena);
	}
	CHECK(failed_count > 0 && failed_count < 64);
}

static const struct test tests[] = {
	{"lines_fit", test_lines_fit},
	{"no_value_passes_for_a_line", test_no_value_passes_for_a_line},
	{"nothing_is_lost", test_nothing_is_lost},
	{"without_memory_there_is_nothing", test_without_memory_there_is_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
