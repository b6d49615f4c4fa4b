/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table for a spreadsheet: headings, and cells that are text, whole numbers, shares, or nothing. Written as CSV or as
 * XLSX; what people typed never becomes a formula there.
 *
 *   CSV   RFC 4180: commas, CRLF, every text in quotes; UTF-8 with its byte order mark, without which Excel takes Chinese
 *         for something else. A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP,
 *         CSV injection): such texts begin with = + - @, these in full width, a tab or a line end, perhaps behind blanks.
 *   XLSX  texts are cells of the type text, which are shown as they are; an apostrophe would be seen.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

struct buf;

#define GRID_COLUMNS_MAX 32
#define GRID_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum grid_kind { GRID_NONE, GRID_TEXT, GRID_NUMBER, GRID_SHARE };

struct grid_cell {
	enum grid_kind kind;
	struct str text; /* in the arena; clean (cell.h) */
	bool is_formula; /* a spreadsheet would take it for one */
	int64_t number;  /* a share in hundredths of a per cent */
};

struct grid {
	struct str headings[GRID_COLUMNS_MAX]; /* borrowed */
	size_t column_count;
	struct grid_cell *cells; /* row by row; owned */
	size_t cell_count;
	size_t cell_max;
	struct arena arena;
};

void grid_init(struct grid *grid);
void grid_fini(struct grid *grid);

/* Before the first cell. */
void grid_add_column(struct grid *grid, const char *heading);

void grid_add_none(struct grid *grid);
void grid_add_text(struct grid *grid, struct str text);
void grid_add_number(struct grid *grid, int64_t number);
void grid_add_share(struct grid *grid, int64_t hundredths);

/* Would a spreadsheet take this for a formula? */
bool grid_is_formula(struct str text);

/* The whole as CSV, at the end of `out`; false where that has no room. */
bool grid_csv(const struct grid *grid, struct buf *out) must_check;
/* The same without mark and headings: what goes on behind another. */
bool grid_csv_rows(const struct grid *grid, struct buf *out) must_check;

/*
 * Writes it as one sheet. `path` is replaced when all of it is there.
 *
 *   returns  an errno, 0 for success
 */
int grid_write_xlsx(const struct grid *grid, const char *path, const char *sheet) must_check;
