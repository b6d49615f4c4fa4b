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
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/place_sheet.h"
#include "client/admin/print.h"

#define ARENA_BYTES_MAX ((size_t)512 * 1024 * 1024)

static enum err read_file(struct app *app, struct arena *arena, struct place_sheet *out)
{
	struct sheet_wish wish = {place_sheet_columns, place_sheet_column_count, PLACE_SHEET_ROWS_MAX};
	struct sheet sheet = {0};
	enum err err = sheet_file_read(app, wish, arena, &sheet);

	if (err != ERR_OK) {
		return err;
	}
	return place_sheet_take(&sheet, arena, out)
	           ? ERR_OK
	           : fault_set(&app->fault, ERR_INPUT, _("the file is too large"));
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
			"is_dry_run", is_dry_run, "problems", sheet_problems_json(places->problems, places->problem_count)));
	} else if (places->bad_count > 0) {
		sheet_problems_print(places->problems, places->problem_count);
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
