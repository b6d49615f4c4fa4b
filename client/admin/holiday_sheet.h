/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of a year's holidays between its cells and the request: date/日期 (2026-10-01), kind/类型 (off or work; 休
 * or 班; true or false for off), name/名称.
 */
#pragma once

#include "promise.pb-c.h"

#include "client/admin/sheet_file.h"

#define HOLIDAY_SHEET_ROWS_MAX 80

enum holiday_column {
	HOLIDAY_COLUMN_DATE,
	HOLIDAY_COLUMN_KIND,
	HOLIDAY_COLUMN_NAME,
	HOLIDAY_COLUMN_COUNT
};

extern const struct sheet_column holiday_columns[HOLIDAY_COLUMN_COUNT];

/* All memory is the arena's. */
struct holiday_sheet {
	Pb__Holiday **days;
	size_t *numbers; /* of each row, in the file */
	size_t count;
	struct sheet_problem *problems;
	size_t problem_count;
};

/* The rows as a request holds them, and each cell that means nothing. False where the arena is full. */
bool holiday_sheet_take(
	const struct sheet *sheet, struct arena *arena, struct holiday_sheet *out) must_check;

/* What the server found, in the place of the problems before. */
void holiday_sheet_add(
	struct holiday_sheet *sheet, const Pb__HolidayLoadReply *reply, struct arena *arena);
