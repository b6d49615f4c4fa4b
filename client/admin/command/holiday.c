/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday list, show, load.
 */
#include <stdio.h>

#include "promise.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/holiday_sheet.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define YEAR_FIRST 2000 /* as proto/field.def has it */
#define YEAR_LAST 2063

static struct client_result *list(struct app *app)
{
	Pb__HolidayList request = PB__HOLIDAY_LIST__INIT;

	return link_resume(app) == ERR_OK ? link_call(app, METHOD_holiday_list, &request.base) : NULL;
}

static void print_years(struct app *app, const Pb__HolidayListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("YEAR"), false},
		{N_("DAYS OFF"), false},
		{N_("MAKE-UP DAYS"), false},
		{N_("LOADED BY"), false},
		{N_("AT"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_years; i++) {
		const Pb__HolidayYear *year = reply->years[i];

		table_add(&table, arena_printf(&app->arena, "%u", (unsigned)year->year));
		table_add(&table, arena_printf(&app->arena, "%u", (unsigned)year->off_count));
		table_add(&table, arena_printf(&app->arena, "%u", (unsigned)year->make_up_count));
		table_add(&table, codec_str(year->loader_name));
		table_add_c(&table, app_show_time(app, year->loaded_us));
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

/* "花园小区: 12 complaints have clocks that lack 2027". */
static void print_lacks(struct app *app, const Pb__HolidayListReply *reply)
{
	for (size_t i = 0; i < reply->n_lacks; i++) {
		const Pb__HolidayLack *lack = reply->lacks[i];
		struct str years = STR("");

		for (size_t k = 0; k < lack->n_years; k++) {
			years = arena_printf(&app->arena, "%.*s%s%u", STR_ARG(years), k == 0 ? "" : ", ",
				(unsigned)lack->years[k]);
		}
		printf(ngettext("%s: the clocks of %llu complaint lack the holidays of %.*s\n",
				   "%s: the clocks of %llu complaints lack the holidays of %.*s\n",
				   (unsigned long)lack->count),
			lack->community_name == NULL ? "" : lack->community_name,
			(unsigned long long)lack->count, STR_ARG(years));
	}
}

enum err command_holiday_list(struct app *app)
{
	struct client_result *result = list(app);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_years(app, (const void *)result->message);
		print_lacks(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}

static void print_days(const Pb__HolidayGetReply *reply)
{
	static const struct table_column columns[] = {
		{N_("DATE"), false},
		{N_("KIND"), false},
		{N_("NAME"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_days; i++) {
		const Pb__Holiday *day = reply->days[i];
		char text[DAY_TEXT_MAX];

		table_add_c(&table, day_format(day->day, text));
		table_add_c(&table, day->is_off ? _("off") : _("work"));
		table_add(&table, codec_str(day->name));
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_holiday_show(struct app *app)
{
	Pb__HolidayGet request = PB__HOLIDAY_GET__INIT;
	struct client_result *result = NULL;
	enum err err =
		app_number(app, "YEAR", app->options.arguments[0], YEAR_FIRST, YEAR_LAST, &request.year);

	request.has_year = true;
	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err == ERR_OK) {
		result = link_call(app, METHOD_holiday_get, &request.base);
	}
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_days((const void *)result->message);
	}
	client_result_free(result);
	return err;
}

/* Of the year that is replaced, where it is loaded and nothing else was said. */
static enum err find_version(struct app *app, Pb__HolidayLoad *request)
{
	const char *version = app_option(app, OPTION_VERSION);
	struct client_result *result;
	const Pb__HolidayListReply *reply;

	if (version != NULL) {
		request->has_version = true;
		return app_number(app, "--version", version, 1, INT32_MAX, &request->version);
	}
	result = list(app);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	for (size_t i = 0; i < reply->n_years; i++) {
		if (reply->years[i]->year == request->year) {
			request->has_version = true;
			request->version = reply->years[i]->version;
		}
	}
	client_result_free(result);
	return ERR_OK;
}

/* `reply` NULL: the file alone was enough. */
static enum err show(
	struct app *app, const struct holiday_sheet *sheet, const Pb__HolidayLoadReply *reply)
{
	bool is_dry_run = app_option(app, OPTION_DRY_RUN) != NULL;
	size_t bad_count = sheet->problem_count;

	if (app->is_json) {
		json_t *document = json_pack("{s:I, s:b, s:o}", "rows", (json_int_t)sheet->count,
			"is_dry_run", is_dry_run, "problems", sheet_problems_json(sheet->problems, bad_count));

		if (reply != NULL && reply->has_version) {
			(void)json_object_set_new(document, "version", json_integer(reply->version));
		}
		print_json(document);
	} else if (bad_count > 0) {
		sheet_problems_print(sheet->problems, bad_count);
	} else {
		printf(is_dry_run ? _("rows %zu: every one is good\n") : _("rows %zu: all were loaded\n"),
			sheet->count);
	}
	return bad_count == 0 ? ERR_OK
	                      : fault_set(&app->fault, ERR_INPUT,
								ngettext("%zu problem: nothing was loaded",
									"%zu problems: nothing was loaded", bad_count),
								bad_count);
}

static enum err load(struct app *app, struct holiday_sheet *sheet, struct arena *arena)
{
	Pb__HolidayLoad request = PB__HOLIDAY_LOAD__INIT;
	struct client_result *result;
	enum err err = app_number(
		app, "--year", app_option(app, OPTION_YEAR), YEAR_FIRST, YEAR_LAST, &request.year);

	if (err == ERR_OK && sheet->problem_count > 0) {
		return show(app, sheet, NULL);
	}
	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err == ERR_OK) {
		err = find_version(app, &request);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_year = request.has_is_dry_run = true;
	request.days = sheet->days;
	request.n_days = sheet->count;
	request.is_dry_run = app_option(app, OPTION_DRY_RUN) != NULL;
	result = link_call(app, METHOD_holiday_load, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	holiday_sheet_add(sheet, (const void *)result->message, arena);
	err = show(app, sheet, (const void *)result->message);
	client_result_free(result);
	return err;
}

enum err command_holiday_load(struct app *app)
{
	struct sheet_wish wish = {holiday_columns, HOLIDAY_COLUMN_COUNT, HOLIDAY_SHEET_ROWS_MAX};
	struct holiday_sheet holidays = {0};
	struct sheet sheet = {0};
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = sheet_file_read(app, wish, &arena, &sheet);
	if (err == ERR_OK && !holiday_sheet_take(&sheet, &arena, &holidays)) {
		err = fault_set(&app->fault, ERR_INPUT, _("the file is too large"));
	}
	if (err == ERR_OK) {
		err = load(app, &holidays, &arena);
	}
	arena_fini(&arena);
	return err;
}
