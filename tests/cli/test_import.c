/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of messages: columns by their names, rows by the numbers a spreadsheet shows, and every bad
 * cell reported with its row, column and reason before anything would be sent. What a file is refused
 * for as a whole is in test_sheet.c. Messages are invented.
 */
#include "client/admin/import_row.h"

#include <stdlib.h>

#include "client/admin/import_sum.h"
#include "tests/check.h"

#define HEADER "msg_id,created_at,title,detail\n"
#define HEADER_REPLY "msg_id,created_at,title,detail,reply,replied_at\n"

/* 2026-11-26 12:00 in Shanghai. */
static const struct import_rules rules = {
	.source = {"test", 4}, .zone = "Asia/Shanghai", .now_us = INT64_C(1795665600000000)};

struct fixture {
	struct arena arena;
	struct sheet sheet;
	struct sheet_fault fault;
	struct import_rows rows;
};

static enum sheet_verdict read_text(struct fixture *f, struct str text, const char *encoding)
{
	*f = (struct fixture){0};
	arena_init(&f->arena, 16 * 1024 * 1024);
	return sheet_read_columns(
		text, encoding, import_columns, IMPORT_COLUMN_COUNT, &f->arena, &f->sheet, &f->fault);
}

static bool check_rows(struct fixture *f)
{
	return import_rows_check(&f->sheet, &rules, &f->arena, &f->rows);
}

static void test_columns_are_found_by_name(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f,
					 STR("\xEF\xBB\xBF"
						 "extra,detail,\"title\",more,created_at,msg_id\r\n"
						 "x,\"灯坏了，\n请修\",灯,,2026-11-24 10:00,a1\r\n"
						 "\r\n"
						 "x,水管漏水,\"他说\"\"急\"\"\",y,2026-11-24T11:00:00,a2\r\n"),
					 NULL),
		SHEET_OK);
	CHECK_INT_EQ(f.sheet.count, 2);
	CHECK_INT_EQ(f.sheet.rows[0].number, 2);
	CHECK_STR_EQ(f.sheet.rows[0].cells[IMPORT_MSG_ID], "a1");
	CHECK_STR_EQ(f.sheet.rows[0].cells[IMPORT_DETAIL], "灯坏了，\n请修");
	CHECK_INT_EQ(f.sheet.rows[1].number, 4); /* the empty line counts */
	CHECK_STR_EQ(f.sheet.rows[1].cells[IMPORT_TITLE], "他说\"急\"");
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.count, 2);
	CHECK_INT_EQ(f.rows.problem_count, 0);
	CHECK_INT_EQ(f.rows.rows[0].submitted_us, INT64_C(1795485600000000));
	arena_fini(&f.arena);
}

static void test_other_encodings_are_converted(void)
{
	/* "电梯" in GB18030. */
	struct str text = STR(HEADER "1,2026-11-24 10:00,\xB5\xE7\xCC\xDD,\xB5\xE7\xCC\xDD\n");
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, text, "GB18030"), SHEET_OK);
	CHECK_STR_EQ(f.sheet.rows[0].cells[IMPORT_TITLE], "电梯");
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, text, "KLINGON"), SHEET_ENCODING);
	CHECK_INT_EQ(f.fault.row, 0);
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR(HEADER "1,2,\xFF\xFF,3\n"), "GB18030"), SHEET_ENCODING);
	CHECK_INT_EQ(f.fault.row, 2);
	arena_fini(&f.arena);
	/* Not converted, the broken cells are reported one by one, and their rows counted. */
	CHECK_INT_EQ(read_text(&f, text, "utf-8"), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.problem_count, 2);
	CHECK_INT_EQ(f.rows.garbled_count, 1);
	arena_fini(&f.arena);
}

struct bad_case {
	const char *row;
	const char *column; /* of the first problem */
	const char *reason; /* a piece of it */
};

static const struct bad_case bad_cases[] = {
	{",2026-11-24 10:00,t,d", "msg_id", "empty"},
	{"1,,t,d", "created_at", "empty"},
	{"1,yesterday,t,d", "created_at", "no time"},
	{"1,2026-02-30,t,d", "created_at", "no time"},
	{"1,2100-01-02,t,d", "created_at", "range"},
	{"1,2026-11-26 12:00:01,t,d", "created_at", "future"},
	{"1,2026-11-24 10:00,t,d,e", "", "more cells"},
	{"1,2026-11-24 10:00,,", "detail", "empty"},
	{"1,2026-11-24 10:00", "detail", "empty"},
	{"1,2026-11-24 10:00,\xC3\x28,d", "title", "UTF-8"},
	{"1,2026-11-24 10:00,t,\xE7\x94", "detail", "UTF-8"},
	{"\xFF,2026-11-24 10:00,t,d", "msg_id", "UTF-8"},
};

static void test_every_bad_cell_is_named(void)
{
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		char text[256];
		struct fixture f;

		(void)snprintf(
			text, sizeof(text), HEADER "0,2026-11-24 09:00,good,good\n%s\n", bad_cases[i].row);
		CHECK_INT_EQ(read_text(&f, str_from_c(text), NULL), SHEET_OK);
		CHECK(check_rows(&f));
		CHECK_INT_EQ(f.rows.count, 1);
		CHECK_INT_EQ(f.rows.bad_count, 1);
		CHECK_INT_EQ(f.rows.problem_count, 1);
		CHECK_INT_EQ(f.rows.problems[0].row, 3);
		CHECK_STR_EQ(f.rows.problems[0].column, bad_cases[i].column);
		CHECK(strstr(f.rows.problems[0].reason, bad_cases[i].reason) != NULL);
		arena_fini(&f.arena);
	}
}

struct reply_case {
	const char *reply; /* the last two cells; said was it at 10:00 */
	const char *column;
	const char *reason; /* NULL: the row is good */
};

static const struct reply_case reply_cases[] = {
	{"已修好,2026-11-24 11:00", NULL, NULL},
	{"已修好,2026-11-24 10:00", NULL, NULL}, /* at the same moment */
	{"已修好,2026-11-26 12:00", NULL, NULL}, /* just now */
	{",", NULL, NULL}, {"已修好,", "replied_at", "there is a reply"},
	{"已修好", "replied_at", "there is a reply"}, {",2026-11-24 11:00", "reply", "there is a time"},
	{"已修好,yesterday", "replied_at", "no time"}, {"已修好,2100-01-02", "replied_at", "range"},
	{"已修好,2026-11-24 09:59:59", "replied_at", "before created_at"},
	{"已修好,2026-11-26 12:00:01", "replied_at", "future"},
	{"\xC3\x28,2026-11-24 11:00", "reply", "UTF-8"},
	{"\xC3\x28,", "reply", "UTF-8"}, /* and the time is missing */
};

static void test_replies_come_with_their_time(void)
{
	for (size_t i = 0; i < COUNT(reply_cases); i++) {
		const struct reply_case *row = &reply_cases[i];
		char text[256];
		struct fixture f;

		(void)snprintf(text, sizeof(text), HEADER_REPLY "1,2026-11-24 10:00,t,d,%s\n", row->reply);
		CHECK_INT_EQ(read_text(&f, str_from_c(text), NULL), SHEET_OK);
		CHECK(import_missing_column(&f.sheet) == NULL);
		CHECK(check_rows(&f));
		CHECK_INT_EQ(f.rows.count, row->reason == NULL ? 1 : 0);
		if (row->reason != NULL) {
			CHECK(f.rows.problem_count >= 1);
			CHECK_STR_EQ(f.rows.problems[0].column, row->column);
			CHECK(strstr(f.rows.problems[0].reason, row->reason) != NULL);
		} else if (row->reply[0] != ',') {
			CHECK_STR_EQ(f.rows.rows[0].answer, "已修好");
			CHECK(f.rows.rows[0].answered_us >= f.rows.rows[0].submitted_us);
		} else {
			CHECK_INT_EQ(f.rows.rows[0].answer.len, 0);
			CHECK_INT_EQ(f.rows.rows[0].answered_us, 0);
		}
		arena_fini(&f.arena);
	}
}

static void test_the_columns_of_replies_come_together(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR("reply,msg_id,created_at,title,detail\n"), NULL), SHEET_OK);
	CHECK_STR_EQ(str_from_c(import_missing_column(&f.sheet)), "replied_at");
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR("replied_at,msg_id,created_at,title,detail\n"), NULL), SHEET_OK);
	CHECK_STR_EQ(str_from_c(import_missing_column(&f.sheet)), "reply");
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR(HEADER), NULL), SHEET_OK);
	CHECK(import_missing_column(&f.sheet) == NULL);
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR(HEADER_REPLY), NULL), SHEET_OK);
	CHECK(import_missing_column(&f.sheet) == NULL);
	arena_fini(&f.arena);
}

/* What the program of before sent for a row is what is sent for it now. */
static void test_a_reply_changes_no_key(void)
{
	struct fixture f;
	struct uuid key;

	CHECK_INT_EQ(read_text(&f, STR(HEADER "1,2026-11-24 10:00,a,d\n"), NULL), SHEET_OK);
	CHECK(check_rows(&f));
	key = f.rows.rows[0].key;
	arena_fini(&f.arena);
	CHECK_INT_EQ(
		read_text(&f, STR(HEADER_REPLY "1,2026-11-24 10:00,a,d,r,2026-11-24 11:00\n"), NULL),
		SHEET_OK);
	CHECK(check_rows(&f));
	CHECK(uuid_equal(f.rows.rows[0].key, key));
	arena_fini(&f.arena);
}

/* Empty cells behind the last column are what spreadsheets write. */
static void test_empty_cells_beyond_the_header_are_none(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR(HEADER "1,2026-11-24 10:00,a,d,,,\n"), NULL), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.count, 1);
	arena_fini(&f.arena);
}

static void test_a_zero_byte_is_named(void)
{
	static const char text[] = HEADER "1,2026-11-24 10:00,a\0b,d\n1\0,2026-11-24 10:00,a,d\n"
									  "3,2026\0-11-24,a,d\n";
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, str_of(text, sizeof(text) - 1), NULL), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.count, 0);
	CHECK_INT_EQ(f.rows.problem_count, 3);
	CHECK_STR_EQ(f.rows.problems[0].column, "title");
	CHECK(strstr(f.rows.problems[0].reason, "U+0000") != NULL);
	CHECK_STR_EQ(f.rows.problems[1].column, "msg_id");
	CHECK(strstr(f.rows.problems[1].reason, "U+0000") != NULL);
	CHECK_STR_EQ(f.rows.problems[2].column, "created_at");
	arena_fini(&f.arena);
}

static void test_sums_count_each_row_once(void)
{
	struct import_sum sum = {0};

	import_sum_add(&sum, false, 101);
	import_sum_add(&sum, true, 100);
	import_sum_add(&sum, false, 9900);
	import_sum_add(&sum, false, 32767);
	import_sum_add(&sum, false, 0);          /* said none */
	import_sum_add(&sum, false, UINT32_MAX); /* of another world */
	CHECK_INT_EQ(sum.sent_count, 6);
	CHECK_INT_EQ(sum.submitted_count, 5);
	CHECK_INT_EQ(sum.closed_count, 1);
	CHECK_INT_EQ(sum.group_counts[1], 2);
	CHECK_INT_EQ(sum.group_counts[99], 1);
	CHECK_INT_EQ(sum.group_counts[IMPORT_GROUPS_MAX - 1], 1);
	CHECK_INT_EQ(sum.group_counts[0], 0);
}

static void test_texts_over_the_limit_are_named(void)
{
	/* 200 characters of title are allowed, 8000 of text: field.def. */
	for (size_t extra = 0; extra < 2; extra++) {
		size_t count = 200 + extra;
		char *text = calloc(1, 4096);
		struct fixture f;
		size_t len = (size_t)snprintf(text, 4096, HEADER "1,2026-11-24 10:00,");

		for (size_t i = 0; i < count; i++) {
			memcpy(text + len, "灯", 3);
			len += 3;
		}
		memcpy(text + len, ",d\n", 3);
		CHECK_INT_EQ(read_text(&f, str_of(text, len + 3), NULL), SHEET_OK);
		CHECK(check_rows(&f));
		CHECK_INT_EQ(f.rows.bad_count, extra);
		if (extra == 1) {
			CHECK_STR_EQ(f.rows.problems[0].column, "title");
			CHECK(strstr(f.rows.problems[0].reason, "201") != NULL);
		}
		arena_fini(&f.arena);
		free(text);
	}
}

static void test_a_row_may_have_several_problems(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR(HEADER ",never,t,\xFF\n,,,\n"), NULL), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.count, 0);
	CHECK_INT_EQ(f.rows.bad_count, 2);
	CHECK_INT_EQ(f.rows.problem_count, 6);
	CHECK_INT_EQ(f.rows.problems[0].row, 2);
	CHECK_INT_EQ(f.rows.problems[5].row, 3);
	arena_fini(&f.arena);
}

static void test_doubles_within_a_file_are_named(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f,
					 STR(HEADER "1,2026-11-24 10:00,a,d\n2,2026-11-24 10:00,b,d\n"
								"1,2026-11-24 10:00,c,d\n1,2026-11-24 10:00,e,d\n"),
					 NULL),
		SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_INT_EQ(f.rows.count, 2);
	CHECK_STR_EQ(f.rows.rows[0].title, "a");
	CHECK_STR_EQ(f.rows.rows[1].title, "b");
	CHECK_INT_EQ(f.rows.bad_count, 2);
	CHECK_INT_EQ(f.rows.problems[0].row, 4);
	CHECK(strstr(f.rows.problems[0].reason, "row 2") != NULL);
	CHECK_INT_EQ(f.rows.problems[1].row, 5);
	arena_fini(&f.arena);
}

static void test_keys_come_from_source_and_id_alone(void)
{
	struct str text = STR(HEADER "1,2026-11-24 10:00,a,d\n");
	struct str moved = STR("detail,x,msg_id,created_at,title\nother,y,1,2026-11-25 10:00,b\n");
	struct import_rules elsewhere = rules;
	struct fixture f;
	struct uuid key;

	elsewhere.source = STR("elsewhere");

	CHECK_INT_EQ(read_text(&f, text, NULL), SHEET_OK);
	CHECK(check_rows(&f));
	key = f.rows.rows[0].key;
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, moved, NULL), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK(uuid_equal(f.rows.rows[0].key, key));
	CHECK(import_rows_check(&f.sheet, &elsewhere, &f.arena, &f.rows));
	CHECK(!uuid_equal(f.rows.rows[0].key, key));
	arena_fini(&f.arena);
}

static void test_the_title_stands_for_a_missing_text(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR(HEADER "1,2026-11-24 10:00,only a title,\n"), NULL), SHEET_OK);
	CHECK(check_rows(&f));
	CHECK_STR_EQ(f.rows.rows[0].title, "only a title");
	CHECK_STR_EQ(f.rows.rows[0].text, "only a title");
	arena_fini(&f.arena);
}

/* Whatever the arena has room for: either all of it, or a clear word. */
static void test_a_full_arena_is_said(void)
{
	struct str text = STR(HEADER "1,2026-11-24 10:00,a,d\n2,2026-11-24 10:00,a,d\n");
	size_t done_count = 0;

	for (size_t max = 0; max < 16 * 1024; max += 16) {
		struct fixture f = {0};
		enum sheet_verdict verdict;

		arena_init(&f.arena, max);
		verdict = sheet_read_columns(
			text, NULL, import_columns, IMPORT_COLUMN_COUNT, &f.arena, &f.sheet, &f.fault);
		CHECK(verdict == SHEET_OK || verdict == SHEET_TOO_BIG);
		if (verdict == SHEET_OK && check_rows(&f)) {
			CHECK_INT_EQ(f.rows.count, 2);
			done_count++;
		}
		CHECK(done_count == 0 || verdict == SHEET_OK); /* what fits once fits with more room */
		arena_fini(&f.arena);
	}
	CHECK(done_count > 0);
}

static const struct test tests[] = {
	{"columns_are_found_by_name", test_columns_are_found_by_name},
	{"other_encodings_are_converted", test_other_encodings_are_converted},
	{"every_bad_cell_is_named", test_every_bad_cell_is_named},
	{"replies_come_with_their_time", test_replies_come_with_their_time},
	{"the_columns_of_replies_come_together", test_the_columns_of_replies_come_together},
	{"a_reply_changes_no_key", test_a_reply_changes_no_key},
	{"empty_cells_beyond_the_header_are_none", test_empty_cells_beyond_the_header_are_none},
	{"a_zero_byte_is_named", test_a_zero_byte_is_named},
	{"sums_count_each_row_once", test_sums_count_each_row_once},
	{"texts_over_the_limit_are_named", test_texts_over_the_limit_are_named},
	{"a_row_may_have_several_problems", test_a_row_may_have_several_problems},
	{"doubles_within_a_file_are_named", test_doubles_within_a_file_are_named},
	{"keys_come_from_source_and_id_alone", test_keys_come_from_source_and_id_alone},
	{"the_title_stands_for_a_missing_text", test_the_title_stands_for_a_missing_text},
	{"a_full_arena_is_said", test_a_full_arena_is_said},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
