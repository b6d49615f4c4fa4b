/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report kpi: asked of one community, or with --by community of each; shown, or written for a spreadsheet. Every reply
 * is there before anything is written, so a file is whole or as it was.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/file.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/month.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/report.h"
#include "client/core/json.h"
#include "common/buf.h"
#include "common/clock.h"

#define COMMUNITIES_MAX 256

/* What is asked for, and what came. */
struct asked {
	Pb__ReportKpi *request;
	Pb__Report__Group groups[PB__REPORT__GROUP__MONTH];
	struct report_shape shape;
	struct place_community communities[COMMUNITIES_MAX];
	struct client_result *results[COMMUNITIES_MAX];
	struct report_part parts[COMMUNITIES_MAX];
	size_t count;
};

/* One word of --by. */
static enum err add_group(struct app *app, struct asked *asked, const char *word)
{
	int group;
	enum err err;

	if (strcmp(word, "community") == 0 || strcmp(word, _("community")) == 0) {
		asked->shape.by_community = true;
		return ERR_OK;
	}
	err = app_enum(app, "--by", &pb__report__group__descriptor, word, &group);
	if (err == ERR_OK && !asked->shape.by_group[group]) {
		asked->shape.by_group[group] = true;
		asked->groups[asked->request->n_groups++] = (Pb__Report__Group)group;
	}
	return err;
}

/* "--by team,month", as often as it was given. */
static enum err take_groups(struct app *app, struct asked *asked)
{
	enum err err = ERR_OK;

	asked->request->groups = asked->groups;
	for (size_t i = 0; err == ERR_OK; i++) {
		const char *text = options_at(&app->options, OPTION_BY, i);

		if (text == NULL) {
			break;
		}
		while (err == ERR_OK && *text != '\0') {
			size_t len = strcspn(text, ",");

			err = add_group(app, asked, arena_c_string(&app->arena, str_of(text, len)));
			text += len + (text[len] == ',' ? 1 : 0);
		}
	}
	return err;
}

static enum err take_form(struct app *app, struct asked *asked)
{
	const char *csv = app_option(app, OPTION_CSV);
	bool is_xlsx = app_option(app, OPTION_XLSX) != NULL;

	if (csv != NULL && is_xlsx) {
		return fault_set(&app->fault, ERR_USAGE, _("only one of %s and %s"), "--csv", "--xlsx");
	}
	if (csv != NULL && strcmp(csv, "-") == 0 && app->is_json) {
		return fault_set(&app->fault, ERR_USAGE, _("only one of %s and %s"), "--csv -", "--json");
	}
	if (app_option(app, OPTION_PERSON) != NULL && app_option(app, OPTION_MINE) != NULL) {
		return fault_set(&app->fault, ERR_USAGE, _("only one of %s and %s"), "--person", "--mine");
	}
	asked->request->has_form = csv != NULL || is_xlsx;
	asked->request->form = is_xlsx ? PB__REPORT__FORM__XLSX : PB__REPORT__FORM__CSV;
	return ERR_OK;
}

/* The one that was named, or with --by community each that this person has to do with. */
static enum err take_communities(struct app *app, struct asked *asked)
{
	enum err err;

	asked->count = 1;
	if (!asked->shape.by_community || app_option(app, OPTION_COMMUNITY) != NULL) {
		return place_community(app, &asked->communities[0]);
	}
	err = place_load(app);
	if (err != ERR_OK) {
		return err;
	}
	asked->count = size_min(place_community_count(app), COMMUNITIES_MAX);
	for (size_t i = 0; i < asked->count; i++) {
		place_community_at(app, i, &asked->communities[i]);
	}
	return ERR_OK;
}

/* --mine: who is logged in. */
static enum err take_myself(struct app *app, struct asked *asked)
{
	Pb__SessionWhoami request = PB__SESSION_WHOAMI__INIT;
	const Pb__SessionWhoamiReply *reply;
	struct client_result *result;

	if (app_option(app, OPTION_MINE) == NULL) {
		return ERR_OK;
	}
	result = link_call(app, METHOD_session_whoami, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (reply->account == NULL || reply->account->account_id.len != UUID_BYTES) {
		client_result_free(result);
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	form_set_id(app, &asked->request->base, "account_id",
		uuid_from_span(codec_span(true, reply->account->account_id)));
	asked->request->has_account_id = true;
	client_result_free(result);
	return ERR_OK;
}

static enum err ask_one(struct app *app, struct asked *asked, size_t i)
{
	const struct place_community *community = &asked->communities[i];
	Pb__ReportKpi *request = asked->request;
	enum err err;

	form_set_id(app, &request->base, "community_id", community->id);
	err = form_names(app, &request->base, &community->id);
	if (err != ERR_OK) {
		return err;
	}
	if (app_option(app, OPTION_FROM_MONTH) == NULL) {
		request->has_month_from = true;
		request->month_from = month_of(clock_now().utc_us, community->zone);
	}
	asked->results[i] = link_call(app, METHOD_report_kpi, &request->base);
	if (asked->results[i] == NULL) {
		return app->fault.err;
	}
	asked->parts[i].community = community->name;
	asked->parts[i].reply = (const void *)asked->results[i]->message;
	return ERR_OK;
}

/* A reply as it is; of several communities a list of them, each with its id. */
static enum err show_json(struct app *app, const struct asked *asked)
{
	json_t *list = json_array();

	if (!asked->shape.by_community) {
		json_decref(list);
		return print_message(app, asked->results[0]->message);
	}
	for (size_t i = 0; i < asked->count; i++) {
		char id[UUID_TEXT_LEN + 1];

		uuid_format(asked->communities[i].id, id);
		(void)json_array_append_new(list, json_pack("{s:s, s:o}", "community_id", id, "report",
											  message_to_json(asked->results[i]->message)));
	}
	print_json(json_pack("{s:o}", "communities", list));
	return ERR_OK;
}

/* An errno, 0 for success. */
static int write_csv(const struct grid *grid, const char *path)
{
	struct span bytes;
	struct buf csv;
	int failed = 0;

	buf_init(&csv, GRID_BYTES_MAX);
	if (!grid_csv(grid, &csv)) {
		buf_fini(&csv);
		return EFBIG;
	}
	bytes = buf_readable(&csv);
	if (strcmp(path, "-") == 0) {
		failed = fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len ? 0 : errno;
	} else {
		failed = file_replace(path, str_of((const char *)bytes.ptr, bytes.len));
	}
	buf_fini(&csv);
	return failed;
}

static enum err write_file(struct app *app, const struct asked *asked)
{
	const char *csv = app_option(app, OPTION_CSV);
	const char *path = csv != NULL ? csv : app_option(app, OPTION_XLSX);
	struct grid grid;
	int failed;

	grid_init(&grid);
	report_fill(app, &asked->shape, asked->parts, asked->count, &grid);
	failed = csv != NULL ? write_csv(&grid, path) : grid_write_xlsx(&grid, path, _("report"));
	if (failed == 0) {
		print_note(app, _("%zu figures: %s"), grid.cell_count / grid.column_count, path);
	}
	grid_fini(&grid);
	return failed == 0 ? ERR_OK
	                   : fault_set(&app->fault, ERR_OUTPUT, "%s: %s", path, strerror(failed));
}

/* What the table cannot say by itself. */
static void say_bounds(const struct app *app, const struct asked *asked)
{
	bool is_whole = true;
	bool has_more = false;

	for (size_t i = 0; i < asked->count; i++) {
		is_whole = is_whole && asked->parts[i].reply->is_whole;
		has_more = has_more || asked->parts[i].reply->has_more;
	}
	if (!is_whole) {
		print_note(app, _("not of the whole community: what you asked for, and may see"));
	}
	if (has_more) {
		print_note(app, _("there are more rows than fit: ask for fewer months, or one team"));
	}
}

static enum err show(struct app *app, const struct asked *asked)
{
	bool is_written = app_option(app, OPTION_CSV) != NULL || app_option(app, OPTION_XLSX) != NULL;
	enum err err = ERR_OK;

	if (is_written) {
		err = write_file(app, asked);
	} else if (!app->is_json) {
		report_print(app, &asked->shape, asked->parts, asked->count, stdout);
	}
	if (err == ERR_OK) {
		say_bounds(app, asked);
	}
	return err == ERR_OK && app->is_json ? show_json(app, asked) : err;
}

static enum err ask(struct app *app, struct asked *asked)
{
	enum err err = form_words(app, &asked->request->base);

	if (err == ERR_OK) {
		err = take_groups(app, asked);
	}
	if (err == ERR_OK) {
		err = take_form(app, asked);
	}
	if (err == ERR_OK) {
		err = take_communities(app, asked);
	}
	if (err == ERR_OK) {
		err = take_myself(app, asked);
	}
	for (size_t i = 0; err == ERR_OK && i < asked->count; i++) {
		err = ask_one(app, asked, i);
	}
	return err;
}

enum err command_report_kpi(struct app *app)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	enum err err;

	if (asked == NULL) {
		abort();
	}
	asked->request = (void *)form_new(app, &pb__report_kpi__descriptor);
	err = ask(app, asked);
	if (err == ERR_OK) {
		err = show(app, asked);
	}
	for (size_t i = 0; i < asked->count; i++) {
		client_result_free(asked->results[i]);
	}
	free(asked);
	return err;
}
