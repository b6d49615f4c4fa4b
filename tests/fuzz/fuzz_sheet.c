/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file to import: of messages, or of places. The first byte of an input chooses which, and
 * the encoding. What must hold:
 *
 *   - the file is refused with a reason and a row that it has, or its rows are numbered as they stand there
 *   - every row of messages is good or has a problem with a column and a reason
 *   - what is shown of it to a person holds no control character and is no wider than its column
 */
#include <locale.h>

#include "client/admin/cell.h"
#include "client/admin/import_row.h"
#include "client/admin/place_sheet.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#define BUDGET_BYTES ((size_t)64 * 1024 * 1024)
#define SHOWN_COLUMNS 20

static const char *const encodings[] = {NULL, "UTF-8", "GB18030", "UTF-16LE"};

/* How wide a character is, is the locale's business. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	return 0;
}

static void check_shown(struct arena *arena, struct str cell)
{
	struct str clean = cell_clean(arena, cell, CELL_ONE_LINE);
	struct str clipped = cell_clip(arena, clean, SHOWN_COLUMNS);
	size_t points = 0;

	if (arena->failed) {
		return;
	}
	must(clean.len == 0 || utf8_check(span_from_str(clean), &points) == UTF8_OK);
	for (size_t i = 0; i < clean.len; i++) {
		must((uint8_t)clean.ptr[i] >= 0x20 && clean.ptr[i] != 0x7F);
	}
	must(cell_width(clipped) <= SHOWN_COLUMNS);
}

static void check_messages(const struct sheet *sheet, struct arena *arena)
{
	struct import_rules rules = {
		.source = STR("fuzz"), .zone = "Asia/Shanghai", .now_us = INT64_C(1795000000000000)};
	struct import_rows rows = {0};

	(void)import_missing_column(sheet);
	if (!import_rows_check(sheet, &rules, arena, &rows)) {
		return;
	}
	must(rows.count + rows.bad_count == sheet->count);
	must(rows.bad_count <= rows.problem_count && rows.garbled_count <= rows.bad_count);
	for (size_t i = 0; i < rows.problem_count; i++) {
		must(rows.problems[i].row > 1 && rows.problems[i].column != NULL);
		must(rows.problems[i].reason != NULL && rows.problems[i].reason[0] != '\0');
	}
	for (size_t i = 0; i < rows.count; i++) {
		must(rows.rows[i].submitted_us <= rules.now_us && !uuid_is_nil(rows.rows[i].key));
		check_shown(arena, rows.rows[i].text);
	}
}

static void check_places(const struct sheet *sheet, struct arena *arena)
{
	struct place_sheet places = {0};

	if (sheet->count > PLACE_SHEET_ROWS_MAX || !place_sheet_take(sheet, arena, &places)) {
		return;
	}
	must(places.count <= sheet->count && places.bad_count <= places.problem_count);
	for (size_t i = 0; i < places.problem_count; i++) {
		must(places.problems[i].column != NULL && places.problems[i].reason != NULL);
	}
}

static void check_rows(const struct sheet *sheet, size_t column_count, struct arena *arena)
{
	size_t before = 1; /* the header is row 1 */

	for (size_t i = 0; i < sheet->count; i++) {
		must(sheet->rows[i].number > before);
		before = sheet->rows[i].number;
		for (size_t column = 0; column < column_count && i < 64; column++) {
			check_shown(arena, sheet->rows[i].cells[column]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_places = size > 0 && (data[0] & 1) != 0;
	const struct sheet_column *columns = is_places ? place_sheet_columns : import_columns;
	size_t column_count = is_places ? place_sheet_column_count : IMPORT_COLUMN_COUNT;
	struct sheet_fault fault = {.row = 0};
	struct sheet sheet = {0};
	struct arena arena;
	enum sheet_verdict verdict;
	const char *encoding;

	if (size == 0) {
		return 0;
	}
	encoding = encodings[(data[0] >> 1) % COUNT(encodings)];
	arena_init(&arena, BUDGET_BYTES);
	verdict = sheet_read_columns(str_of((const char *)data + 1, size - 1), encoding, columns,
		column_count, &arena, &sheet, &fault);
	if (verdict == SHEET_OK) {
		check_rows(&sheet, column_count, &arena);
		if (is_places) {
			check_places(&sheet, &arena);
		} else {
			check_messages(&sheet, &arena);
		}
	} else {
		must(sheet.rows == NULL && fault.row <= size);
	}
	arena_fini(&arena);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	if (size == 0 || seed % 32 == 0) {
		return LLVMFuzzerMutate(data, size, size_max);
	}
	return 1 + LLVMFuzzerMutate(data + 1, size - 1, size_max - 1); /* the same kind of file */
}
