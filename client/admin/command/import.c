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
#include "client/admin/import_sum.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/sheet_refuse.h"
#include "client/admin/when.h"

#define FILE_BYTES_MAX ((size_t)128 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)2048 * 1024 * 1024)

/* What makes the whole file useless although each row could be read. */
static enum err refuse_rows(
	struct app *app, const struct sheet *sheet, const struct import_rows *rows)
{
	if (sheet->count == 0) {
		return fault_set(&app->fault, ERR_INPUT, _("the file has no rows"));
	}
	if (rows->garbled_count > sheet->count / 2) {
		(void)fault_set(&app->fault, ERR_INPUT, _("%zu of %zu rows are not UTF-8"),
			rows->garbled_count, sheet->count);
		return fault_hint(&app->fault, _("for a file in another encoding: --encoding GB18030"));
	}
	return ERR_OK;
}

/* The file as checked rows; *out_total counts all of them. */
static enum err read_rows(struct app *app, const struct place_community *community,
	struct arena *arena, struct import_rows *out, size_t *out_total)
{
	const char *path = app->options.arguments[0];
	const char *source = app_option(app, OPTION_SOURCE);
	const char *slash = strrchr(path, '/');
	struct import_rules rules = {.zone = community->zone, .now_us = clock_now().utc_us};
	struct sheet_fault sheet_fault = {0};
	struct sheet sheet = {0};
	enum sheet_verdict verdict;
	const char *missing;
	struct str text;
	int error = file_read(path, FILE_BYTES_MAX, arena, &text);

	if (error != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(error));
	}
	if (source == NULL) {
		source = slash == NULL ? path : slash + 1;
	}
	verdict = sheet_read_columns(text, app_option(app, OPTION_ENCODING), import_columns,
		IMPORT_COLUMN_COUNT, arena, &sheet, &sheet_fault);
	if (verdict != SHEET_OK) {
		return sheet_refuse(app, verdict, &sheet_fault);
	}
	missing = import_missing_column(&sheet);
	if (missing != NULL) {
		return sheet_refuse(app, SHEET_COLUMN, &(struct sheet_fault){.column = missing});
	}
	rules.source = str_from_c(source);
	if (!import_rows_check(&sheet, &rules, arena, out)) {
		return sheet_refuse(app, SHEET_TOO_BIG, NULL);
	}
	*out_total = sheet.count;
	return refuse_rows(app, &sheet, out);
}

/* Sends what may be sent; the summary is printed however that ends. */
static enum err import(struct app *app, const struct place_community *community,
	struct import_rows *rows, size_t total)
{
	struct import_sum sum = {0};
	bool is_held = rows->bad_count > 0 && app_option(app, OPTION_SKIP_BAD) == NULL;
	enum err err = ERR_OK;

	for (size_t i = 0; i < rows->problem_count; i++) {
		import_problem_print(app, &rows->problems[i]);
	}
	if (app_option(app, OPTION_DRY_RUN) == NULL && !is_held) {
		err = import_send(app, community->id, rows, &sum);
	}
	import_sum_print(app, total, rows, &sum);
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
