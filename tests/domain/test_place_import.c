/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the check of an import: tables of files, each with everything that is wrong with it; that the
 * order of rows is of no account; that good rows know where they belong; and that of very many bad rows
 * every one is told.
 */
#include "server/domain/place_import.h"

#include <stdlib.h>

#include "tests/check.h"

#define PLENTY (16 * 1024 * 1024)
#define ROWS_MAX 6

/* The community has a building with an entrance, a gate, and two teams. */
static const struct place_import_known known[] = {
	{STR("9"), PLACE_BUILDING},
	{STR("9-1"), PLACE_ENTRANCE},
	{STR("北门"), PLACE_GATE},
};
static const struct str teams[] = {STR("一组"), STR("二组")};
static const struct place_import_facts facts = {known, COUNT(known), teams, COUNT(teams)};

#define ROW(kind, code, parent) \
	{ \
		kind, STR(code), STR(""), STR(parent), STR("") \
	}
#define ROW_OF(kind, code, parent, team) \
	{ \
		kind, STR(code), STR(""), STR(parent), STR(team) \
	}

static const struct import_case {
	const char *what;
	struct place_import_row rows[ROWS_MAX];
	const char *problems; /* "row field error", with ; between */
} cases[] = {
	{"nothing wrong",
		{ROW(PLACE_BUILDING, "1", ""), ROW_OF(PLACE_ENTRANCE, "1-1", "1", "一组"),
			ROW(PLACE_DWELLING, "1-1-101", "1-1"), ROW_OF(PLACE_GATE, "南门", "", "二组"),
			ROW_OF(PLACE_FACILITY, "1-1电梯", "1-1", "二组")},
		""},
	{"backwards",
		{ROW(PLACE_DWELLING, "1-1-101", "1-1"), ROW(PLACE_ENTRANCE, "1-1", "1"),
			ROW(PLACE_BUILDING, "1", "")},
		""},
	{"into what there is",
		{ROW(PLACE_ENTRANCE, "9-2", "9"), ROW(PLACE_DWELLING, "9-1-101", "9-1"),
			ROW(PLACE_GARDEN, "9号楼前花园", "9")},
		""},
	{"no kind", {ROW(0, "1", "")}, "0 kind FIELD_MISSING"},
	{"a kind that there is not", {ROW(77, "1", "")}, "0 kind FIELD_ENUM"},
	{"no code", {ROW(PLACE_BUILDING, "", "")}, "0 code FIELD_MISSING"},
	{"two without a code", {ROW(PLACE_BUILDING, "", ""), ROW(PLACE_BUILDING, "", "")},
		"0 code FIELD_MISSING; 1 code FIELD_MISSING"},
	{"a blank before the code", {ROW(PLACE_BUILDING, " 1", "")}, "0 code FIELD_INVALID"},
	{"twice in the file",
		{ROW(PLACE_BUILDING, "1", ""), ROW(PLACE_GATE, "1", ""), ROW(PLACE_GATE, "1", "")},
		"1 code NAME_TAKEN; 2 code NAME_TAKEN"},
	{"there already", {ROW(PLACE_GATE, "北门", "")}, "0 code NAME_TAKEN"},
	{"a break in the name", {{PLACE_BUILDING, STR("1"), STR("一\n号"), STR(""), STR("")}},
		"0 name FIELD_INVALID"},
	{"a building in a building", {ROW(PLACE_BUILDING, "1", "9")}, "0 parent FIELD_INVALID"},
	{"an entrance alone", {ROW(PLACE_ENTRANCE, "1-1", "")}, "0 parent FIELD_MISSING"},
	{"an entrance in an entrance", {ROW(PLACE_ENTRANCE, "9-1-1", "9-1")}, "0 parent FIELD_INVALID"},
	{"a dwelling in a building", {ROW(PLACE_DWELLING, "9-101", "9")}, "0 parent FIELD_INVALID"},
	{"a gate in a gate", {ROW(PLACE_GATE, "小门", "北门")}, "0 parent FIELD_INVALID"},
	{"in nothing", {ROW(PLACE_DWELLING, "1-1-101", "1-1")}, "0 parent NOT_FOUND"},
	{"in itself", {ROW(PLACE_ENTRANCE, "1-1", "1-1")}, "0 parent FIELD_INVALID"},
	{"in each other", {ROW(PLACE_ENTRANCE, "1-1", "1-2"), ROW(PLACE_ENTRANCE, "1-2", "1-1")},
		"0 parent FIELD_INVALID; 1 parent FIELD_INVALID"},
	{"in a row that is bad itself", {ROW(0, "1", ""), ROW(PLACE_ENTRANCE, "1-1", "1")},
		"0 kind FIELD_MISSING"},
	{"nobody's team", {ROW_OF(PLACE_GATE, "南门", "", "三组")}, "0 team NOT_FOUND"},
	{"a dwelling's team", {ROW_OF(PLACE_DWELLING, "9-1-101", "9-1", "一组")},
		"0 team FIELD_INVALID"},
	{"a building's team", {ROW_OF(PLACE_BUILDING, "1", "", "一组")}, "0 team FIELD_INVALID"},
	{"all at once",
		{{0, STR(""), STR("\t"), STR("1"), STR("三组")}, ROW(PLACE_BUILDING, "1", ""),
			ROW_OF(PLACE_DWELLING, "1", "2", "一组")},
		"0 kind FIELD_MISSING; 0 code FIELD_MISSING; 0 name FIELD_INVALID; 0 team NOT_FOUND;"
		" 2 code NAME_TAKEN; 2 parent NOT_FOUND; 2 team FIELD_INVALID"},
};

static const char *const field_names[PLACE_IMPORT_FIELD_COUNT] = {
	[PLACE_IMPORT_KIND] = "kind",
	[PLACE_IMPORT_CODE] = "code",
	[PLACE_IMPORT_NAME] = "name",
	[PLACE_IMPORT_PARENT] = "parent",
	[PLACE_IMPORT_TEAM] = "team",
};

static struct str words_of(const struct place_import *import, struct arena *arena)
{
	struct str words = STR("");

	for (size_t i = 0; i < import->problem_count; i++) {
		const struct place_import_problem *problem = &import->problems[i];

		assert(problem->allowed[0] != '\0');
		words = arena_printf(arena, "%.*s%s%zu %s %s", STR_ARG(words), i == 0 ? "" : "; ",
			problem->row, field_names[problem->field], err_name(problem->err));
	}
	return words;
}

static size_t rows_of(const struct import_case *one)
{
	size_t count = ROWS_MAX;

	while (count > 0 && one->rows[count - 1].code.ptr == NULL) {
		count--;
	}
	return count;
}

static void test_everything_that_is_wrong_is_told(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place_import import;
		struct arena arena;

		printf("# %s\n", cases[i].what);
		arena_init(&arena, PLENTY);
		import = place_import_check(cases[i].rows, rows_of(&cases[i]), &facts, &arena);
		CHECK(!arena.failed);
		CHECK_STR_EQ(words_of(&import, &arena), cases[i].problems);
		CHECK_INT_EQ(import.bad_count == 0, cases[i].problems[0] == '\0');
		arena_fini(&arena);
	}
}

static void test_good_rows_know_where_they_belong(void)
{
	static const struct place_import_row rows[] = {
		ROW_OF(PLACE_ENTRANCE, "1-1", "1", "二组"),
		ROW(PLACE_BUILDING, "1", ""),
		ROW(PLACE_ENTRANCE, "9-2", "9"),
	};
	struct place_import import;
	struct arena arena;

	arena_init(&arena, PLENTY);
	import = place_import_check(rows, COUNT(rows), &facts, &arena);
	CHECK_INT_EQ(import.problem_count, 0);
	CHECK_INT_EQ(import.links[0].parent_row, 1);
	CHECK_INT_EQ(import.links[0].parent_known, PLACE_IMPORT_NOWHERE);
	CHECK_INT_EQ(import.links[0].team, 1);
	CHECK_INT_EQ(import.links[1].parent_row, PLACE_IMPORT_NOWHERE);
	CHECK_INT_EQ(import.links[1].parent_known, PLACE_IMPORT_NOWHERE);
	CHECK_INT_EQ(import.links[1].team, PLACE_IMPORT_NOWHERE);
	CHECK_INT_EQ(import.links[2].parent_known, 0);
	arena_fini(&arena);
}

/* Each row has four problems; there is room for all rows' first, and some more. */
static void test_of_very_many_bad_rows_each_is_told(void)
{
	struct place_import_row *rows = calloc(PLACE_IMPORT_ROWS_MAX, sizeof *rows);
	struct place_import import;
	struct arena arena;
	size_t told = 0;

	assert(rows != NULL);
	for (size_t i = 0; i < PLACE_IMPORT_ROWS_MAX; i++) {
		rows[i] = (struct place_import_row){0, STR(""), STR("\t"), STR("x"), STR("三组")};
	}
	arena_init(&arena, PLENTY);
	import = place_import_check(rows, PLACE_IMPORT_ROWS_MAX, &facts, &arena);
	CHECK_INT_EQ(import.bad_count, PLACE_IMPORT_ROWS_MAX);
	CHECK_INT_EQ(import.problem_count, PLACE_IMPORT_ROWS_MAX + PLACE_IMPORT_SPARE);
	for (size_t i = 0; i < import.problem_count; i++) {
		told += i == 0 || import.problems[i].row != import.problems[i - 1].row;
	}
	CHECK_INT_EQ(told, PLACE_IMPORT_ROWS_MAX);
	arena_fini(&arena);
	free(rows);
}

static void test_without_memory_the_arena_says_so(void)
{
	bool was_enough = false;

	for (size_t max = 0; !was_enough; max += 512) {
		struct arena arena;

		arena_init(&arena, max);
		(void)place_import_check(cases[0].rows, rows_of(&cases[0]), &facts, &arena);
		was_enough = !arena.failed;
		arena_fini(&arena);
		CHECK(max < PLENTY);
	}
}

static const struct test tests[] = {
	{"everything_that_is_wrong_is_told", test_everything_that_is_wrong_is_told},
	{"good_rows_know_where_they_belong", test_good_rows_know_where_they_belong},
	{"of_very_many_bad_rows_each_is_told", test_of_very_many_bad_rows_each_is_told},
	{"without_memory_the_arena_says_so", test_without_memory_the_arena_says_so},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
