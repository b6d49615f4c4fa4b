/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves words to owners: every row of notice.def says, in both languages, everything that it has room
 * for and nothing else; and what somebody typed can neither tear a line, turn the order of its characters,
 * nor be taken for a name between braces.
 */
#include "server/notice.h"

#include "tests/check.h"

enum { ZH = 1, EN = 2 };

static const struct notice_facts facts = {
	.community = STR("花园小区"),
	.number = STR("20261123-0012"),
	.code = STR("271828"),
	.text = STR("请联系供热公司"),
	.until = STR("2026-12-01 12:00"),
};

/* Which facts a row speaks of, beside the community and the number. */
static const struct {
	const char *name;
	bool code, text, until;
	bool is_bare; /* a line of its own below a receipt: no community, no number */
} rows[NOTICE_COUNT] = {
	[NOTICE_SIGN_CODE] = {"SIGN_CODE", .code = true},
	[NOTICE_CONFIRM_CODE] = {"CONFIRM_CODE", .code = true},
	[NOTICE_WITHDRAW_CODE] = {"WITHDRAW_CODE", .code = true},
	[NOTICE_REOPEN_CODE] = {"REOPEN_CODE", .code = true},
	[NOTICE_ADVICE] = {"ADVICE", .text = true},
	[NOTICE_ANSWER] = {"ANSWER", .text = true},
	[NOTICE_CONFIRM] = {"CONFIRM"},
	[NOTICE_SUSPENDED] = {"SUSPENDED", .text = true, .until = true},
	[NOTICE_DECIDED] = {"DECIDED", .text = true},
	[NOTICE_WITHDRAWN] = {"WITHDRAWN"},
	[NOTICE_REMINDER_DAY_1] = {"REMINDER_DAY_1"},
	[NOTICE_REMINDER_DAY_3] = {"REMINDER_DAY_3"},
	[NOTICE_REMINDER_DAY_7] = {"REMINDER_DAY_7"},
	[NOTICE_MERGED_ANSWER] = {"MERGED_ANSWER", .text = true},
	[NOTICE_MERGED_ADVICE] = {"MERGED_ADVICE", .text = true},
	[NOTICE_MERGED_CLOSED] = {"MERGED_CLOSED"},
	[NOTICE_MOVED] = {"MOVED", .text = true},
	[NOTICE_OTHER_PERSON] = {"OTHER_PERSON"},
	[NOTICE_NO_ENTRY] = {"NO_ENTRY"},
	[NOTICE_NEEDS_PARTS] = {"NEEDS_PARTS"},
	[NOTICE_RETURNED] = {"RETURNED"},
	[NOTICE_RECEIPT_CODE] = {"RECEIPT_CODE", .code = true, .is_bare = true},
};

static bool holds(struct str text, struct str part)
{
	return memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static void check_row(enum notice notice, int language)
{
	struct arena arena;
	struct str out;

	arena_init(&arena, 64 * 1024);
	out = notice_text(&arena, notice, language, &facts);
	CHECK(out.len > 0);
	CHECK(!holds(out, STR("{")) && !holds(out, STR("}")));
	CHECK_INT_EQ(holds(out, facts.community), !rows[notice].is_bare);
	CHECK_INT_EQ(holds(out, facts.number), !rows[notice].is_bare);
	CHECK_INT_EQ(holds(out, facts.code), rows[notice].code);
	CHECK_INT_EQ(holds(out, facts.text), rows[notice].text);
	CHECK_INT_EQ(holds(out, facts.until), rows[notice].until);
	arena_fini(&arena);
}

static void test_every_row_says_all_that_it_has_room_for(void)
{
	for (int notice = 0; notice < NOTICE_COUNT; notice++) {
		CHECK(rows[notice].name != NULL); /* a new row: what it says belongs above */
		check_row((enum notice)notice, ZH);
		check_row((enum notice)notice, EN);
		if (check_failed()) {
			printf("# %s\n", rows[notice].name);
			return;
		}
	}
}

/* In Chinese where the number is none we know: an owner is better told than not. */
static void test_languages_differ(void)
{
	struct arena arena;

	arena_init(&arena, 64 * 1024);
	CHECK_STR_EQ(notice_text(&arena, NOTICE_WITHDRAWN, ZH, &facts),
		"【花园小区】您的诉求20261123-0012已按您的意愿撤回。");
	CHECK_STR_EQ(notice_text(&arena, NOTICE_WITHDRAWN, EN, &facts),
		"[花园小区] Your request 20261123-0012 was withdrawn as you wished.");
	CHECK_STR_EQ(notice_text(&arena, NOTICE_WITHDRAWN, 0, &facts),
		notice_text(&arena, NOTICE_WITHDRAWN, ZH, &facts));
	arena_fini(&arena);
}

/* No English row holds a Chinese character of its own, nor a Chinese row a letter. */
static void test_rows_are_of_their_language(void)
{
	static const struct notice_facts nothing;
	struct arena arena;

	arena_init(&arena, 64 * 1024);
	for (int notice = 0; notice < NOTICE_COUNT; notice++) {
		struct str zh = notice_text(&arena, (enum notice)notice, ZH, &nothing);
		struct str en = notice_text(&arena, (enum notice)notice, EN, &nothing);

		for (size_t i = 0; i < en.len; i++) {
			CHECK((uint8_t)en.ptr[i] < 0x80);
		}
		for (size_t i = 0; i < zh.len; i++) {
			CHECK((zh.ptr[i] < 'a' || zh.ptr[i] > 'z') && (zh.ptr[i] < 'A' || zh.ptr[i] > 'Z'));
		}
	}
	arena_fini(&arena);
}

/* --- what somebody typed --- */

static const struct {
	const char *what;
	struct str typed, said;
} typed[] = {
	{"words", STR("请联系供热公司"), STR("请联系供热公司")},
	{"other scripts", STR("قۇرۇلۇش ñ €"), STR("قۇرۇلۇش ñ €")},
	{"beyond the first plane", STR("好👍"), STR("好👍")},
	{"a line feed", STR("一\n【物业】"), STR("一 【物业】")},
	{"a carriage return", STR("一\r二"), STR("一 二")},
	{"a tab, an escape", STR("一\t\x1B[2J"), STR("一  [2J")},
	{"DEL", STR("一\x7F二"), STR("一 二")},
	{"next line, U+0085", STR("一\xC2\x85二"), STR("一 二")},
	{"the ends of C1", STR("一\xC2\x80\xC2\x9F二"), STR("一  二")},
	{"what stands behind them, U+00A1", STR("一\u00A1二"), STR("一\u00A1二")},
	{"left-to-right mark, right-to-left mark", STR("一\u200E\u200F二"), STR("一  二")},
	{"line separator, paragraph separator", STR("一\u2028\u2029二"), STR("一  二")},
	{"embeddings, overrides", STR("\u202A\u202B\u202C\u202D\u202E"), STR("     ")},
	{"isolates", STR("\u2066\u2067\u2068\u2069"), STR("    ")},
	{"Arabic letter mark, U+061C", STR("一\u061C二"), STR("一 二")},
	{"their neighbours", STR("\u2010\u2027\u202F\u2065\u206A\u061B"),
		STR("\u2010\u2027\u202F\u2065\u206A\u061B")},
	{"a name of ours", STR("{code} {number}"), STR("{code} {number}")},
	{"an open brace", STR("{"), STR("{")},
	{"cut short, as no message is", STR("\xE2\x80"), STR("\xE2\x80")},
	{"nothing", STR(""), STR("")},
};

/* Below a receipt, where nothing else stands but the row's own words. */
static void check_typed(struct str text, struct str said)
{
	struct notice_facts own = facts;
	struct arena arena;
	struct str expected;

	arena_init(&arena, 64 * 1024);
	own.text = text;
	expected = arena_printf(&arena,
		"【花园小区】您的诉求20261123-0012暂缓处理，预计至2026-12-01 12:00。%.*s", STR_ARG(said));
	CHECK_STR_EQ(notice_text(&arena, NOTICE_SUSPENDED, ZH, &own), expected);
	arena_fini(&arena);
}

static void test_what_was_typed_cannot_pass_for_ours(void)
{
	for (size_t i = 0; i < COUNT(typed); i++) {
		check_typed(typed[i].typed, typed[i].said);
		if (check_failed()) {
			printf("# %s\n", typed[i].what);
			return;
		}
	}
}

/* At whatever byte memory ends: all of it, or nothing. */
static void test_without_memory_there_is_nothing(void)
{
	size_t empty_count = 0;

	for (size_t bytes = 0; bytes < 1024; bytes += 8) {
		struct arena arena;
		struct str out;

		arena_init(&arena, bytes);
		out = notice_text(&arena, NOTICE_ANSWER, EN, &facts);
		CHECK_INT_EQ(out.len == 0, arena.failed);
		CHECK(out.len == 0 || out.ptr[out.len - 1] == '.');
		empty_count += out.len == 0;
		arena_fini(&arena);
	}
	CHECK(empty_count > 0 && empty_count < 128);
}

static const struct test tests[] = {
	{"every_row_says_all_that_it_has_room_for", test_every_row_says_all_that_it_has_room_for},
	{"languages_differ", test_languages_differ},
	{"rows_are_of_their_language", test_rows_are_of_their_language},
	{"what_was_typed_cannot_pass_for_ours", test_what_was_typed_cannot_pass_for_ours},
	{"without_memory_there_is_nothing", test_without_memory_there_is_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
