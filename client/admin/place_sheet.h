/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of places between its cells and the request. Headings are in English or Chinese: kind/类型,
 * code/编码, name/名称, parent/上级, team/小组; only kind and code must be there. What only the server can know is
 * wrong with a row, it says; the two are one list here, by the rows of the file.
 */
#pragma once

#include "place.pb-c.h"
#include "common/arena.h"
#include "common/err.h"

#include "client/admin/sheet_file.h"

#define PLACE_SHEET_ROWS_MAX 10000

/* All memory is the arena's. */
struct place_sheet {
	Pb__PlaceImportRow **rows;
	size_t *numbers; /* of each row, in the file */
	size_t count;
	struct sheet_problem *problems;
	size_t problem_count;
	size_t bad_count; /* rows that have one */
};

/* The columns, for sheet_read_columns. */
extern const struct sheet_column place_sheet_columns[];
extern const size_t place_sheet_column_count;

/*
 * The rows as a request holds them; a kind that nobody knows is a problem already. False where a cell
 * holds U+0000, or the arena is full.
 */
bool place_sheet_take(
	const struct sheet *sheet, struct arena *arena, struct place_sheet *out) must_check;

/* Adds what the server found, in the order of rows; our own words for the same cell stay. */
void place_sheet_add(
	struct place_sheet *places, const Pb__PlaceImportReply *reply, struct arena *arena);
