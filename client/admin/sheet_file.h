/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that a command was given as its first argument, read whole and found to be a sheet; and what is wrong
 * with its rows, by row and column, as every command that reads files says it.
 */
#pragma once

#include <jansson.h>

#include "common/arena.h"
#include "common/err.h"

#include "common/sheet.h"

struct app;

#define SHEET_FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* What the caller wants of it. */
struct sheet_wish {
	const struct sheet_column *columns;
	size_t column_count;
	size_t rows_max;
};

/*
 * The text of a file, before it is read: UTF-8 without U+0000 where no other encoding is named.
 *
 *   out_row  with false: the first row that is not
 */
bool sheet_file_is_text(struct str text, size_t *out_row) must_check;

/* ERR_OK with at least a row and no U+0000 in any cell; else the reason is in app->fault. */
enum err sheet_file_read(
	struct app *app, struct sheet_wish wish, struct arena *arena, struct sheet *out) must_check;

struct sheet_problem {
	size_t row;         /* of the file; 0: of the file as a whole */
	const char *column; /* English heading */
	const char *code;   /* as the server says it, or would */
	const char *reason; /* in the person's language */
};

/* On standard error, where people see it whatever becomes of the output. */
void sheet_problems_print(const struct sheet_problem *problems, size_t count);
json_t *sheet_problems_json(const struct sheet_problem *problems, size_t count);
