/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grids: what a spreadsheet would take for a formula is a text in both files, and everything else is what it was. The
 * CSV is compared byte by byte; workbooks are opened by a program in story_report.sh.
 */
#include "client/admin/grid.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/admin/file.h"
#include "client/admin/grid_file.h"
#include "common/buf.h"
#include "tests/check.h"

#define MARK "\xEF\xBB\xBF"

static void test_what_would_be_a_formula(void)
{
	static const struct {
		struct str text;
		bool is_formula;
	} rows[] = {
		{STR(""), false},
		{STR("电梯"), false},
		{STR("1=1"), false},
		{STR("a@example.invalid"), false},
		{STR("'=1"), false},
		{STR("=1+1"), true},
		{STR("+86"), true},
		{STR("-1"), true},
		{STR("@SUM(A1)"), true},
		{STR("\t=1"), true},
		{STR("\r=1"), true},
		{STR("\n=1"), true},
		{STR(" =1"), true},
		{STR("　＝1"), true}, /* behind a blank of full width */
		{STR("\xC2\xA0=1"), true},
		{STR("＝1"), true},
		{STR("＋1"), true},
		{STR("－1"), true},
		{STR("＠SUM"), true},
		{STR("\xFF=1"), true}, /* no UTF-8 */
		{STR("   "), false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(grid_is_formula(rows[i].text), rows[i].is_formula);
		if (check_failed()) {
			printf("# row %zu\n", i);
			return;
		}
	}
}

static void begin(struct grid *grid)
{
	grid_init(grid);
	grid_add_column(grid, "名称");
	grid_add_column(grid, "=N");
	grid_add_column(grid, "比率");
}

static void test_csv_is_quoted(void)
{
	struct grid grid;
	struct buf csv;

	begin(&grid);
	grid_add_text(&grid, STR("一号楼,\"东\""));
	grid_add_number(&grid, -5);
	grid_add_share(&grid, 9805);
	grid_add_text(&grid, STR("=HYPERLINK(\"http://example.invalid\")"));
	grid_add_none(&grid);
	grid_add_share(&grid, 7);
	/* What cannot be seen is not in it, and hides no sign. */
	grid_add_text(&grid, STR("\xE2\x80\xAE=1\r\nx"));
	grid_add_number(&grid, INT64_MAX);
	grid_add_share(&grid, 10000);
	buf_init(&csv, 4096);
	CHECK(grid_csv(&grid, &csv));
	CHECK_STR_EQ(str_of((const char *)buf_readable(&csv).ptr, buf_readable(&csv).len),
		STR(MARK "\"名称\",\"'=N\",\"比率\"\r\n"
				 "\"一号楼,\"\"东\"\"\",-5,98.05%\r\n"
				 "\"'=HYPERLINK(\"\"http://example.invalid\"\")\",,0.07%\r\n"
				 "\"'=1 x\",9223372036854775807,100.00%\r\n"));
	buf_fini(&csv);
	grid_fini(&grid);
}

/* How long it is; 0 where there is no room for it. */
static size_t csv_bytes(const struct grid *grid, size_t room)
{
	struct buf csv;
	size_t len;

	buf_init(&csv, room);
	len = grid_csv(grid, &csv) ? buf_readable(&csv).len : 0;
	buf_fini(&csv);
	return len;
}

static void test_csv_ends_where_there_is_no_room(void)
{
	struct grid grid;
	size_t whole;

	begin(&grid);
	grid_add_text(&grid, STR("一号楼"));
	grid_add_number(&grid, 1);
	grid_add_share(&grid, 1);
	whole = csv_bytes(&grid, 4096);
	CHECK(whole > 40);
	CHECK_INT_EQ(csv_bytes(&grid, whole), whole);
	for (size_t room = 1; room < whole; room++) {
		CHECK_INT_EQ(csv_bytes(&grid, room), 0);
	}
	grid_fini(&grid);
}

/* The new one in the place of the old one, for its owner alone; what cannot be written leaves the old one. */
static void test_workbooks_replace_whole_files(void)
{
	char folder[] = "/tmp/guanjia-grid-XXXXXX";
	char path[64];
	struct grid grid;
	struct arena arena;
	struct stat info;
	struct str text;

	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/a.xlsx", folder);
	begin(&grid);
	grid_add_text(&grid, STR("=1"));
	grid_add_number(&grid, 1);
	grid_add_share(&grid, 1);
	CHECK_INT_EQ(file_replace(path, STR("old")), 0);
	CHECK_INT_EQ(grid_write_xlsx(&grid, path, "报表"), 0);
	arena_init(&arena, 1024 * 1024);
	CHECK_INT_EQ(file_read(path, 65536, &arena, &text), 0);
	CHECK(text.len > 1000 && memcmp(text.ptr, "PK\3\4", 4) == 0);
	CHECK_INT_EQ(stat(path, &info), 0);
	CHECK_INT_EQ(info.st_mode & 07777, 0600);
	/* A name that no sheet can have. */
	CHECK(grid_write_xlsx(&grid, path, "a/b") != 0);
	CHECK_INT_EQ(stat(path, &info), 0);
	CHECK_INT_EQ(info.st_size, text.len);
	CHECK_INT_EQ(unlink(path), 0);
	CHECK_INT_EQ(grid_write_xlsx(&grid, "/nowhere/at/all.xlsx", "报表"), ENOENT);
	CHECK_INT_EQ(rmdir(folder), 0); /* nothing was left beside it */
	arena_fini(&arena);
	grid_fini(&grid);
}

/* Portions of two rows, so many. */
struct portions {
	size_t left;
	size_t row;
};

static bool next_portion(void *context, struct grid *grid)
{
	struct portions *portions = context;

	if (portions->left == 0) {
		return false;
	}
	portions->left--;
	grid_add_column(grid, "n");
	grid_add_column(grid, "=text");
	for (int i = 0; i < 2; i++) {
		grid_add_number(grid, (int64_t)++portions->row);
		grid_add_text(grid, STR("=1+1"));
	}
	return true;
}

static int write_portions(size_t count, enum grid_form form, const char *path)
{
	struct portions portions = {.left = count};
	struct grid_source source = {next_portion, &portions};

	return grid_file_write(&source, form, path, "诉求");
}

/* One heading, every row once and in order, whatever the portions. */
static void test_portions_are_one_file(void)
{
	char folder[] = "/tmp/guanjia-grid-XXXXXX";
	char path[64];
	struct arena arena;
	struct str text;

	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/a", folder);
	arena_init(&arena, 1024 * 1024);
	CHECK_INT_EQ(write_portions(3, GRID_FILE_CSV, path), 0);
	CHECK_INT_EQ(file_read(path, 65536, &arena, &text), 0);
	CHECK_STR_EQ(text,
		"\xEF\xBB\xBF\"n\",\"'=text\"\r\n1,\"'=1+1\"\r\n2,\"'=1+1\"\r\n3,\"'=1+1\"\r\n"
		"4,\"'=1+1\"\r\n5,\"'=1+1\"\r\n6,\"'=1+1\"\r\n");
	CHECK_INT_EQ(write_portions(3, GRID_FILE_XLSX, path), 0);
	CHECK_INT_EQ(file_read(path, 65536, &arena, &text), 0);
	CHECK(text.len > 1000 && memcmp(text.ptr, "PK\3\4", 4) == 0);
	CHECK_INT_EQ(write_portions(0, GRID_FILE_CSV, path), ENODATA);
	CHECK_INT_EQ(write_portions(0, GRID_FILE_XLSX, path), ENODATA);
	CHECK_INT_EQ(unlink(path), 0); /* what was there stayed */
	CHECK_INT_EQ(rmdir(folder), 0);
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"what_would_be_a_formula", test_what_would_be_a_formula},
	{"csv_is_quoted", test_csv_is_quoted},
	{"csv_ends_where_there_is_no_room", test_csv_ends_where_there_is_no_room},
	{"workbooks_replace_whole_files", test_workbooks_replace_whole_files},
	{"portions_are_one_file", test_portions_are_one_file},
};

int main(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	return check_main(tests, COUNT(tests));
}
