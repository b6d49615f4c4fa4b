/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A grid as XLSX, by libxlsxwriter. Numbers are floating point in that format, whoever writes it; counts are exact in
 * it up to 2^53.
 */
#include <errno.h>

#include <xlsxwriter.h>

#include "client/admin/cell.h"
#include "client/admin/file.h"
#include "client/admin/grid.h"

#define HUNDREDTHS 10000.0 /* a share is of one there */
#define WIDTH_MIN 10
#define WIDTH_MAX 60

struct sheet_formats {
	lxw_format *heading, *number, *share;
};

/* What the library is given to work with. */
struct writing {
	const struct grid *grid;
	const char *sheet;
};

/* NUL-terminated, in memory that the caller frees. */
static char *c_text(struct str text)
{
	return strndup(text.ptr == NULL ? "" : text.ptr, text.len);
}

/* Always of the type text: the library looks at no sign in it. */
static lxw_error put_text(
	lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, struct str text, lxw_format *format)
{
	char *copy = c_text(text);
	lxw_error error = LXW_ERROR_MEMORY_MALLOC_FAILED;

	if (copy != NULL) {
		error = worksheet_write_string(sheet, row, column, copy, format);
	}
	free(copy);
	return error;
}

static lxw_error put_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
	const struct grid_cell *cell, const struct sheet_formats *formats)
{
	switch (cell->kind) {
	case GRID_NONE:
		return LXW_NO_ERROR;
	case GRID_TEXT:
		return put_text(sheet, row, column, cell->text, NULL);
	case GRID_NUMBER:
		return worksheet_write_number(sheet, row, column, (double)cell->number, formats->number);
	case GRID_SHARE:
		return worksheet_write_number(
			sheet, row, column, (double)cell->number / HUNDREDTHS, formats->share);
	}
	unreachable();
}

/* As wide as its widest text, within reason. */
static double width_of(const struct grid *grid, size_t column)
{
	size_t width = size_max(cell_width(grid->headings[column]), WIDTH_MIN);

	for (size_t i = column; i < grid->cell_count; i += grid->column_count) {
		width = size_max(width, cell_width(grid->cells[i].text));
	}
	return (double)size_min(width, WIDTH_MAX) + 2;
}

static lxw_error put_headings(
	lxw_worksheet *sheet, const struct grid *grid, const struct sheet_formats *formats)
{
	lxw_error error = LXW_NO_ERROR;

	for (size_t i = 0; error == LXW_NO_ERROR && i < grid->column_count; i++) {
		lxw_col_t column = (lxw_col_t)i;

		error = worksheet_set_column(sheet, column, column, width_of(grid, i), NULL);
		if (error == LXW_NO_ERROR) {
			error = put_text(sheet, 0, column, grid->headings[i], formats->heading);
		}
	}
	worksheet_freeze_panes(sheet, 1, 0);
	return error;
}

static lxw_error put_all(lxw_workbook *book, const struct writing *writing)
{
	const struct grid *grid = writing->grid;
	lxw_worksheet *sheet = workbook_add_worksheet(book, writing->sheet);
	struct sheet_formats formats = {
		workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
	lxw_error error;

	if (sheet == NULL || formats.heading == NULL || formats.number == NULL ||
		formats.share == NULL) {
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	}
	format_set_bold(formats.heading);
	format_set_num_format(formats.number, "0");
	format_set_num_format(formats.share, "0.00%");
	error = put_headings(sheet, grid, &formats);
	for (size_t i = 0; error == LXW_NO_ERROR && i < grid->cell_count; i++) {
		error = put_cell(sheet, (lxw_row_t)(1 + i / grid->column_count),
			(lxw_col_t)(i % grid->column_count), &grid->cells[i], &formats);
	}
	return error;
}

static int write_beside(void *context, const char *beside)
{
	lxw_workbook *book = workbook_new(beside);
	lxw_error error;
	lxw_error close_error;

	if (book == NULL) {
		return ENOMEM;
	}
	error = put_all(book, context);
	errno = 0;
	close_error = workbook_close(book); /* frees it, and only now writes the file */
	if (error == LXW_NO_ERROR && close_error == LXW_NO_ERROR) {
		return 0;
	}
	if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) {
		return ENOMEM;
	}
	return errno != 0 ? errno : EIO;
}

int grid_write_xlsx(const struct grid *grid, const char *path, const char *sheet)
{
	struct writing writing = {grid, sheet};

	assert(grid->column_count > 0 && grid->cell_count % grid->column_count == 0);
	return file_replace_by(path, write_beside, &writing);
}
