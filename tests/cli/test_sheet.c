/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are no sheet, or one too large: each is refused with a word of its own and the row to look
 * at, and what it costs beside the file itself stays small.
 */
#include "common/sheet.h"

#include <stdlib.h>

#include "client/admin/import_row.h"
#include "tests/check.h"

#define HEADER "msg_id,created_at,title,detail\n"
#define MIB ((size_t)1024 * 1024)

struct fixture {
	struct arena arena;
	struct sheet sheet;
	struct sheet_fault fault;
};

static enum sheet_verdict read_text(struct fixture *f, struct str text, const char *encoding)
{
	*f = (struct fixture){0};
	arena_init(&f->arena, 1024 * MIB);
	return sheet_read_columns(
		text, encoding, import_columns, IMPORT_COLUMN_COUNT, &f->arena, &f->sheet, &f->fault);
}

struct sheet_case {
	const char *text;
	enum sheet_verdict verdict;
	size_t row;
	const char *column;
};

static const struct sheet_case sheet_cases[] = {
	{"", SHEET_EMPTY, 0, NULL},
	{"\n\n", SHEET_EMPTY, 0, NULL},
	{"msg_id,created_at,title\na,b,c\n", SHEET_COLUMN, 1, "detail"},
	{"\ncreated_at,title,detail\n", SHEET_COLUMN, 2, "msg_id"},
	{HEADER "a,b,c,\"d\n", SHEET_QUOTES, 2, NULL},
	{HEADER "a,b,c,d\na,b,c\"d,e\n", SHEET_QUOTES, 3, NULL},
	{"\"" HEADER "a,b,c,d\n", SHEET_QUOTES, 1, NULL},
	{"msg_id,created_at,title,detail,title\na,b,c,d,e\n", SHEET_TWICE, 1, "title"},
	{"msg_id,created_at,title,detail,reply,reply\n", SHEET_TWICE, 1, "reply"},
	{"other,msg_id,created_at,title,detail,other\n", SHEET_OK, 0, NULL}, /* not ours */
	{"\xB1\xE0\xBA\xC5,msg_id,created_at,title,detail\n", SHEET_NO_TEXT, 0, NULL},
	{"\xFF\xFEm", SHEET_NO_TEXT, 0, NULL},
	{"PK\x03\x04\xFF\"", SHEET_NO_TEXT, 0, NULL},
	{HEADER, SHEET_OK, 0, NULL},
	{HEADER "a", SHEET_OK, 0, NULL},
};

static void test_a_file_that_is_none_is_refused(void)
{
	for (size_t i = 0; i < COUNT(sheet_cases); i++) {
		const struct sheet_case *row = &sheet_cases[i];
		struct fixture f;

		CHECK_INT_EQ(read_text(&f, str_from_c(row->text), NULL), row->verdict);
		CHECK_INT_EQ(f.fault.row, row->row);
		CHECK_STR_EQ(f.fault.column, row->column);
		arena_fini(&f.arena);
	}
	for (size_t i = 0; i < 4; i++) {
		static const char header[] = "msg\0,created_at,title,detail\n";
		struct fixture f;

		/* Cut before the zero byte it is a header without columns. */
		CHECK_INT_EQ(read_text(&f, str_of(header, i), NULL), i == 0 ? SHEET_EMPTY : SHEET_COLUMN);
		arena_fini(&f.arena);
		CHECK_INT_EQ(read_text(&f, str_of(header, sizeof(header) - 1 - i), NULL), SHEET_NO_TEXT);
		arena_fini(&f.arena);
	}
}

/* A header, and behind it `count` times `piece` between `before` and `after`; for free(). */
static char *make_text(
	const char *before, const char *piece, size_t count, const char *after, struct str *out)
{
	size_t piece_len = strlen(piece);
	size_t before_len = strlen(before);
	size_t len = before_len + count * piece_len + strlen(after);
	char *text = malloc(len + 1);

	memcpy(text, before, before_len);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + before_len + i * piece_len, piece, piece_len);
	}
	memcpy(text + before_len + count * piece_len, after, strlen(after) + 1);
	*out = str_of(text, len);
	return text;
}

struct large_case {
	const char *before;
	const char *piece;
	size_t count;
	const char *after;
	enum sheet_verdict verdict;
	size_t row;
};

static const struct large_case large_cases[] = {
	{HEADER, "x,", 1000000, "x\n", SHEET_WIDTH, 2},
	{"", "x,", 1000000, "x\n", SHEET_WIDTH, 1},
	{HEADER "1,2,3,4\n", "x,", SHEET_COLUMNS_MAX, "\n", SHEET_WIDTH, 3},
	{HEADER, "x,", SHEET_COLUMNS_MAX - 1, "\n", SHEET_OK, 0},
	{HEADER "1,2,3,", "x", 100 * MIB, "\n", SHEET_CELL, 2},
	{"", "x", 100 * MIB, "", SHEET_CELL, 1},
	{HEADER "1,2,3,", "x", SHEET_CELL_BYTES_MAX, "\n", SHEET_OK, 0},
	{HEADER "1,2,3,", "x", SHEET_CELL_BYTES_MAX + 1, "\n", SHEET_CELL, 2},
	{HEADER "1,2,3,4\n", "\"1,2,3,4\n", 1, "", SHEET_QUOTES, 3},
	{HEADER "1,2,3,\"", "1,2,3,4\n", MIB, "", SHEET_CELL, 2}, /* a quote that swallows the rest */
	{HEADER, "\n", 8 * MIB, "", SHEET_OK, 0},
	{HEADER, "1\n", SHEET_ROWS_MAX + 1, "", SHEET_TOO_BIG, 0},
};

/* Whatever the file is made of, what it costs beside itself is little. */
static void test_large_files_are_refused_cheaply(void)
{
	for (size_t i = 0; i < COUNT(large_cases); i++) {
		const struct large_case *row = &large_cases[i];
		struct fixture f;
		struct str text;
		char *memory = make_text(row->before, row->piece, row->count, row->after, &text);

		CHECK_INT_EQ(read_text(&f, text, NULL), row->verdict);
		CHECK_INT_EQ(f.fault.row, row->row);
		CHECK(row->verdict == SHEET_TOO_BIG || f.arena.used_bytes < 4 * MIB);
		arena_fini(&f.arena);
		free(memory);
	}
}

/* UTF-8 read as GB18030 is other Chinese characters, and nothing would notice. */
static void test_utf8_is_not_taken_for_something_else(void)
{
	static const char *const names[] = {"GB18030", "GBK", "ISO-8859-1", "UTF-16"};
	struct str text = STR(HEADER "1,2026-11-24 10:00,电梯,电梯坏了\n");
	struct fixture f;

	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK_INT_EQ(read_text(&f, text, names[i]), SHEET_IS_UTF8);
		CHECK_INT_EQ(f.sheet.count, 0);
		arena_fini(&f.arena);
	}
	CHECK_INT_EQ(read_text(&f, text, "utf8"), SHEET_OK);
	CHECK_STR_EQ(f.sheet.rows[0].cells[IMPORT_TITLE], "电梯");
	arena_fini(&f.arena);
	/* Nothing but ASCII is the same in both. */
	CHECK_INT_EQ(read_text(&f, STR(HEADER "1,2,lift,lift\n"), "GB18030"), SHEET_OK);
	CHECK_STR_EQ(f.sheet.rows[0].cells[IMPORT_TITLE], "lift");
	arena_fini(&f.arena);
}

static const struct test tests[] = {
	{"a_file_that_is_none_is_refused", test_a_file_that_is_none_is_refused},
	{"large_files_are_refused_cheaply", test_large_files_are_refused_cheaply},
	{"utf8_is_not_taken_for_something_else", test_utf8_is_not_taken_for_something_else},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
