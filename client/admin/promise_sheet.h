/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of promises between a file's cells and the protocol. The columns are those of the company's own table:
 * kind, subkind and channel (empty: any), urgency, clock (24x7, service_hours or working_days), and for each clock
 * its minutes; an empty cell is no clock, A the end of the appointment, X-1440 so many minutes before the deadline.
 */
#pragma once

#include "promise.pb-c.h"

#include "client/admin/sheet_file.h"

#define PROMISE_SHEET_ROWS_MAX 64

enum promise_column {
	PROMISE_COLUMN_KIND,
	PROMISE_COLUMN_SUBKIND,
	PROMISE_COLUMN_CHANNEL,
	PROMISE_COLUMN_URGENCY,
	PROMISE_COLUMN_CLOCK,
	PROMISE_COLUMN_FIRST_TERM,
	PROMISE_COLUMN_COUNT = PROMISE_COLUMN_FIRST_TERM + 7
};

extern const struct sheet_column promise_columns[PROMISE_COLUMN_COUNT];

/* All memory is the arena's. */
struct promise_sheet {
	Pb__PromiseRow **rows;
	size_t *numbers; /* of each row, in the file */
	size_t count;
	struct sheet_problem *problems;
	size_t problem_count;
};

/* The rows as a request holds them, and each cell that means nothing. False where the arena is full. */
bool promise_sheet_take(
	const struct sheet *sheet, struct arena *arena, struct promise_sheet *out) must_check;

/* What the server found, in the place of the problems before. */
void promise_sheet_add(
	struct promise_sheet *sheet, const Pb__PromiseProposeReply *reply, struct arena *arena);

/* A row as it stands in a file; empty texts where the arena failed. */
void promise_cells(
	const Pb__PromiseRow *row, struct arena *arena, struct str out[PROMISE_COLUMN_COUNT]);
