/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sheet.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

#include <csv.h>

#include "common/utf8.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define ROWS_FIRST 1024
#define PORTION_BYTES (64 * 1024) /* parsed at once: what is wrong is seen between two */
static_assert(PORTION_BYTES <= SHEET_CELL_BYTES_MAX, "a cell grows by one portion at most");

#define NOWHERE SIZE_MAX

/* What libcsv's callbacks work on. */
struct reader {
	struct arena *arena;
	const struct sheet_column *columns;
	size_t column_count;
	size_t places[SHEET_COLUMNS_MAX]; /* of each named column in the file; NOWHERE */
	size_t header_count;              /* columns of the file */
	struct str *cells;                /* of the row being read, by the file's columns */
	size_t cell_count;
	size_t number; /* of the row being read */
	bool has_header;
	bool was_return;        /* the last row was ended by CR; LF belongs to it */
	struct sheet_row *rows; /* by malloc while it grows */
	size_t row_count;
	size_t row_max;
	enum sheet_verdict verdict;
	struct sheet_fault fault;
};

/* The first thing that is wrong counts. */
static void refuse(struct reader *reader, enum sheet_verdict verdict, const char *column)
{
	if (reader->verdict == SHEET_OK) {
		reader->verdict = verdict;
		reader->fault = (struct sheet_fault){reader->number + 1, column};
	}
}

static void on_csv_cell(void *text, size_t len, void *user)
{
	struct reader *reader = user;

	reader->was_return = false;
	if (len > SHEET_CELL_BYTES_MAX) {
		refuse(reader, SHEET_CELL, NULL);
	} else if (reader->cell_count == SHEET_COLUMNS_MAX) {
		refuse(reader, SHEET_WIDTH, NULL);
	}
	if (reader->verdict == SHEET_OK) {
		reader->cells[reader->cell_count] = arena_str(reader->arena, str_of(text, len));
		reader->cell_count++;
	}
}

static bool is_named(struct str cell, const struct sheet_column *column)
{
	return str_equal(cell, str_from_c(column->name)) ||
	       (column->other != NULL && str_equal(cell, str_from_c(column->other)));
}

/* The column's place in the header; NOWHERE; or it is there twice, and that is refused. */
static size_t find_column(struct reader *reader, const struct sheet_column *column)
{
	size_t place = NOWHERE;

	for (size_t i = 0; i < reader->cell_count; i++) {
		if (!is_named(reader->cells[i], column)) {
			continue;
		}
		if (place != NOWHERE) {
			refuse(reader, SHEET_TWICE, column->name);
		}
		place = i;
	}
	return place;
}

/* Where the named columns are; each must be there that is not optional. */
static void take_header(struct reader *reader)
{
	reader->has_header = true;
	reader->header_count = reader->cell_count;
	for (size_t i = 0; i < reader->column_count; i++) {
		const struct sheet_column *column = &reader->columns[i];

		reader->places[i] = find_column(reader, column);
		if (reader->places[i] == NOWHERE && !column->is_optional) {
			refuse(reader, SHEET_COLUMN, column->name);
		}
	}
}

static bool has_more(const struct reader *reader)
{
	for (size_t i = reader->header_count; i < reader->cell_count; i++) {
		if (reader->cells[i].len > 0) {
			return true;
		}
	}
	return false;
}

static void take_row(struct reader *reader)
{
	struct str *cells = arena_alloc(reader->arena, reader->column_count * sizeof(*cells));

	if (reader->row_count == reader->row_max) {
		reader->row_max = reader->row_max == 0 ? ROWS_FIRST : reader->row_max * 2;
		reader->rows = reallocarray(reader->rows, reader->row_max, sizeof(*reader->rows));
		if (reader->rows == NULL) {
			abort();
		}
	}
	if (cells == NULL || reader->row_count == SHEET_ROWS_MAX) {
		refuse(reader, SHEET_TOO_BIG, NULL);
		return;
	}
	for (size_t i = 0; i < reader->column_count; i++) {
		if (reader->places[i] < reader->cell_count) {
			cells[i] = reader->cells[reader->places[i]];
		}
	}
	reader->rows[reader->row_count] =
		(struct sheet_row){reader->number + 1, cells, has_more(reader)};
	reader->row_count++;
}

/* `ending` is the character that ended the row, -1 at the end of the file. */
static void on_csv_row(int ending, void *user)
{
	struct reader *reader = user;

	if (ending == CSV_LF && reader->was_return) {
		reader->was_return = false;
		return;
	}
	if (reader->cell_count > 0 && reader->verdict == SHEET_OK) {
		if (reader->has_header) {
			take_row(reader);
		} else {
			take_header(reader);
		}
	}
	reader->number++;
	reader->cell_count = 0;
	reader->was_return = ending == CSV_CR;
}

/* Runs libcsv over the text, until something is wrong: a cell or row without end costs no memory. */
static void read_rows(struct reader *reader, struct str text)
{
	struct csv_parser parser;
	size_t done = 0;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
		abort();
	}
	csv_set_blk_size(&parser, PORTION_BYTES);
	while (done < text.len && reader->verdict == SHEET_OK && !reader->arena->failed) {
		size_t bytes = size_min(text.len - done, PORTION_BYTES);

		/* It stops at a byte it cannot take. */
		if (csv_parse(&parser, text.ptr + done, bytes, on_csv_cell, on_csv_row, reader) != bytes) {
			refuse(reader, SHEET_QUOTES, NULL);
		} else if (parser.entry_pos > SHEET_CELL_BYTES_MAX) {
			refuse(reader, SHEET_CELL, NULL);
		}
		done += bytes;
	}
	if (reader->verdict == SHEET_OK && csv_fini(&parser, on_csv_cell, on_csv_row, reader) != 0) {
		refuse(reader, SHEET_QUOTES, NULL);
	}
	csv_free(&parser);
	if (reader->arena->failed) {
		reader->verdict = SHEET_TOO_BIG;
	}
}

/* The row that a place in the text is in, by its line feeds: exact unless cells hold some. */
static size_t row_of(struct str text, size_t at)
{
	size_t row = 1;

	for (size_t i = 0; i < at; i++) {
		row += text.ptr[i] == '\n' ? 1 : 0;
	}
	return row;
}

/* Some of it is beyond ASCII, and all of it is UTF-8: hardly by chance. */
static bool is_plainly_utf8(struct str text)
{
	size_t points;

	return utf8_check(span_from_str(text), &points) == UTF8_OK && points < text.len;
}

static enum sheet_verdict to_utf8(struct str text, const char *encoding, struct arena *arena,
	struct str *out, struct sheet_fault *out_fault)
{
	iconv_t handle = iconv_open("UTF-8", encoding);
	size_t max = text.len * 4 + 4;
	char *from = (char *)text.ptr; /* iconv does not write there */
	size_t from_left = text.len;
	char *memory = arena_alloc(arena, max);
	char *to = memory;
	size_t to_left = max;
	size_t done;

	if (handle == (iconv_t)-1) {
		*out_fault = (struct sheet_fault){0};
		return SHEET_ENCODING;
	}
	if (is_plainly_utf8(text)) {
		(void)iconv_close(handle);
		return SHEET_IS_UTF8;
	}
	done = memory == NULL ? 0 : iconv(handle, &from, &from_left, &to, &to_left);
	(void)iconv_close(handle);
	if (memory == NULL) {
		return SHEET_TOO_BIG;
	}
	if (done == (size_t)-1) {
		*out_fault = (struct sheet_fault){.row = row_of(text, text.len - from_left)};
		return SHEET_ENCODING;
	}
	*out = str_of(memory, max - to_left);
	return SHEET_OK;
}

static bool has_mark(struct str text)
{
	return text.len >= 3 && memcmp(text.ptr, BYTE_ORDER_MARK, 3) == 0;
}

/* What is no text shows in the header: a spreadsheet's own file, UTF-16, Chinese headings in GB18030. */
static bool has_text_header(struct str text)
{
	size_t len = 0;
	size_t points;

	while (len < text.len && text.ptr[len] != '\n' && text.ptr[len] != '\r') {
		len++;
	}
	return utf8_check(span_from_str(str_of(text.ptr, len)), &points) == UTF8_OK;
}

/* As UTF-8 without its mark. */
static enum sheet_verdict decode(struct str text, const char *encoding, struct arena *arena,
	struct str *out, struct sheet_fault *out_fault)
{
	bool is_utf8 =
		encoding == NULL || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
	enum sheet_verdict verdict = SHEET_OK;

	if (!is_utf8) {
		verdict = to_utf8(text, encoding, arena, &text, out_fault);
	}
	if (verdict == SHEET_OK) {
		*out = has_mark(text) ? str_of(text.ptr + 3, text.len - 3) : text;
	}
	return verdict;
}

/* Everything moves into the arena. */
static void hand_over(const struct reader *reader, struct sheet *out)
{
	size_t bytes = reader->row_count * sizeof(*reader->rows);
	struct span rows = arena_span(reader->arena, span_of(reader->rows, bytes));
	bool *is_there = arena_alloc(reader->arena, reader->column_count * sizeof(*is_there));

	for (size_t i = 0; is_there != NULL && i < reader->column_count; i++) {
		is_there[i] = reader->places[i] != NOWHERE;
	}
	*out = (struct sheet){(struct sheet_row *)(void *)rows.ptr, reader->row_count, is_there};
}

enum sheet_verdict sheet_read(struct str text, const char *encoding, const char *const *columns,
	size_t column_count, struct arena *arena, struct sheet *out, struct sheet_fault *out_fault)
{
	struct sheet_column named[SHEET_COLUMNS_MAX];

	assert(column_count <= SHEET_COLUMNS_MAX);
	for (size_t i = 0; i < column_count; i++) {
		named[i] = (struct sheet_column){.name = columns[i]};
	}
	return sheet_read_columns(text, encoding, named, column_count, arena, out, out_fault);
}

enum sheet_verdict sheet_read_columns(struct str text, const char *encoding,
	const struct sheet_column *columns, size_t column_count, struct arena *arena, struct sheet *out,
	struct sheet_fault *out_fault)
{
	struct reader reader = {.arena = arena, .columns = columns, .column_count = column_count};

	assert(column_count >= 1 && column_count <= SHEET_COLUMNS_MAX);
	reader.verdict = decode(text, encoding, arena, &text, out_fault);
	if (reader.verdict != SHEET_OK) {
		return reader.verdict;
	}
	reader.cells = arena_alloc(arena, SHEET_COLUMNS_MAX * sizeof(*reader.cells));
	if (reader.cells == NULL) {
		return SHEET_TOO_BIG;
	}
	if (!has_text_header(text)) {
		return SHEET_NO_TEXT;
	}
	read_rows(&reader, text);
	if (reader.verdict == SHEET_OK && !reader.has_header) {
		reader.verdict = SHEET_EMPTY;
	}
	if (reader.verdict == SHEET_OK) {
		hand_over(&reader, out);
		reader.verdict = arena->failed ? SHEET_TOO_BIG : SHEET_OK;
	} else if (reader.verdict != SHEET_EMPTY && reader.verdict != SHEET_TOO_BIG) {
		*out_fault = reader.fault;
	}
	free(reader.rows);
	return reader.verdict;
}
