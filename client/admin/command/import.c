/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint import: a file is checked whole, then sent, several rows at a time. The keys come from
 * the file, so whatever breaks in between, the same command again ends with every row there once.
 */
#include <stdio.h>

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/import_row.h"
#include "client/admin/import_send.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/sheet_refuse.h"
#include "client/admin/when.h"

#define FILE_BYTES_MAX ((size_t)128 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)2048 * 1024 * 1024)

/* The file as checked rows; *out_total counts all of them. */
static enum err read_rows(struct app *app, const struct place_community *community,
	struct arena *arena, struct import_rows *out, size_t *out_total)
{
	const char *path = app->options.arguments[0];
	const char *source = app_option(app, OPTION_SOURCE);
	const char *slash = strrchr(path, '/');
	struct sheet_fault sheet_fault = {0};
	struct sheet sheet = {0};
	enum sheet_verdict verdict;
	struct str text;
	int error = file_read(path, FILE_BYTES_MAX, arena, &text);

	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(error));
	}
	if (source == NULL) {
		source = slash == NULL ? path : slash + 1;
	}
	verdict = sheet_read(text, app_option(app, OPTION_ENCODING), import_columns,
		IMPORT_COLUMN_COUNT, arena, &sheet, &sheet_fault);
	if (verdict != SHEET_OK) {
		return sheet_refuse(app, verdict, &sheet_fault);
	}
	if (!import_rows_check(&sheet, str_from_c(source), community->zone, arena, out)) {
		return sheet_refuse(app, SHEET_TOO_BIG, NULL);
	}
	*out_total = sheet.count;
	return ERR_OK;
}

static void print_problems(const struct app *app, const struct import_rows *rows)
{
	for (size_t i = 0; i < rows->problem_count && !app->is_json; i++) {
		const struct import_problem *problem = &rows->problems[i];

		fprintf(stderr, _("row %zu, %s: %s\n"), problem->row, problem->column, problem->reason);
	}
}

static json_t *problems_json(const struct import_rows *rows)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rows->problem_count; i++) {
		const struct import_problem *problem = &rows->problems[i];

		(void)json_array_append_new(
			array, json_pack("{s:I, s:s, s:s}", "row", (json_int_t)problem->row, "column",
					   problem->column, "reason", problem->reason));
	}
	return array;
}

static void print_summary(const struct app *app, size_t total, const struct import_rows *rows,
	const struct import_sum *sum)
{
	if (app->is_json) {
		print_json(
			json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:o}", "rows", (json_int_t)total, "sent",
				(json_int_t)sum->sent_count, "already_there", (json_int_t)sum->repeat_count, "bad",
				(json_int_t)rows->bad_count, "failed", (json_int_t)sum->failed_count, "is_dry_run",
				app_option(app, OPTION_DRY_RUN) != NULL, "problems", problems_json(rows)));
		return;
	}
	printf(_("rows %zu, sent %zu, already there %zu, bad %zu, failed %zu\n"), total,
		sum->sent_count, sum->repeat_count, rows->bad_count, sum->failed_count);
}

/* Sends what may be sent; the summary is printed however that ends. */
static enum err import(struct app *app, const struct place_community *community,
	struct import_rows *rows, size_t total)
{
	struct import_sum sum = {0};
	bool is_held = rows->bad_count > 0 && app_option(app, OPTION_SKIP_BAD) == NULL;
	enum err err = ERR_OK;

	print_problems(app, rows);
	if (app_option(app, OPTION_DRY_RUN) == NULL && !is_held) {
		err = import_send(app, community->id, rows, &sum);
	}
	print_summary(app, total, rows, &sum);
	if (err == ERR_OK && is_held) {
		err = fault_set(&app->fault, ERR_INPUT,
			ngettext(
				"%zu bad row: nothing was sent", "%zu bad rows: nothing was sent", rows->bad_count),
			rows->bad_count);
		(void)fault_hint(&app->fault, _("mend the file, or send the others with --skip-bad"));
	}
	return err;
}

enum err command_complaint_import(struct app *app)
{
	struct place_community community;
	struct import_rows rows = {0};
	struct arena arena;
	size_t total = 0;
	enum err err = place_community(app, &community);

	arena_init(&arena, ARENA_BYTES_MAX);
	if (err == ERR_OK && !when_zone_is_known(community.zone)) {
		err = fault_set(&app->fault, ERR_CONFIG,
			_("this machine does not know the community's time zone '%s'"), community.zone);
	}
	if (err == ERR_OK) {
		err = read_rows(app, &community, &arena, &rows, &total);
	}
	if (err == ERR_OK) {
		err = import(app, &community, &rows, total);
	}
	arena_fini(&arena);
	return err;
}
