/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CSV file as rows and columns found by their names. It checks that the file is one: encoding,
 * quotes, header. What the cells mean is the business of the caller (import_row.h).
 *
 * Rows count as a spreadsheet shows them: the header is row 1, empty lines count.
 */
#pragma once

#include "common/arena.h"
#include "common/base.h"
#include "common/span.h"

#define SHEET_COLUMNS_MAX 256
#define SHEET_ROWS_MAX 1000000
#define SHEET_CELL_BYTES_MAX (1024 * 1024)

struct sheet_row {
	size_t number;
	struct str *cells; /* as many as the caller named columns; absent ones are empty */
	bool has_more;     /* something stands behind the last column of the header */
};

struct sheet {
	struct sheet_row *rows; /* all memory is the arena's */
	size_t count;
	const bool *is_there; /* of each named column, whether the header has it */
};

/* A column that the caller wants. */
struct sheet_column {
	const char *name;
	const char *other; /* another name for it; NULL: none */
	bool is_optional;  /* where the header has none its cells are empty */
};

enum sheet_verdict {
	SHEET_OK,
	SHEET_EMPTY,    /* not even a header */
	SHEET_ENCODING, /* the encoding is unknown, or the file is not in it: fault.row */
	SHEET_IS_UTF8,  /* the file is UTF-8, and another encoding was given */
	SHEET_NO_TEXT,  /* the header is not UTF-8, or has zero bytes */
	SHEET_QUOTES,   /* a quote that is not closed, or stands inside a cell: fault.row */
	SHEET_COLUMN,   /* fault.column is missing in the header */
	SHEET_TWICE,    /* fault.column is there twice */
	SHEET_WIDTH,    /* more than SHEET_COLUMNS_MAX cells: fault.row */
	SHEET_CELL,     /* a cell over SHEET_CELL_BYTES_MAX, perhaps of a quote not closed: fault.row */
	SHEET_TOO_BIG,  /* SHEET_ROWS_MAX, or the arena */
};

struct sheet_fault {
	size_t row;
	const char *column;
};

/*
 * Reads a whole file.
 *
 *   text       as read; a byte order mark is passed over
 *   encoding   of the text, for iconv; NULL or "UTF-8": it is UTF-8 already, and cells that are not
 *              are given as they are, for the caller to report each
 *   columns    names that the header must have; others are ignored
 *   out        borrows from the arena
 */
enum sheet_verdict sheet_read(struct str text, const char *encoding, const char *const *columns,
	size_t column_count, struct arena *arena, struct sheet *out,
	struct sheet_fault *out_fault) must_check;

/* The same with columns that have two names, or need not be there. */
enum sheet_verdict sheet_read_columns(struct str text, const char *encoding,
	const struct sheet_column *columns, size_t column_count, struct arena *arena, struct sheet *out,
	struct sheet_fault *out_fault) must_check;
