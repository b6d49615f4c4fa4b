/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/sheet_file.h"

#include <stdio.h>

#include "common/utf8.h"

#include "client/admin/app.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/sheet_refuse.h"
#include "client/admin/table.h"

bool sheet_file_is_text(struct str text, size_t *out_row)
{
	size_t points;
	size_t row = 1;

	if (utf8_check(span_from_str(text), &points) == UTF8_OK) {
		return true;
	}
	while (text.len > 0) { /* takes a line every turn */
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.ptr) + 1;

		if (utf8_check(span_of(text.ptr, len), &points) != UTF8_OK) {
			break;
		}
		text = str_of(text.ptr + len, text.len - len);
		row++;
	}
	*out_row = row;
	return false;
}

static bool has_nul(const struct sheet *sheet, size_t column_count)
{
	for (size_t i = 0; i < sheet->count * column_count; i++) {
		struct str cell = sheet->rows[i / column_count].cells[i % column_count];

		if (cell.len > 0 && memchr(cell.ptr, '\0', cell.len) != NULL) {
			return true;
		}
	}
	return false;
}

enum err sheet_file_read(
	struct app *app, struct sheet_wish wish, struct arena *arena, struct sheet *out)
{
	const char *path = app->options.arguments[0];
	const char *encoding = app_option(app, OPTION_ENCODING);
	struct sheet_fault fault = {0};
	enum sheet_verdict verdict;
	struct str text;
	size_t row = 0;
	int error = file_read(path, SHEET_FILE_BYTES_MAX, arena, &text);

	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(error));
	}
	if (encoding == NULL && !sheet_file_is_text(text, &row)) {
		return fault_set(&app->fault, ERR_INPUT,
			_("row %zu is not UTF-8; for a file in another encoding: --encoding GB18030"), row);
	}
	verdict =
		sheet_read_columns(text, encoding, wish.columns, wish.column_count, arena, out, &fault);
	if (verdict != SHEET_OK) {
		return sheet_refuse(app, verdict, &fault);
	}
	if (out->count == 0) {
		return fault_set(&app->fault, ERR_INPUT, _("the file has no rows"));
	}
	if (out->count > wish.rows_max) {
		return fault_set(&app->fault, ERR_INPUT, _("the file has %zu rows; at most %d go at once"),
			out->count, (int)wish.rows_max);
	}
	if (has_nul(out, wish.column_count)) {
		return fault_set(&app->fault, ERR_INPUT, _("the file holds the character U+0000"));
	}
	return ERR_OK;
}

void sheet_problems_print(const struct sheet_problem *problems, size_t count)
{
	static const struct table_column columns[] = {
		{N_("ROW"), false},
		{N_("COLUMN"), false},
		{N_("REASON"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		char row[32] = "";

		if (problems[i].row != 0) {
			(void)snprintf(row, sizeof row, "%zu", problems[i].row);
		}
		table_add_c(&table, row);
		table_add_c(&table, problems[i].column);
		table_add_c(&table, problems[i].reason);
	}
	table_print(&table, stderr, 0);
	table_fini(&table);
}

json_t *sheet_problems_json(const struct sheet_problem *problems, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *one = json_object();

		if (problems[i].row != 0) {
			(void)json_object_set_new(one, "row", json_integer((json_int_t)problems[i].row));
		}
		(void)json_object_set_new(one, "column", json_string(problems[i].column));
		(void)json_object_set_new(one, "code", json_string(problems[i].code));
		(void)json_object_set_new(one, "reason", json_string(problems[i].reason));
		(void)json_array_append_new(array, one);
	}
	return array;
}
