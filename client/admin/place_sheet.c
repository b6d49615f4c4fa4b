/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/place_sheet.h"

#include <stdlib.h>

#include "client/admin/fault.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"

enum column { COLUMN_KIND, COLUMN_CODE, COLUMN_NAME, COLUMN_PARENT, COLUMN_TEAM, COLUMN_COUNT };

const struct sheet_column place_sheet_columns[] = {
	[COLUMN_KIND] = {"kind", "类型", false},
	[COLUMN_CODE] = {"code", "编码", false},
	[COLUMN_NAME] = {"name", "名称", true},
	[COLUMN_PARENT] = {"parent", "上级", true},
	[COLUMN_TEAM] = {"team", "小组", true},
};
const size_t place_sheet_column_count = COUNT(place_sheet_columns);
static_assert(COUNT(place_sheet_columns) == COLUMN_COUNT, "a row a column");

/* Fields of PlaceImportRow by the column that they come from. */
static const char *const field_names[COLUMN_COUNT] = {
	[COLUMN_KIND] = "kind",
	[COLUMN_CODE] = "code",
	[COLUMN_NAME] = "name",
	[COLUMN_PARENT] = "parent_code",
	[COLUMN_TEAM] = "team_name",
};

/* What companies write in their own files, whatever language this program speaks. */
static const struct {
	const char *words;
	Pb__Place__Kind kind;
} kind_words[] = {
	{"楼", PB__PLACE__KIND__BUILDING},
	{"楼栋", PB__PLACE__KIND__BUILDING},
	{"楼宇", PB__PLACE__KIND__BUILDING},
	{"单元", PB__PLACE__KIND__ENTRANCE},
	{"户", PB__PLACE__KIND__DWELLING},
	{"房屋", PB__PLACE__KIND__DWELLING},
	{"花园", PB__PLACE__KIND__GARDEN},
	{"绿地", PB__PLACE__KIND__GARDEN},
	{"门", PB__PLACE__KIND__GATE},
	{"大门", PB__PLACE__KIND__GATE},
	{"出入口", PB__PLACE__KIND__GATE},
	{"车库", PB__PLACE__KIND__GARAGE},
	{"道路", PB__PLACE__KIND__ROAD},
	{"设备房", PB__PLACE__KIND__FACILITY},
	{"设施", PB__PLACE__KIND__FACILITY},
	{"公共部位", PB__PLACE__KIND__COMMON},
};

/* Why the server refuses a cell, in whole sentences. */
static const struct {
	enum column column;
	const char *code;
	const char *reason;
} reasons[] = {
	{COLUMN_KIND, "FIELD_MISSING", N_("is empty")},
	{COLUMN_CODE, "FIELD_MISSING", N_("is empty")},
	{COLUMN_CODE, "FIELD_LENGTH", N_("is longer than 32 characters")},
	{COLUMN_CODE, "FIELD_INVALID",
		N_("has a blank at its beginning or end, or a control character")},
	{COLUMN_CODE, "NAME_TAKEN", N_("another row or place has this code already")},
	{COLUMN_NAME, "FIELD_LENGTH", N_("is longer than 64 characters")},
	{COLUMN_NAME, "FIELD_INVALID", N_("has a control character")},
	{COLUMN_PARENT, "FIELD_MISSING",
		N_("is empty: an entrance is in a building, a dwelling in an entrance")},
	{COLUMN_PARENT, "FIELD_INVALID", N_("a place of this kind cannot be in that one")},
	{COLUMN_PARENT, "NOT_FOUND", N_("no row and no place has this code")},
	{COLUMN_TEAM, "FIELD_INVALID", N_("teams have entrances and common places only")},
	{COLUMN_TEAM, "NOT_FOUND", N_("the community has no such butler team")},
};

static bool parse_kind(struct str text, int *out)
{
	for (size_t i = 0; i < COUNT(kind_words); i++) {
		if (str_equal(text, str_from_c(kind_words[i].words))) {
			*out = (int)kind_words[i].kind;
			return true;
		}
	}
	return label_parse(&pb__place__kind__descriptor, text, out);
}

static void take_kind(
	struct place_sheet *out, Pb__PlaceImportRow *row, size_t number, struct str text)
{
	int kind;

	if (text.len == 0) {
		return; /* the server says so */
	}
	row->has_kind = parse_kind(text, &kind);
	if (row->has_kind) {
		row->kind = (Pb__Place__Kind)kind;
		return;
	}
	out->problems[out->problem_count] = (struct sheet_problem){
		number, place_sheet_columns[COLUMN_KIND].name, "FIELD_ENUM", _("is no kind of place")};
	out->problem_count++;
	out->bad_count++; /* one a row at most, here */
}

static char *text_of(struct arena *arena, struct str cell)
{
	return cell.len == 0 ? NULL : arena_c_string(arena, cell);
}

bool place_sheet_take(const struct sheet *sheet, struct arena *arena, struct place_sheet *out)
{
	Pb__PlaceImportRow *made = arena_alloc(arena, (sheet->count + 1) * sizeof *made);

	*out = (struct place_sheet){0};
	out->rows = arena_alloc(arena, (sheet->count + 1) * sizeof(Pb__PlaceImportRow *));
	out->numbers = arena_alloc(arena, (sheet->count + 1) * sizeof *out->numbers);
	out->problems = arena_alloc(arena, (sheet->count + 1) * sizeof *out->problems);
	if (arena->failed) {
		return false;
	}
	for (size_t i = 0; i < sheet->count; i++) {
		const struct str *cells = sheet->rows[i].cells;

		for (size_t k = 0; k < COLUMN_COUNT; k++) {
			if (cells[k].len > 0 && memchr(cells[k].ptr, '\0', cells[k].len) != NULL) {
				return false;
			}
		}
		pb__place_import_row__init(&made[i]);
		take_kind(out, &made[i], sheet->rows[i].number, cells[COLUMN_KIND]);
		made[i].code = text_of(arena, cells[COLUMN_CODE]);
		made[i].name = text_of(arena, cells[COLUMN_NAME]);
		made[i].parent_code = text_of(arena, cells[COLUMN_PARENT]);
		made[i].team_name = text_of(arena, cells[COLUMN_TEAM]);
		out->numbers[i] = sheet->rows[i].number;
		out->rows[i] = &made[i];
	}
	out->count = sheet->count;
	return !arena->failed;
}

/* COLUMN_COUNT for a field that this program does not know. */
static enum column column_of(const char *field)
{
	size_t i = 0;

	while (i < COLUMN_COUNT && strcmp(field_names[i], field) != 0) {
		i++;
	}
	return (enum column)i;
}

static const char *reason_of(
	struct arena *arena, enum column column, const Pb__PlaceImportProblem *problem)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].column == column && strcmp(reasons[i].code, problem->code) == 0) {
			return _(reasons[i].reason);
		}
	}
	return arena_c_string(arena, arena_printf(arena, "%s: %s", problem->code,
									 problem->allowed == NULL ? "" : problem->allowed));
}

static int compare(const void *a, const void *b)
{
	const struct sheet_problem *left = a;
	const struct sheet_problem *right = b;
	int order = (left->row > right->row) - (left->row < right->row);

	return order != 0 ? order : strcmp(left->column, right->column);
}

void place_sheet_add(
	struct place_sheet *places, const Pb__PlaceImportReply *reply, struct arena *arena)
{
	size_t max = places->problem_count + reply->n_problems;
	struct sheet_problem *all = arena_alloc(arena, (max + 1) * sizeof *all);
	size_t count = places->problem_count;

	if (all == NULL) {
		return; /* the arena says so */
	}
	memcpy(all, places->problems, count * sizeof *all);
	for (size_t i = 0; i < reply->n_problems; i++) {
		const Pb__PlaceImportProblem *problem = reply->problems[i];
		enum column column;

		if (problem->row < 1 || problem->row > places->count || problem->field == NULL ||
			problem->code == NULL) {
			continue;
		}
		column = column_of(problem->field);
		/* A kind that was typed and is none: the server saw it absent. */
		if (column == COLUMN_COUNT ||
			(column == COLUMN_KIND && places->problem_count > 0 &&
				bsearch(&(struct sheet_problem){places->numbers[problem->row - 1], "kind", "",
							""},
					places->problems, places->problem_count, sizeof *all, compare) != NULL)) {
			continue;
		}
		all[count++] = (struct sheet_problem){places->numbers[problem->row - 1],
			place_sheet_columns[column].name, arena_c_string(arena, str_from_c(problem->code)),
			reason_of(arena, column, problem)};
	}
	qsort(all, count, sizeof *all, compare);
	places->problems = all;
	places->problem_count = count;
	places->bad_count = 0;
	for (size_t i = 0; i < count; i++) {
		places->bad_count += i == 0 || all[i].row != all[i - 1].row;
	}
}
