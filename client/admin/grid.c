/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/grid.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#include "client/admin/cell.h"

#define CELLS_FIRST 256

void grid_init(struct grid *grid)
{
	*grid = (struct grid){0};
	arena_init(&grid->arena, GRID_BYTES_MAX);
}

void grid_fini(struct grid *grid)
{
	free(grid->cells);
	arena_fini(&grid->arena);
	*grid = (struct grid){0};
}

void grid_add_column(struct grid *grid, const char *heading)
{
	assert(grid->cell_count == 0 && grid->column_count < GRID_COLUMNS_MAX);
	grid->headings[grid->column_count++] = str_from_c(heading);
}

/* Out of memory it aborts, as the program's tables do. */
static void add(struct grid *grid, struct grid_cell cell)
{
	assert(grid->column_count > 0);
	if (grid->cell_count == grid->cell_max) {
		grid->cell_max = size_max(grid->cell_max * 2, CELLS_FIRST);
		grid->cells = reallocarray(grid->cells, grid->cell_max, sizeof(*grid->cells));
		if (grid->cells == NULL) {
			abort();
		}
	}
	grid->cells[grid->cell_count++] = cell;
}

void grid_add_none(struct grid *grid)
{
	add(grid, (struct grid_cell){.kind = GRID_NONE});
}

void grid_add_text(struct grid *grid, struct str text)
{
	struct str clean = cell_clean(&grid->arena, text, CELL_ONE_LINE);

	/* Looked at before and after: what is hidden may stand before the sign, and a tab becomes a blank. */
	add(grid, (struct grid_cell){.kind = GRID_TEXT,
				  .text = clean,
				  .is_formula = grid_is_formula(text) || grid_is_formula(clean)});
}

void grid_add_number(struct grid *grid, int64_t number)
{
	add(grid, (struct grid_cell){.kind = GRID_NUMBER, .number = number});
}

void grid_add_share(struct grid *grid, int64_t hundredths)
{
	add(grid, (struct grid_cell){.kind = GRID_SHARE, .number = hundredths});
}

static bool is_blank(uint32_t point)
{
	return point == ' ' || point == 0xA0 || point == 0x3000;
}

static bool is_sign(uint32_t point)
{
	static const uint32_t signs[] = {
		'=', '+', '-', '@', '\t', '\r', '\n', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20}; /* ＝＋－＠ */

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (signs[i] == point) {
			return true;
		}
	}
	return false;
}

bool grid_is_formula(struct str text)
{
	size_t points;

	if (utf8_check(span_of(text.ptr, text.len), &points) == UTF8_INVALID) {
		return true; /* nobody knows what a spreadsheet makes of it */
	}
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);

		if (!is_blank(point)) {
			return is_sign(point);
		}
	}
	return false;
}
