/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/holiday_sheet.h"

#include <strings.h>

#include "client/admin/day.h"
#include "client/admin/i18n.h"

const struct sheet_column holiday_columns[HOLIDAY_COLUMN_COUNT] = {
	[HOLIDAY_COLUMN_DATE] = {"date", "日期", false},
	[HOLIDAY_COLUMN_KIND] = {"kind", "类型", false},
	[HOLIDAY_COLUMN_NAME] = {"name", "名称", false},
};

/* Fields of Holiday by the column that they come from. */
static const char *const field_names[HOLIDAY_COLUMN_COUNT] = {
	[HOLIDAY_COLUMN_DATE] = "day",
	[HOLIDAY_COLUMN_KIND] = "is_off",
	[HOLIDAY_COLUMN_NAME] = "name",
};

static const struct {
	const char *words;
	bool is_off;
} kinds[] = {
	{"off", true},
	{"work", false},
	{"休", true},
	{"班", false},
	{"true", true},
	{"false", false},
};

static const struct {
	enum holiday_column column;
	const char *code;
	const char *reason;
} reasons[] = {
	{HOLIDAY_COLUMN_DATE, "FIELD_RANGE",
		N_("is no day of the year, nor of the December before it")},
	{HOLIDAY_COLUMN_DATE, "NAME_TAKEN", N_("another row has this day already")},
	{HOLIDAY_COLUMN_KIND, "FIELD_MISSING", N_("is empty")},
	{HOLIDAY_COLUMN_KIND, "FIELD_INVALID", N_("a day that makes up is a Saturday or Sunday")},
	{HOLIDAY_COLUMN_NAME, "FIELD_MISSING", N_("is empty")},
	{HOLIDAY_COLUMN_NAME, "FIELD_LENGTH", N_("is longer than 64 characters")},
	{HOLIDAY_COLUMN_NAME, "FIELD_INVALID", N_("has a control character")},
};

static void complain(struct holiday_sheet *out, size_t row, enum holiday_column column,
	const char *code, const char *reason)
{
	out->problems[out->problem_count++] =
		(struct sheet_problem){row, holiday_columns[column].name, code, reason};
}

static bool take_kind(struct str cell, bool *out_is_off)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (cell.len == strlen(kinds[i].words) &&
			strncasecmp(cell.ptr, kinds[i].words, cell.len) == 0) {
			*out_is_off = kinds[i].is_off;
			return true;
		}
	}
	return false;
}

static void take_row(
	struct holiday_sheet *out, Pb__Holiday *day, const struct sheet_row *row, struct arena *arena)
{
	struct str kind = row->cells[HOLIDAY_COLUMN_KIND];
	struct str name = row->cells[HOLIDAY_COLUMN_NAME];
	bool is_off = false;

	pb__holiday__init(day);
	day->has_day = day_parse(row->cells[HOLIDAY_COLUMN_DATE], &day->day);
	if (!day->has_day) {
		complain(out, row->number, HOLIDAY_COLUMN_DATE, "FIELD_INVALID",
			_("is no day of the calendar, as 2026-10-01"));
	}
	day->has_is_off = take_kind(kind, &is_off);
	day->is_off = is_off;
	if (!day->has_is_off && kind.len > 0) {
		complain(out, row->number, HOLIDAY_COLUMN_KIND, "FIELD_ENUM", _("is neither off nor work"));
	}
	day->name = name.len == 0 ? NULL : arena_c_string(arena, name);
}

bool holiday_sheet_take(const struct sheet *sheet, struct arena *arena, struct holiday_sheet *out)
{
	Pb__Holiday *made = arena_alloc(arena, (sheet->count + 1) * sizeof *made);

	*out = (struct holiday_sheet){.count = sheet->count};
	out->days = arena_alloc(arena, (sheet->count + 1) * sizeof *out->days);
	out->numbers = arena_alloc(arena, (sheet->count + 1) * sizeof *out->numbers);
	out->problems =
		arena_alloc(arena, (sheet->count * HOLIDAY_COLUMN_COUNT + 1) * sizeof *out->problems);
	for (size_t i = 0; !arena->failed && i < sheet->count; i++) {
		take_row(out, &made[i], &sheet->rows[i], arena);
		out->numbers[i] = sheet->rows[i].number;
		out->days[i] = &made[i];
	}
	return !arena->failed;
}

/* HOLIDAY_COLUMN_COUNT for a field that this program does not know. */
static enum holiday_column column_of(const char *field)
{
	size_t i = 0;

	while (i < HOLIDAY_COLUMN_COUNT && strcmp(field_names[i], field) != 0) {
		i++;
	}
	return (enum holiday_column)i;
}

static const char *reason_of(
	struct arena *arena, enum holiday_column column, const Pb__HolidayProblem *problem)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].column == column && strcmp(reasons[i].code, problem->code) == 0) {
			return _(reasons[i].reason);
		}
	}
	return arena_c_string(
		arena, str_from_c(problem->allowed == NULL ? problem->code : problem->allowed));
}

void holiday_sheet_add(
	struct holiday_sheet *sheet, const Pb__HolidayLoadReply *reply, struct arena *arena)
{
	sheet->problems = arena_alloc(arena, (reply->n_problems + 1) * sizeof *sheet->problems);
	sheet->problem_count = 0;
	for (size_t i = 0; sheet->problems != NULL && i < reply->n_problems; i++) {
		const Pb__HolidayProblem *problem = reply->problems[i];
		enum holiday_column column;

		if (problem->row < 1 || problem->row > sheet->count || problem->field == NULL ||
			problem->code == NULL) {
			continue;
		}
		column = column_of(problem->field);
		if (column == HOLIDAY_COLUMN_COUNT) {
			continue;
		}
		complain(sheet, sheet->numbers[problem->row - 1], column,
			arena_c_string(arena, str_from_c(problem->code)), reason_of(arena, column, problem));
	}
}
