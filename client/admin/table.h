/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in columns that line up, Chinese too. On a terminal the elastic column gives way, so that a
 * row is a line; in a file or a pipe nothing is cut.
 *
 *     table_init(&table, columns, COUNT(columns));
 *     table_add(&table, text) …            a cell at a time, row by row
 *     table_print(&table, stdout, width)
 *     table_fini(&table);
 *
 * Cells are cleaned (cell.h) when they are added.
 */
#pragma once

#include <stdio.h>

#include "common/arena.h"
#include "common/span.h"

#define TABLE_COLUMNS_MAX 12
#define TABLE_BYTES_MAX (64 * 1024 * 1024)

struct table_column {
	const char *heading; /* English; shown through gettext */
	bool is_elastic;     /* cut where the terminal is narrow */
};

struct table {
	const struct table_column *columns; /* borrowed */
	size_t column_count;
	size_t widths[TABLE_COLUMNS_MAX]; /* of the widest cell so far, and of the heading */
	struct str *cells;                /* row by row; owned, the texts lie in the arena */
	size_t cell_count;
	size_t cell_max;
	struct arena arena;
	bool is_headed; /* the headings were printed: a second portion goes on below the first */
};

void table_init(struct table *table, const struct table_column *columns, size_t count);
void table_fini(struct table *table);

void table_add(struct table *table, struct str text);
void table_add_c(struct table *table, const char *text);

/* Prints what was added since the last time; width 0: as wide as it is. */
void table_print(struct table *table, FILE *out, size_t width);

/* Columns of the terminal that `out` is; 0 where it is none. */
size_t table_terminal_width(FILE *out);
