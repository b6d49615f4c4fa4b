/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/bulk_result.h"

#include <stdlib.h>
#include <string.h>

#include "client/admin/app.h"
#include "client/admin/grid_file.h"
#include "client/admin/i18n.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

#define ROWS_FIRST 256

static const struct {
	const char *name;  /* for programs */
	const char *words; /* English; shown through gettext */
} outcomes[BULK_OUTCOME_COUNT] = {
	[BULK_LEFT] = {"LEFT", N_("not asked")},
	[BULK_DONE] = {"DONE", N_("done")},
	[BULK_BEFORE] = {"BEFORE", N_("done before")},
	[BULK_WOULD] = {"WOULD", N_("would be done")},
	[BULK_REFUSED] = {"REFUSED", N_("not allowed")},
};

void bulk_result_add(struct bulk_result *result, const struct bulk_row *row)
{
	if (result->count == result->max) {
		result->max = size_max(result->max * 2, ROWS_FIRST);
		result->rows = reallocarray(result->rows, result->max, sizeof(*result->rows));
		if (result->rows == NULL) {
			abort();
		}
	}
	result->rows[result->count++] = *row;
}

size_t bulk_result_count(const struct bulk_result *result, enum bulk_outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < result->count; i++) {
		count += result->rows[i].outcome == outcome ? 1 : 0;
	}
	return count;
}

enum err bulk_result_first_err(const struct bulk_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		if (result->rows[i].outcome == BULK_REFUSED) {
			return result->rows[i].err;
		}
	}
	return ERR_OK;
}

/* "this step does not follow from the present state" */
static const char *why(const struct bulk_row *row)
{
	return row->outcome == BULK_REFUSED ? fault_sentence(row->err) : "";
}

static void show_table(const struct bulk_result *result)
{
	static const struct table_column columns[] = {
		{N_("NUMBER"), false},
		{N_("OUTCOME"), false},
		{N_("WHY"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < result->count; i++) {
		const struct bulk_row *row = &result->rows[i];

		table_add_c(&table, row->number);
		table_add_c(&table, _(outcomes[row->outcome].words));
		table_add_c(&table, why(row));
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

static json_t *row_json(const struct bulk_row *row)
{
	json_t *json = json_object();
	char id[UUID_TEXT_LEN + 1];

	uuid_format(row->complaint_id, id);
	(void)json_object_set_new(json, "complaint_id", json_string(id));
	(void)json_object_set_new(json, "number", json_string(row->number));
	(void)json_object_set_new(json, "version", json_integer(row->version));
	(void)json_object_set_new(json, "outcome", json_string(outcomes[row->outcome].name));
	if (row->outcome == BULK_REFUSED) {
		(void)json_object_set_new(json, "code", json_string(err_name(row->err)));
		(void)json_object_set_new(json, "allowed", json_string(row->allowed));
	}
	return json;
}

static void show_json(const struct bulk_result *result)
{
	json_t *json = json_object();
	json_t *rows = json_array();
	char id[UUID_TEXT_LEN + 1];

	for (size_t i = 0; i < result->count; i++) {
		(void)json_array_append_new(rows, row_json(&result->rows[i]));
	}
	uuid_format(result->id, id);
	(void)json_object_set_new(json, "bulk_id", json_string(id));
	(void)json_object_set_new(json, "step", json_string(result->step));
	(void)json_object_set_new(json, "is_dry_run", json_boolean(result->is_dry));
	(void)json_object_set_new(json, "excluded", json_integer((json_int_t)result->excluded_count));
	(void)json_object_set_new(json, "rows", rows);
	print_json(json);
}

static void fill(const struct bulk_result *result, struct grid *grid)
{
	grid_add_column(grid, _("number"));
	grid_add_column(grid, _("outcome"));
	grid_add_column(grid, _("code"));
	grid_add_column(grid, _("why"));
	for (size_t i = 0; i < result->count; i++) {
		const struct bulk_row *row = &result->rows[i];
		bool is_refused = row->outcome == BULK_REFUSED;

		grid_add_text(grid, str_from_c(row->number));
		grid_add_text(grid, str_from_c(outcomes[row->outcome].name));
		grid_add_text(grid, str_from_c(is_refused ? err_name(row->err) : ""));
		grid_add_text(grid, str_from_c(why(row)));
	}
}

/* The one portion; then there is none. */
static bool next_portion(void *context, struct grid *grid)
{
	const struct bulk_result **left = context;

	if (*left == NULL) {
		return false;
	}
	fill(*left, grid);
	*left = NULL;
	return true;
}

enum err bulk_result_show(struct app *app, const struct bulk_result *result)
{
	const char *path = app_option(app, OPTION_CSV);
	const struct bulk_result *left = result;
	struct grid_source source = {next_portion, &left};
	int failed;

	if (path != NULL) {
		failed = grid_file_write(&source, GRID_FILE_CSV, path, "");
		if (failed != 0) {
			return fault_set(&app->fault, ERR_OUTPUT, "%s: %s", path, strerror(failed));
		}
	}
	if (app->is_json) {
		show_json(result);
	} else if (path == NULL) {
		show_table(result);
	}
	print_note(app,
		result->is_dry
			? _("%zu would be done, %zu done before, %zu not allowed, %zu not asked, %zu excluded")
			: _("%zu done, %zu done before, %zu not allowed, %zu not asked, %zu excluded"),
		bulk_result_count(result, result->is_dry ? BULK_WOULD : BULK_DONE),
		bulk_result_count(result, BULK_BEFORE), bulk_result_count(result, BULK_REFUSED),
		bulk_result_count(result, BULK_LEFT), result->excluded_count);
	return ERR_OK;
}
