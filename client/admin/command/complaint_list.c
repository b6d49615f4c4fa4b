/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint list: page after page by the cursors of the replies, shown as they come, so that a list
 * of any length takes little memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"
#include "client/admin/when.h"
#include "client/core/json.h"
#include "common/clock.h"

#define PAGE_ROWS 200 /* as many as complaint.list gives at once */
#define LIMIT_DEFAULT 50
#define STATES_MAX 32

/* What is asked for; everything that the request points to. */
struct query {
	Pb__ComplaintList request;
	Pb__Complaint__State states[STATES_MAX];
	uint32_t rows_left; /* UINT32_MAX: all there are */
};

/* Where the rows go. */
struct shown {
	struct table table;
	struct recent
		*recent; /* the first RECENT_MAX rows can be called by the beginnings of their ids */
	size_t row_count;
};

/* "--state accepted,booked": adds each of them. */
static enum err add_states(struct app *app, struct query *query, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *one = arena_c_string(&app->arena, str_of(text, len));
		int state;
		enum err err = app_enum(app, "--state", &pb__complaint__state__descriptor, one, &state);

		if (err != ERR_OK) {
			return err;
		}
		if (query->request.n_states == STATES_MAX) {
			return fault_set(&app->fault, ERR_USAGE, _("--%s is given too often"), "state");
		}
		query->states[query->request.n_states] = (Pb__Complaint__State)state;
		query->request.n_states++;
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return ERR_OK;
}

/* The parts that can be wrong without asking anybody. */
static enum err query_words(struct app *app, struct query *query)
{
	const char *limit = app_option(app, OPTION_LIMIT);
	enum err err = ERR_OK;

	query->rows_left = app_option(app, OPTION_ALL) == NULL ? LIMIT_DEFAULT : UINT32_MAX;
	if (limit != NULL) {
		err = app_number(app, "--limit", limit, 1, INT32_MAX, &query->rows_left);
	}
	for (size_t i = 0; err == ERR_OK; i++) {
		const char *text = options_at(&app->options, OPTION_STATE, i);

		if (text == NULL) {
			break;
		}
		err = add_states(app, query, text);
	}
	query->request.states = query->states;
	err = err == ERR_OK ? form_words(app, &query->request.base) : err;
	if (err == ERR_OK && app_option(app, OPTION_OVERDUE) != NULL &&
		!query->request.has_due_before_us) {
		query->request.has_due_before_us = true;
		query->request.due_before_us = clock_now().utc_us;
	}
	return err;
}

static enum err query_places(struct app *app, struct query *query)
{
	struct place_community community;
	enum err err = place_community(app, &community);

	if (err != ERR_OK) {
		return err;
	}
	form_set_id(app, &query->request.base, "community_id", community.id);
	return form_names(app, &query->request.base, &community.id);
}

/* What is due first, and when: "accept 2026-11-23 19:50". */
static struct str due_of(struct app *app, const Pb__Complaint *row)
{
	char number[16];

	if (!row->has_due_us) {
		return STR("");
	}
	return arena_printf(&app->arena, "%s %s",
		label_of(&pb__clock__number__descriptor, (int)row->due_clock, number),
		app_show_time(app, row->due_us));
}

static void add_row(struct app *app, struct table *table, const Pb__Complaint *row)
{
	bool is_normal = !row->has_urgency || row->urgency == PB__COMPLAINT__URGENCY__NORMAL;
	const char *urgency;
	char number[16];
	char submitted[WHEN_TEXT_MAX];
	char team_id[UUID_TEXT_LEN + 1];

	when_format(row->submitted_us, app->profile.zone, submitted);
	table_add(table, codec_str(row->number));
	table_add_c(table, row->waits_for_decision
						   ? _("to be decided")
						   : label_of(&pb__complaint__state__descriptor, (int)row->state, number));
	table_add_c(table, label_of(&pb__complaint__kind__descriptor, (int)row->kind, number));
	urgency = label_of(&pb__complaint__urgency__descriptor, (int)row->urgency, number);
	table_add_c(table, is_normal ? "" : urgency); /* what is urgent stands out */
	table_add_c(table, submitted);
	table_add(table, due_of(app, row));
	table_add(table, codec_str(row->place_code));
	table_add_c(table, row->has_category ? category_label(row->category, number) : "");
	table_add_c(table, place_team_name(app, codec_span(row->has_team_id, row->team_id), team_id));
	table_add(table, codec_str(row->title));
}

/* One row of the one JSON document; the first begins it. */
static void print_row(const Pb__Complaint *row, bool is_first)
{
	json_t *json = message_to_json(&row->base);

	fputs(is_first ? "{\"complaints\": [\n" : ",\n", stdout);
	(void)json_dumpf(json, stdout, JSON_COMPACT);
	json_decref(json);
}

static void show_page(struct app *app, struct shown *shown, const Pb__ComplaintListReply *reply)
{
	for (size_t i = 0; i < reply->n_complaints; i++) {
		const Pb__Complaint *row = reply->complaints[i];

		if (app->is_json) {
			print_row(row, shown->row_count == 0);
		} else {
			add_row(app, &shown->table, row);
		}
		shown->row_count++;
		if (shown->row_count <= RECENT_MAX) {
			target_remember(shown->recent, row->community_id, row->complaint_id);
		}
	}
	if (!app->is_json) {
		table_print(&shown->table, stdout, table_terminal_width(stdout));
	}
}

/* *out_more: rows are left that nobody asked for. */
static enum err show_all(struct app *app, struct query *query, struct shown *shown, bool *out_more)
{
	struct client_result *page = NULL; /* the request's cursor lies in it */

	for (;;) {
		const Pb__ComplaintListReply *reply;
		struct client_result *next;

		query->request.has_limit = true;
		query->request.limit = (uint32_t)size_min(query->rows_left, PAGE_ROWS);
		next = link_call(app, METHOD_complaint_list, &query->request.base);
		client_result_free(page);
		if (next == NULL) {
			return app->fault.err;
		}
		page = next;
		reply = (const void *)page->message;
		show_page(app, shown, reply);
		if (query->rows_left != UINT32_MAX) {
			query->rows_left -= (uint32_t)size_min(query->rows_left, reply->n_complaints);
		}
		*out_more = reply->has_cursor;
		if (ferror(stdout)) { /* nobody reads any more */
			client_result_free(page);
			return fault_set(&app->fault, ERR_OUTPUT, "%s", _("standard output"));
		}
		if (!reply->has_cursor || reply->n_complaints == 0 || query->rows_left == 0) {
			break;
		}
		query->request.has_cursor = true;
		query->request.cursor = reply->cursor;
	}
	client_result_free(page);
	return ERR_OK;
}

static void finish(struct app *app, const struct shown *shown, bool has_more)
{
	if (app->is_json) {
		fputs(shown->row_count == 0 ? "{\"complaints\": [" : "\n", stdout);
		printf("], \"has_more\": %s}\n", has_more ? "true" : "false");
		return;
	}
	if (has_more) {
		print_note(app, _("there are more: --limit N or --all"));
	}
}

enum err command_complaint_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("NUMBER"), false},
		{N_("STATE"), false},
		{N_("KIND"), false},
		{N_("URGENCY"), false},
		{N_("SUBMITTED"), false},
		{N_("DUE"), false},
		{N_("PLACE"), false},
		{N_("CATEGORY"), false},
		{N_("BUTLER TEAM"), false},
		{N_("TITLE"), true},
	};
	struct query query = {.request = PB__COMPLAINT_LIST__INIT};
	struct shown shown = {0};
	bool has_more = false;
	enum err err = query_words(app, &query);

	if (err == ERR_OK) {
		err = query_places(app, &query);
	}
	if (err != ERR_OK) {
		return err;
	}
	table_init(&shown.table, columns, COUNT(columns));
	shown.recent = recent_load(app->profile.name);
	err = show_all(app, &query, &shown, &has_more);
	if (err == ERR_OK) {
		finish(app, &shown, has_more);
	}
	recent_save(app->profile.name, shown.recent);
	free(shown.recent);
	table_fini(&shown.table);
	return err;
}
