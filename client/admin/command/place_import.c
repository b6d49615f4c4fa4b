/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place import: the whole file in one request, so that all of it is there afterwards, or nothing. A file
 * with a row that the server cannot even be asked about is asked about as a dry run: then all that is wrong
 * with it is in one list.
 */
#include <stdio.h>

#include "place.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/place_sheet.h"
#include "client/admin/print.h"
#include "client/admin/sheet_refuse.h"
#include "client/admin/table.h"

#define FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)512 * 1024 * 1024)

static enum err refuse_text(struct app *app, size_t row)
{
	return fault_set(&app->fault, ERR_INPUT,
		_("row %zu is not UTF-8; for a file in another encoding: --encoding GB18030"), row);
}

static enum err read_file(struct app *app, struct arena *arena, struct place_sheet *out)
{
	const char *path = app->options.arguments[0];
	const char *encoding = app_option(app, OPTION_ENCODING);
	struct sheet_fault fault = {0};
	enum sheet_verdict verdict;
	struct sheet sheet = {0};
	struct str text;
	size_t row = 0;
	int error = file_read(path, FILE_BYTES_MAX, arena, &text);

	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(error));
	}
	if (encoding == NULL && !place_sheet_is_text(text, &row)) {
		return refuse_text(app, row);
	}
	verdict = sheet_read_columns(
		text, encoding, place_sheet_columns, place_sheet_column_count, arena, &sheet, &fault);
	if (verdict != SHEET_OK) {
		return sheet_refuse(app, verdict, &fault);
	}
	if (sheet.count == 0) {
		return fault_set(&app->fault, ERR_INPUT, _("the file has no rows"));
	}
	if (sheet.count > PLACE_SHEET_ROWS_MAX) {
		return fault_set(&app->fault, ERR_INPUT, _("the file has %zu rows; at most %d go at once"),
			sheet.count, PLACE_SHEET_ROWS_MAX);
	}
	if (!place_sheet_take(&sheet, arena, out)) {
		return fault_set(&app->fault, ERR_INPUT, _("the file holds the character U+0000"));
	}
	return ERR_OK;
}

/* On standard error, where people see it whatever becomes of the output. */
static void print_problems(const struct place_sheet *places)
{
	static const struct table_column columns[] = {
		{N_("ROW"), false},
		{N_("COLUMN"), false},
		{N_("REASON"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < places->problem_count; i++) {
		const struct place_sheet_problem *problem = &places->problems[i];
		char row[32];

		(void)snprintf(row, sizeof row, "%zu", problem->row);
		table_add_c(&table, row);
		table_add_c(&table, problem->column);
		table_add_c(&table, problem->reason);
	}
	table_print(&table, stderr, 0);
	table_fini(&table);
}

static json_t *problems_json(const struct place_sheet *places)
{
	json_t *array = json_array();

	for (size_t i = 0; i < places->problem_count; i++) {
		const struct place_sheet_problem *problem = &places->problems[i];

		(void)json_array_append_new(
			array, json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)problem->row, "column",
					   problem->column, "code", problem->code, "reason", problem->reason));
	}
	return array;
}

static enum err show(
	struct app *app, const struct place_sheet *places, const Pb__PlaceImportReply *reply)
{
	bool is_dry_run = app_option(app, OPTION_DRY_RUN) != NULL;
	bool is_written = places->bad_count == 0 && !is_dry_run;

	if (app->is_json) {
		print_json(json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "rows", (json_int_t)places->count,
			"places", (json_int_t)(is_written ? reply->place_count : 0), "patches",
			(json_int_t)(is_written ? reply->patch_count : 0), "bad", (json_int_t)places->bad_count,
			"is_dry_run", is_dry_run, "problems", problems_json(places)));
	} else if (places->bad_count > 0) {
		print_problems(places);
	} else {
		printf(is_dry_run ? _("rows %zu, of them with a butler team %u: every one is good\n")
						  : _("rows %zu, of them with a butler team %u: all were imported\n"),
			places->count, reply->patch_count);
	}
	if (places->bad_count > 0) {
		return fault_set(&app->fault, ERR_INPUT,
			ngettext("%zu bad row: nothing was imported", "%zu bad rows: nothing was imported",
				places->bad_count),
			places->bad_count);
	}
	return ERR_OK;
}

static enum err import(struct app *app, const struct place_community *community,
	struct place_sheet *places, struct arena *arena)
{
	Pb__PlaceImport request = PB__PLACE_IMPORT__INIT;
	struct client_result *result;
	bool has_from = false;
	enum err err = day_option(app, OPTION_FROM_DAY, &has_from, &request.from_day);

	if (err != ERR_OK) {
		return err;
	}
	request.has_from_day = has_from;
	request.has_community_id = request.has_is_dry_run = true;
	request.community_id = codec_bytes(span_of(community->id.bytes, UUID_BYTES));
	request.rows = places->rows;
	request.n_rows = places->count;
	request.is_dry_run = app_option(app, OPTION_DRY_RUN) != NULL || places->bad_count > 0;
	if (protobuf_c_message_get_packed_size(&request.base) >
		method_rows[METHOD_place_import].body_bytes_max) {
		return fault_set(&app->fault, ERR_INPUT, _("the file is too large"));
	}
	result = link_call(app, METHOD_place_import, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	place_sheet_add(places, (const void *)result->message, arena);
	err = show(app, places, (const void *)result->message);
	client_result_free(result);
	return err;
}

enum err command_place_import(struct app *app)
{
	struct place_community community;
	struct place_sheet places = {0};
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = read_file(app, &arena, &places);
	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err == ERR_OK) {
		err = import(app, &community, &places, &arena);
	}
	arena_fini(&arena);
	return err;
}
