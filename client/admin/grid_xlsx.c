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
#include "client/admin/grid_file.h"

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

static lxw_error make_formats(lxw_workbook *book, struct sheet_formats *out)
{
	*out = (struct sheet_formats){
		workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
	if (out->heading == NULL || out->number == NULL || out->share == NULL) {
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	}
	format_set_bold(out->heading);
	format_set_num_format(out->number, "0");
	format_set_num_format(out->share, "0.00%");
	return LXW_NO_ERROR;
}

static lxw_error put_all(lxw_workbook *book, const struct writing *writing)
{
	const struct grid *grid = writing->grid;
	lxw_worksheet *sheet = workbook_add_worksheet(book, writing->sheet);
	struct sheet_formats formats;
	lxw_error error = make_formats(book, &formats);

	if (sheet == NULL || error != LXW_NO_ERROR) {
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	}
	error = put_headings(sheet, grid, &formats);
	for (size_t i = 0; error == LXW_NO_ERROR && i < grid->cell_count; i++) {
		error = put_cell(sheet, (lxw_row_t)(1 + i / grid->column_count),
			(lxw_col_t)(i % grid->column_count), &grid->cells[i], &formats);
	}
	return error;
}

/* Closes the book, which only now writes the file; an errno, 0 for success. */
static int finish(lxw_workbook *book, lxw_error error)
{
	lxw_error close_error;

	errno = 0;
	close_error = workbook_close(book);
	if (error == LXW_NO_ERROR && close_error == LXW_NO_ERROR) {
		return 0;
	}
	if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) {
		return ENOMEM;
	}
	return errno != 0 ? errno : EIO;
}

static int write_beside(void *context, const char *beside)
{
	lxw_workbook *book = workbook_new(beside);

	return book == NULL ? ENOMEM : finish(book, put_all(book, context));
}

int grid_write_xlsx(const struct grid *grid, const char *path, const char *sheet)
{
	struct writing writing = {grid, sheet};

	assert(grid->column_count > 0 && grid->cell_count % grid->column_count == 0);
	return file_replace_by(path, write_beside, &writing);
}

/* Where a book of portions stands. */
struct book {
	lxw_workbook *book;
	lxw_worksheet *sheet; /* NULL: the first row begins one */
	struct sheet_formats formats;
	const char *name;
	unsigned sheet_count;
	lxw_row_t row; /* the next one of the sheet */
};

/* "complaints", then "complaints 2" */
static lxw_error begin_sheet(struct book *book, const struct grid *grid)
{
	char name[LXW_SHEETNAME_MAX + 1];

	(void)snprintf(name, sizeof(name), book->sheet_count == 0 ? "%s" : "%s %u", book->name,
		book->sheet_count + 1);
	book->sheet_count++;
	book->sheet = workbook_add_worksheet(book->book, name);
	book->row = 1;
	return book->sheet == NULL ? LXW_ERROR_MEMORY_MALLOC_FAILED
	                           : put_headings(book->sheet, grid, &book->formats);
}

static lxw_error put_portion(struct book *book, const struct grid *grid)
{
	lxw_error error = LXW_NO_ERROR;

	if (book->sheet == NULL) {
		error = begin_sheet(book, grid);
	}
	for (size_t i = 0; error == LXW_NO_ERROR && i < grid->cell_count; i += grid->column_count) {
		if (book->row == LXW_ROW_MAX) {
			error = begin_sheet(book, grid);
		}
		for (size_t k = 0; error == LXW_NO_ERROR && k < grid->column_count; k++) {
			error =
				put_cell(book->sheet, book->row, (lxw_col_t)k, &grid->cells[i + k], &book->formats);
		}
		book->row++;
	}
	return error;
}

int grid_xlsx_write(const struct grid_source *source, const char *beside, const char *sheet)
{
	/* Rows go to a temporary file as they come. */
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	struct book book = {.book = workbook_new_opt(beside, &options), .name = sheet};
	lxw_error error;
	bool has_more = true;
	int failed;

	if (book.book == NULL) {
		return ENOMEM;
	}
	error = make_formats(book.book, &book.formats);
	while (has_more && error == LXW_NO_ERROR) {
		struct grid grid;

		grid_init(&grid);
		has_more = source->next(source->context, &grid);
		if (has_more) {
			error = put_portion(&book, &grid);
		}
		grid_fini(&grid);
	}
	failed = finish(book.book, error);
	return failed == 0 && book.sheet == NULL ? ENODATA : failed;
}
