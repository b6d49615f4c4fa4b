/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: columns line up whatever is in them, and only the elastic one gives way on a terminal.
 * Output goes to memory and is compared as a whole.
 */
#include "client/admin/table.h"

#include <locale.h>
#include <stdlib.h>

#include "client/admin/cell.h"
#include "tests/check.h"

static const struct table_column columns[] = {
	{"NUMBER", false},
	{"TITLE", true},
	{"TEAM", false},
};

static void fill(struct table *table)
{
	static const char *const cells[] = {
		"20261124-0001",
		"电梯不动了，有老人被困在五楼",
		"一号楼小组",
		"20261124-0002",
		"lamp\nout",
		"",
	};

	table_init(table, columns, COUNT(columns));
	for (size_t i = 0; i < COUNT(cells); i++) {
		table_add_c(table, cells[i]);
	}
}

/* What a table prints at a width; the caller's to free. */
static char *printed(struct table *table, size_t width)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	table_print(table, out, width);
	(void)fclose(out);
	return text;
}

static void test_print_lines_columns_up(void)
{
	struct table table;
	char *text;

	fill(&table);
	text = printed(&table, 0);
	CHECK_STR_EQ(text, "NUMBER         TITLE                         TEAM\n"
					   "20261124-0001  电梯不动了，有老人被困在五楼  一号楼小组\n"
					   "20261124-0002  lamp out\n");
	free(text);
	table_fini(&table);
}

static void test_print_fits_every_width(void)
{
	for (size_t width = 40; width < 80; width++) {
		struct table table;
		char *text;

		fill(&table);
		text = printed(&table, width);
		for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
			/* 13 + 12 + 10 columns and two gaps are the least. */
			CHECK(cell_width(str_from_c(line)) <= (width < 39 ? 39 : width));
		}
		free(text);
		table_fini(&table);
	}
}

static void test_print_cuts_only_the_elastic_column(void)
{
	struct table table;
	char *text;

	fill(&table);
	text = printed(&table, 44);
	CHECK_STR_EQ(text, "NUMBER         TITLE              TEAM\n"
					   "20261124-0001  电梯不动了，有老…  一号楼小组\n"
					   "20261124-0002  lamp out\n");
	free(text);
	table_fini(&table);
}

static void test_second_portion_has_no_heading(void)
{
	struct table table;
	char *text;

	fill(&table);
	free(printed(&table, 0));
	table_add_c(&table, "20261124-0003");
	table_add_c(&table, "x");
	table_add_c(&table, "二号楼小组");
	text = printed(&table, 0);
	CHECK_STR_EQ(text, "20261124-0003  x                             二号楼小组\n");
	free(text);
	table_fini(&table);
}

static const struct test tests[] = {
	{"print_lines_columns_up", test_print_lines_columns_up},
	{"print_fits_every_width", test_print_fits_every_width},
	{"print_cuts_only_the_elastic_column", test_print_cuts_only_the_elastic_column},
	{"second_portion_has_no_heading", test_second_portion_has_no_heading},
};

int main(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	return check_main(tests, COUNT(tests));
}
