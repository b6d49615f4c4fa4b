/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grid as CSV.
 */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"

#include "client/admin/grid.h"

#define MARK "\xEF\xBB\xBF"
#define LINE_END "\r\n"
#define NUMBER_MAX 32 /* bytes of any number as text */

static bool put(struct buf *out, const char *text)
{
	return buf_append(out, span_from_str(str_from_c(text)));
}

/* In quotes; a quote in it twice. */
static bool put_text(struct buf *out, struct str text, bool is_formula)
{
	bool is_good = put(out, is_formula ? "\"'" : "\"");

	while (is_good && text.len > 0) {
		const char *quote = memchr(text.ptr, '"', text.len);
		size_t len = quote == NULL ? text.len : (size_t)(quote - text.ptr) + 1;

		is_good = buf_append(out, span_of(text.ptr, len)) && (quote == NULL || put(out, "\""));
		text = str_of(text.ptr + len, text.len - len);
	}
	return is_good && put(out, "\"");
}

static bool put_cell(struct buf *out, const struct grid_cell *cell)
{
	char number[NUMBER_MAX];

	switch (cell->kind) {
	case GRID_NONE:
		return true;
	case GRID_TEXT:
		return put_text(out, cell->text, cell->is_formula);
	case GRID_NUMBER:
		(void)snprintf(number, sizeof(number), "%lld", (long long)cell->number);
		return put(out, number);
	case GRID_SHARE:
		assert(cell->number >= 0);
		(void)snprintf(number, sizeof(number), "%lld.%02lld%%", (long long)cell->number / 100,
			(long long)cell->number % 100);
		return put(out, number);
	}
	unreachable();
}

bool grid_csv(const struct grid *grid, struct buf *out)
{
	bool is_good = put(out, MARK);

	assert(grid->column_count > 0 && grid->cell_count % grid->column_count == 0);
	for (size_t i = 0; i < grid->column_count; i++) {
		is_good = is_good && (i == 0 || put(out, ",")) &&
		          put_text(out, grid->headings[i], grid_is_formula(grid->headings[i]));
	}
	return is_good && put(out, LINE_END) && grid_csv_rows(grid, out);
}

bool grid_csv_rows(const struct grid *grid, struct buf *out)
{
	bool is_good = true;

	assert(grid->column_count > 0 && grid->cell_count % grid->column_count == 0);
	for (size_t i = 0; is_good && i < grid->cell_count; i++) {
		size_t column = i % grid->column_count;

		is_good = (column == 0 || put(out, ",")) && put_cell(out, &grid->cells[i]) &&
		          (column + 1 < grid->column_count || put(out, LINE_END));
	}
	return is_good;
}
