/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint list: page after page by the cursors of the replies, shown as they come, so that a list of any length
 * takes little memory; from its beginning, from a row of it, or from a cursor of an earlier list.
 */
#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/filter.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"
#include "client/admin/when.h"
#include "client/core/base64.h"
#include "client/core/json.h"

#define PAGE_ROWS 200 /* as many as complaint.list gives at once */
#define LIMIT_DEFAULT 50
#define ANCHOR_STEP 100
#define AT_MAX 100000 /* as far as anchors reach */

/* What is asked for, and where it begins. */
struct query {
	struct filter filter;
	uint32_t rows_left; /* UINT32_MAX: all there are */
	uint32_t at;        /* first row that is shown, from 1; 0: from the beginning */
	uint32_t rows_over; /* between the anchor and that row */
	bool is_back;       /* one page, before a cursor */
};

/* Where the rows go. */
struct shown {
	struct table table;
	struct recent
		*recent; /* the first RECENT_MAX rows can be called by the beginnings of their ids */
	size_t row_count;
	bool has_more;
	/* Of the first page and the last, base64 in the app's arena; NULL: none. */
	const char *cursor_back;
	const char *cursor;
};

/* Where it begins: at most one of --after, --before and --at. */
static enum err take_begin(struct app *app, struct query *query)
{
	const char *after = app_option(app, OPTION_AFTER);
	const char *before = app_option(app, OPTION_BEFORE);
	const char *at = app_option(app, OPTION_AT);
	const char *text = after != NULL ? after : before;
	struct span cursor;

	if ((after != NULL) + (before != NULL) + (at != NULL) > 1) {
		return fault_set(&app->fault, ERR_USAGE, "%s", _("only one of --after, --before and --at"));
	}
	if (at != NULL) {
		return app_number(app, "--at", at, 1, AT_MAX, &query->at);
	}
	if (text == NULL) {
		return ERR_OK;
	}
	if (!base64_decode(str_from_c(text), &app->arena, &cursor)) {
		return fault_set(&app->fault, ERR_USAGE, _("%s: '%s' is no cursor of a list"),
			after != NULL ? "--after" : "--before", text);
	}
	query->is_back = before != NULL;
	query->filter.request.has_cursor = true;
	query->filter.request.cursor = codec_bytes(cursor);
	return ERR_OK;
}

/* The parts that can be wrong without asking anybody. */
static enum err query_words(struct app *app, struct query *query)
{
	const char *limit = app_option(app, OPTION_LIMIT);
	bool is_all = app_option(app, OPTION_ALL) != NULL;
	enum err err = ERR_OK;

	query->rows_left = is_all ? UINT32_MAX : LIMIT_DEFAULT;
	if (limit != NULL) {
		err = app_number(app, "--limit", limit, 1, INT32_MAX, &query->rows_left);
	}
	if (err == ERR_OK) {
		err = take_begin(app, query);
	}
	if (err == ERR_OK && query->is_back && query->rows_left > PAGE_ROWS) {
		err = fault_set(&app->fault, ERR_USAGE, _("--before shows %u rows at most"), PAGE_ROWS);
	}
	if (err == ERR_OK && app_option(app, OPTION_BY_CLOCK) != NULL) {
		query->filter.request.has_order = true;
		query->filter.request.order = PB__COMPLAINT_LIST__ORDER__DUE;
	}
	return err == ERR_OK ? filter_words(app, &query->filter) : err;
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

static void show_page(
	struct app *app, struct query *query, struct shown *shown, const Pb__ComplaintListReply *reply)
{
	for (size_t i = 0; i < reply->n_complaints; i++) {
		const Pb__Complaint *row = reply->complaints[i];

		if (query->rows_over > 0) {
			query->rows_over--;
			continue;
		}
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

static const char *cursor_text(struct app *app, bool has, ProtobufCBinaryData cursor)
{
	return has ? base64_encode(codec_span(true, cursor), &app->arena) : NULL;
}

/* What a page says about the rest. */
static void note_page(struct app *app, const struct query *query, struct shown *shown,
	const Pb__ComplaintListReply *reply, bool is_first)
{
	if (is_first) {
		shown->cursor_back = cursor_text(app, reply->has_cursor_back, reply->cursor_back);
	}
	shown->cursor = cursor_text(app, reply->has_cursor, reply->cursor);
	shown->has_more = query->is_back ? reply->has_cursor_back : reply->has_cursor;
}

/* Rows that are still wanted, with those that are passed over, and no more than a page. */
static uint32_t page_limit(const struct query *query)
{
	uint32_t over = query->rows_over;

	return query->rows_left > PAGE_ROWS - over ? PAGE_ROWS : query->rows_left + over;
}

static bool is_done(const struct query *query, const Pb__ComplaintListReply *reply)
{
	return query->is_back || !reply->has_cursor || reply->n_complaints == 0 ||
	       query->rows_left == 0;
}

static enum err show_all(struct app *app, struct query *query, struct shown *shown)
{
	Pb__ComplaintList *request = &query->filter.request;
	struct client_result *page = NULL; /* the request's cursor lies in it */
	enum err err = ERR_OK;

	for (;;) {
		const Pb__ComplaintListReply *reply;
		struct client_result *next;
		size_t before = shown->row_count;

		request->has_limit = true;
		request->limit = page_limit(query);
		next = link_call(app, METHOD_complaint_list, &request->base);
		if (next == NULL) {
			client_result_free(page);
			return app->fault.err;
		}
		reply = (const void *)next->message;
		note_page(app, query, shown, reply, page == NULL);
		client_result_free(page);
		page = next;
		show_page(app, query, shown, reply);
		if (query->rows_left != UINT32_MAX) {
			query->rows_left -= (uint32_t)size_min(query->rows_left, shown->row_count - before);
		}
		if (ferror(stdout)) { /* nobody reads any more */
			err = fault_set(&app->fault, ERR_OUTPUT, "%s", _("standard output"));
			break;
		}
		if (is_done(query, reply)) {
			break;
		}
		request->has_cursor = true;
		request->cursor = reply->cursor;
	}
	client_result_free(page);
	return err;
}

/* To the anchor before the row; the rows between are asked for and not shown. *out_is_there: so long is the list. */
static enum err go_to_row(struct app *app, struct query *query, bool *out_is_there)
{
	Pb__ComplaintList *request = &query->filter.request;
	uint32_t anchor = (query->at - 1) / ANCHOR_STEP;
	const Pb__ComplaintListReply *reply;
	struct client_result *result;

	request->has_limit = request->has_with_anchors = request->with_anchors = true;
	request->limit = 1;
	result = link_call(app, METHOD_complaint_list, &request->base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	*out_is_there = query->at <= reply->row_count || reply->has_more_rows;
	if (*out_is_there && anchor > 0 && anchor <= reply->n_anchors) {
		request->has_cursor = true;
		request->cursor =
			codec_bytes(arena_span(&app->arena, codec_span(true, reply->anchors[anchor - 1])));
	}
	request->has_with_anchors = request->with_anchors = false;
	query->rows_over = (query->at - 1) % ANCHOR_STEP;
	client_result_free(result);
	return ERR_OK;
}

static void print_cursor(const char *name, const char *cursor)
{
	if (cursor != NULL) {
		printf(", \"%s\": \"%s\"", name, cursor);
	}
}

static void finish(struct app *app, const struct shown *shown)
{
	if (app->is_json) {
		fputs(shown->row_count == 0 ? "{\"complaints\": [" : "\n", stdout);
		printf("], \"has_more\": %s", shown->has_more ? "true" : "false");
		print_cursor("cursor", shown->cursor);
		print_cursor("cursor_back", shown->cursor_back);
		puts("}");
		return;
	}
	if (shown->has_more) {
		print_note(app, _("there are more: --limit N or --all"));
	}
}

static enum err show(struct app *app, struct query *query, struct shown *shown)
{
	bool is_there = true;
	enum err err = ERR_OK;

	if (query->at > 0) {
		err = go_to_row(app, query, &is_there);
	}
	if (err == ERR_OK && is_there) {
		err = show_all(app, query, shown);
	}
	if (err == ERR_OK) {
		finish(app, shown);
	}
	return err;
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
	struct query query = {0};
	struct shown shown = {0};
	enum err err;

	filter_init(&query.filter);
	err = query_words(app, &query);
	if (err == ERR_OK) {
		err = filter_names(app, &query.filter);
	}
	if (err != ERR_OK) {
		return err;
	}
	table_init(&shown.table, columns, COUNT(columns));
	shown.recent = recent_load(app->profile.name);
	err = show(app, &query, &shown);
	recent_save(app->profile.name, shown.recent);
	free(shown.recent);
	table_fini(&shown.table);
	return err;
}
