/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/export_rows.h"

#include <stdio.h>
#include <string.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/place.h"
#include "client/admin/when.h"

#define COLUMNS_MAX 32 /* field.def */

static void add_c(struct grid *grid, const char *text)
{
	grid_add_text(grid, str_from_c(text == NULL ? "" : text));
}

static void add_label(
	struct grid *grid, bool is_there, const ProtobufCEnumDescriptor *type, int value)
{
	char number[16];

	add_c(grid, is_there ? label_of(type, value, number) : "");
}

static void add_time(struct app *app, struct grid *grid, bool is_there, int64_t us)
{
	char text[WHEN_TEXT_MAX];

	if (!is_there) {
		grid_add_none(grid);
		return;
	}
	when_format(us, app->profile.zone, text);
	add_c(grid, text);
}

static void add_count(struct grid *grid, bool is_there, uint32_t number)
{
	if (is_there) {
		grid_add_number(grid, number);
	} else {
		grid_add_none(grid);
	}
}

/* "2026-11-24 10:00 - 2026-11-24 12:00" */
static void add_window(struct app *app, struct grid *grid, const Pb__TimeWindow *window)
{
	char from[WHEN_TEXT_MAX];
	char to[WHEN_TEXT_MAX];
	char both[2 * WHEN_TEXT_MAX + 3];

	if (window == NULL) {
		grid_add_none(grid);
		return;
	}
	when_format(window->from_us, app->profile.zone, from);
	when_format(window->to_us, app->profile.zone, to);
	(void)snprintf(both, sizeof(both), "%s - %s", from, to);
	add_c(grid, both);
}

/* Its code, and its name where it has one. */
static void add_place(struct grid *grid, const Pb__Complaint *row)
{
	char both[512];

	(void)snprintf(both, sizeof(both), "%s%s%s", row->place_code == NULL ? "" : row->place_code,
		row->place_name == NULL ? "" : " ", row->place_name == NULL ? "" : row->place_name);
	add_c(grid, both);
}

static void add_team(struct app *app, struct grid *grid, const Pb__Complaint *row)
{
	char id[UUID_TEXT_LEN + 1];

	add_c(grid, row->has_team_id ? place_team_name(app, codec_span(true, row->team_id), id) : "");
}

static void add_words(
	struct app *app, struct grid *grid, Pb__Export__Column column, const Pb__Complaint *row)
{
	char number[16];

	switch ((int)column) {
	case PB__EXPORT__COLUMN__NUMBER:
		add_c(grid, row->number);
		return;
	case PB__EXPORT__COLUMN__KIND:
		add_label(grid, row->has_kind, &pb__complaint__kind__descriptor, (int)row->kind);
		return;
	case PB__EXPORT__COLUMN__STATE:
		add_label(grid, row->has_state, &pb__complaint__state__descriptor, (int)row->state);
		return;
	case PB__EXPORT__COLUMN__CATEGORY:
		add_c(grid, row->has_category ? category_label(row->category, number) : "");
		return;
	case PB__EXPORT__COLUMN__URGENCY:
		add_label(grid, row->has_urgency, &pb__complaint__urgency__descriptor, (int)row->urgency);
		return;
	case PB__EXPORT__COLUMN__CHANNEL:
		add_label(grid, row->has_channel, &pb__complaint__channel__descriptor, (int)row->channel);
		return;
	case PB__EXPORT__COLUMN__TITLE:
		add_c(grid, row->title);
		return;
	case PB__EXPORT__COLUMN__PLACE:
		add_place(grid, row);
		return;
	case PB__EXPORT__COLUMN__TEAM:
		add_team(app, grid, row);
		return;
	case PB__EXPORT__COLUMN__WORKER:
		add_c(grid, row->worker_name);
		return;
	case PB__EXPORT__COLUMN__CLOSE_MODE:
		add_label(grid, row->has_close_mode, &pb__complaint__close_mode__descriptor,
			(int)row->close_mode);
		return;
	default: /* a column of a later release */
		grid_add_none(grid);
	}
}

static void add_cell(
	struct app *app, struct grid *grid, Pb__Export__Column column, const Pb__Complaint *row)
{
	switch ((int)column) {
	case PB__EXPORT__COLUMN__SUBMITTED:
		add_time(app, grid, row->has_submitted_us, row->submitted_us);
		return;
	case PB__EXPORT__COLUMN__ACCEPTED:
		add_time(app, grid, row->has_accepted_us, row->accepted_us);
		return;
	case PB__EXPORT__COLUMN__WINDOW:
		add_window(app, grid, row->window);
		return;
	case PB__EXPORT__COLUMN__ARRIVED:
		add_time(app, grid, row->has_arrived_us, row->arrived_us);
		return;
	case PB__EXPORT__COLUMN__WORK_DONE:
		add_time(app, grid, row->has_work_done_us, row->work_done_us);
		return;
	case PB__EXPORT__COLUMN__ENDED:
		add_time(app, grid, row->has_ended_us, row->ended_us);
		return;
	case PB__EXPORT__COLUMN__RATING:
		add_count(grid, row->has_rating, row->rating);
		return;
	case PB__EXPORT__COLUMN__FOLLOW_UP:
		add_count(grid, row->has_follow_up_score, row->follow_up_score);
		return;
	case PB__EXPORT__COLUMN__DUE:
		add_time(app, grid, row->has_due_us, row->due_us);
		return;
	case PB__EXPORT__COLUMN__REOPENED:
		add_count(grid, row->has_reopened_count, row->reopened_count);
		return;
	case PB__EXPORT__COLUMN__CHASED:
		add_count(grid, row->has_chased_count, row->chased_count);
		return;
	case PB__EXPORT__COLUMN__CHANGED:
		add_time(app, grid, row->has_changed_us, row->changed_us);
		return;
	default:
		add_words(app, grid, column, row);
	}
}

static bool has_column(const Pb__Export *export, int column)
{
	for (size_t i = 0; i < export->n_columns; i++) {
		if ((int)export->columns[i] == column) {
			return true;
		}
	}
	return export->n_columns == 0 || column == PB__EXPORT__COLUMN__NUMBER;
}

void export_rows_fill(
	struct app *app, const Pb__Export *export, const Pb__ExportReadReply *page, struct grid *grid)
{
	const ProtobufCEnumDescriptor *type = &pb__export__column__descriptor;
	char number[16];

	assert(type->n_values <= GRID_COLUMNS_MAX);
	for (size_t i = 0; i < type->n_values; i++) {
		if (has_column(export, type->values[i].value)) {
			grid_add_column(grid, label_of(type, type->values[i].value, number));
		}
	}
	for (size_t row = 0; row < page->n_complaints; row++) {
		for (size_t i = 0; i < type->n_values; i++) {
			if (has_column(export, type->values[i].value)) {
				add_cell(
					app, grid, (Pb__Export__Column)type->values[i].value, page->complaints[row]);
			}
		}
	}
}

enum err export_rows_columns(struct app *app, const char *text, Pb__ExportBegin *request)
{
	request->columns = arena_alloc(&app->arena, COLUMNS_MAX * sizeof(*request->columns));
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, ",");
		const char *one = arena_c_string(&app->arena, str_of(text, len));
		int column;
		enum err err = app_enum(app, "--columns", &pb__export__column__descriptor, one, &column);

		if (err != ERR_OK) {
			return err;
		}
		if (request->n_columns == COLUMNS_MAX) {
			return fault_set(&app->fault, ERR_USAGE, _("--%s is given too often"), "columns");
		}
		request->columns[request->n_columns++] = (Pb__Export__Column)column;
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return ERR_OK;
}
