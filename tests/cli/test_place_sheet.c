/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the way of a file of places to a request and of the server's words back to the file's rows:
 * headings in two languages, kinds in both, what is no text, and that a cell has one problem however many
 * have noticed it. And days as people write them.
 */
#include "client/admin/place_sheet.h"

#include "client/admin/day.h"
#include "tests/check.h"

#define PLENTY (32 * 1024 * 1024)

struct fixture {
	struct arena arena;
	struct sheet sheet;
	struct sheet_fault fault;
	struct place_sheet places;
};

static enum sheet_verdict read_text(struct fixture *f, struct str text, const char *encoding)
{
	*f = (struct fixture){0};
	arena_init(&f->arena, PLENTY);
	return sheet_read_columns(text, encoding, place_sheet_columns, place_sheet_column_count,
		&f->arena, &f->sheet, &f->fault);
}

static void test_headings_are_in_either_language(void)
{
	static const struct str texts[] = {
		STR("kind,code,name,parent,team\nentrance,3-2,,3,一组\n"),
		STR("\xEF\xBB\xBF类型,编码,名称,上级,小组\r\n单元,3-2,,3,一组\r\n"),
		STR("team,别的,parent,编码,类型\n一组,x,3,3-2,ENTRANCE\n"),
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct fixture f;
		const Pb__PlaceImportRow *row;

		CHECK_INT_EQ(read_text(&f, texts[i], NULL), SHEET_OK);
		CHECK(place_sheet_take(&f.sheet, &f.arena, &f.places));
		CHECK_INT_EQ(f.places.count, 1);
		CHECK_INT_EQ(f.places.problem_count, 0);
		row = f.places.rows[0];
		CHECK_INT_EQ(row->kind, PB__PLACE__KIND__ENTRANCE);
		CHECK_STR_EQ(row->code, "3-2");
		CHECK(row->name == NULL);
		CHECK_STR_EQ(row->parent_code, "3");
		CHECK_STR_EQ(row->team_name, "一组");
		CHECK_INT_EQ(f.places.numbers[0], 2);
		arena_fini(&f.arena);
	}
}

static void test_only_kind_and_code_must_be_there(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR("code,kind\n南门,gate\n"), NULL), SHEET_OK);
	CHECK(place_sheet_take(&f.sheet, &f.arena, &f.places));
	CHECK(f.places.rows[0]->team_name == NULL && f.places.rows[0]->parent_code == NULL);
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR("kind,name\ngate,x\n"), NULL), SHEET_COLUMN);
	CHECK_STR_EQ(f.fault.column, "code");
	arena_fini(&f.arena);
	CHECK_INT_EQ(read_text(&f, STR("gate,南门\n"), NULL), SHEET_COLUMN);
	CHECK_STR_EQ(f.fault.column, "kind");
	arena_fini(&f.arena);
}

static void test_kinds_are_words_of_either_language(void)
{
	static const struct {
		const char *words;
		int kind; /* 0: none */
	} rows[] = {
		{"building", PB__PLACE__KIND__BUILDING},
		{"楼栋", PB__PLACE__KIND__BUILDING},
		{"Entrance", PB__PLACE__KIND__ENTRANCE},
		{"户", PB__PLACE__KIND__DWELLING},
		{"大门", PB__PLACE__KIND__GATE},
		{"设备房", PB__PLACE__KIND__FACILITY},
		{"公共部位", PB__PLACE__KIND__COMMON},
		{"城堡", 0},
		{"build", 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[128];
		struct fixture f;

		(void)snprintf(text, sizeof text, "kind,code\n%s,1\n", rows[i].words);
		CHECK_INT_EQ(read_text(&f, str_from_c(text), NULL), SHEET_OK);
		CHECK(place_sheet_take(&f.sheet, &f.arena, &f.places));
		CHECK_INT_EQ(f.places.rows[0]->has_kind, rows[i].kind != 0);
		CHECK_INT_EQ(f.places.bad_count, rows[i].kind == 0);
		CHECK(rows[i].kind == 0 || (int)f.places.rows[0]->kind == rows[i].kind);
		arena_fini(&f.arena);
	}
}

static void test_what_is_no_text_is_found_by_its_row(void)
{
	static const struct {
		struct str text;
		size_t row; /* 0: it is one */
	} rows[] = {
		{STR(""), 0},
		{STR("kind,code\n楼,1\n"), 0},
		{STR("kind,code\n\xC2\xA5,1\n"), 0},
		{STR("\xC0\xE0\xD0\xCD,code\n"), 1}, /* GB18030 */
		{STR("kind,code\ngate,a\ngate,\xC3\x28\n"), 3},
		{STR("kind,code\ngate,\0\n"), 2},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t row = 0;

		CHECK_INT_EQ(sheet_file_is_text(rows[i].text, &row), rows[i].row == 0);
		CHECK_INT_EQ(row, rows[i].row);
	}
}

static void test_a_nul_behind_another_encoding_is_refused(void)
{
	struct fixture f;

	CHECK_INT_EQ(read_text(&f, STR("kind,code\ngate,a\0b\n"), "GB18030"), SHEET_OK);
	CHECK(!place_sheet_take(&f.sheet, &f.arena, &f.places));
	arena_fini(&f.arena);
}

static void test_a_million_columns_are_too_many(void)
{
	size_t len = 1000000;
	char *text = malloc(len);
	struct fixture f;

	assert(text != NULL);
	memset(text, ',', len);
	CHECK_INT_EQ(read_text(&f, str_of(text, len), NULL), SHEET_WIDTH);
	arena_fini(&f.arena);
	free(text);
}

/* Rows 2, 4 and 5 of the file; the server numbers them 1, 2 and 3. */
static void test_the_servers_words_come_to_the_files_rows(void)
{
	Pb__PlaceImportProblem made[] = {
		{.has_row = true, .row = 1, .field = "parent_code", .code = "NOT_FOUND"},
		{.has_row = true, .row = 2, .field = "kind", .code = "FIELD_MISSING"},
		{.has_row = true, .row = 2, .field = "code", .code = "FIELD_NEW", .allowed = "words"},
		{.has_row = true, .row = 3, .field = "kind", .code = "FIELD_MISSING"},
		{.has_row = true, .row = 9, .field = "code", .code = "NAME_TAKEN"},
	};
	Pb__PlaceImportProblem *pointers[COUNT(made)];
	Pb__PlaceImportReply reply = PB__PLACE_IMPORT_REPLY__INIT;
	struct fixture f;

	for (size_t i = 0; i < COUNT(made); i++) {
		pointers[i] = &made[i];
	}
	reply.problems = pointers;
	reply.n_problems = COUNT(made);
	CHECK_INT_EQ(
		read_text(&f, STR("kind,code,parent\ngate,a,x\n\n城堡,b,\n,c,\n"), NULL), SHEET_OK);
	CHECK(place_sheet_take(&f.sheet, &f.arena, &f.places));
	CHECK_INT_EQ(f.places.bad_count, 1);
	place_sheet_add(&f.places, &reply, &f.arena);
	CHECK_INT_EQ(f.places.bad_count, 3);
	CHECK_INT_EQ(f.places.problem_count, 4);
	CHECK_INT_EQ(f.places.problems[0].row, 2);
	CHECK_STR_EQ(f.places.problems[0].column, "parent");
	CHECK_STR_EQ(f.places.problems[0].reason, "no row and no place has this code");
	CHECK_INT_EQ(f.places.problems[1].row, 4);
	CHECK_STR_EQ(f.places.problems[1].reason, "FIELD_NEW: words");
	CHECK_STR_EQ(f.places.problems[2].reason, "is no kind of place");
	CHECK_INT_EQ(f.places.problems[3].row, 5);
	CHECK_STR_EQ(f.places.problems[3].code, "FIELD_MISSING");
	arena_fini(&f.arena);
}

static void test_days_are_read_and_written(void)
{
	static const struct {
		const char *text;
		uint32_t number; /* 0: no day */
	} rows[] = {
		{"2026-11-24", 20261124},
		{"2026/11/24", 20261124},
		{"20261124", 20261124},
		{"2026-02-29", 0},
		{"2026-11/24", 0},
		{"2026-1-24", 0},
		{"2026-11-2x", 0},
		{"26-11-24", 0},
		{"", 0},
		{"tomorrow", 0},
	};
	char text[DAY_TEXT_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t number = 0;

		CHECK_INT_EQ(day_parse(str_from_c(rows[i].text), &number), rows[i].number != 0);
		CHECK_INT_EQ(number, rows[i].number);
	}
	CHECK_STR_EQ(day_format(20261124, text), "2026-11-24");
	CHECK_STR_EQ(day_format(0, text), "");
}

static const struct test tests[] = {
	{"headings_are_in_either_language", test_headings_are_in_either_language},
	{"only_kind_and_code_must_be_there", test_only_kind_and_code_must_be_there},
	{"kinds_are_words_of_either_language", test_kinds_are_words_of_either_language},
	{"what_is_no_text_is_found_by_its_row", test_what_is_no_text_is_found_by_its_row},
	{"a_nul_behind_another_encoding_is_refused", test_a_nul_behind_another_encoding_is_refused},
	{"a_million_columns_are_too_many", test_a_million_columns_are_too_many},
	{"the_servers_words_come_to_the_files_rows", test_the_servers_words_come_to_the_files_rows},
	{"days_are_read_and_written", test_days_are_read_and_written},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
