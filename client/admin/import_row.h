/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a file of messages, checked before any of them is sent: every cell that the server would
 * refuse is found here, with its row, its column and a reason in the person's language.
 *
 *   msg_id      the source's own name of the message: with the source it makes the key, so that a
 *               second import doubles nothing
 *   created_at  local time of the community
 *   title       may be empty
 *   detail      what was said; where it is empty the title stands for it
 *   reply       what was answered, where it was; with it the complaint begins closed
 *   replied_at  when, local time of the community; a file has both of these columns or none, and so
 *               has a row
 */
#pragma once

#include "common/arena.h"
#include "common/uuid.h"

#include "common/sheet.h"

enum import_column {
	IMPORT_MSG_ID,
	IMPORT_CREATED_AT,
	IMPORT_TITLE,
	IMPORT_DETAIL,
	IMPORT_REPLY,
	IMPORT_REPLIED_AT,
	IMPORT_COLUMN_COUNT,
};

extern const struct sheet_column import_columns[IMPORT_COLUMN_COUNT];

struct import_row {
	size_t number; /* of the sheet */
	struct str title;
	struct str text;
	int64_t submitted_us;
	struct str answer; /* empty: there was none */
	int64_t answered_us;
	struct uuid key;
};

struct import_problem {
	size_t row;
	const char *column; /* "" where it is the row as a whole */
	const char *reason;
};

/* All memory is the arena's. */
struct import_rows {
	struct import_row *rows; /* the good ones, in their order */
	size_t count;
	size_t bad_count;     /* rows that have problems */
	size_t garbled_count; /* of those, rows that are not UTF-8 */
	struct import_problem *problems;
	size_t problem_count;
};

/* What rows are checked by. */
struct import_rules {
	struct str source; /* one half of the keys */
	const char *zone;  /* known (when.h) */
	int64_t now_us;    /* nothing was said or answered after it */
};

/* The column of the pair that the file lacks, where it has the other; NULL: all is well. */
const char *import_missing_column(const struct sheet *sheet);

/* Checks all rows of a sheet that was read with import_columns; false where the arena is full. */
bool import_rows_check(const struct sheet *sheet, const struct import_rules *rules,
	struct arena *arena, struct import_rows *out) must_check;
