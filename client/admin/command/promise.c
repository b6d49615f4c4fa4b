/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise list, show, export; approve, reject, withdraw.
 */
#include <stdio.h>

#include "promise.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/promise_sheet.h"
#include "client/admin/table.h"

/* "in force" rather than "approved"; the number's room is for a state that is new. */
static const char *state_of(const Pb__PromiseSet *set, char number[16])
{
	return set->is_in_force
	           ? _("in force")
	           : label_of(&pb__promise_set__state__descriptor, (int)set->state, number);
}

static void add_set(struct app *app, struct table *table, const Pb__PromiseSet *set)
{
	char day[DAY_TEXT_MAX];
	char number[16];

	table_add(table, arena_printf(&app->arena, "%u", (unsigned)set->set_no));
	table_add_c(table, state_of(set, number));
	table_add_c(table, day_format(set->from_day, day));
	table_add(table, codec_str(set->proposer_name));
	table_add(table, codec_str(set->decider_name));
	table_add(table, codec_str(set->note));
}

static void print_sets(struct app *app, const Pb__PromiseListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("SET"), false},
		{N_("STATE"), false},
		{N_("FROM"), false},
		{N_("PROPOSED BY"), false},
		{N_("DECIDED BY"), false},
		{N_("NOTE"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_sets; i++) {
		add_set(app, &table, reply->sets[i]);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_promise_list(struct app *app)
{
	Pb__PromiseList request = PB__PROMISE_LIST__INIT;
	struct client_result *result;
	enum err err = link_resume(app);

	result = err == ERR_OK ? link_call(app, METHOD_promise_list, &request.base) : NULL;
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_sets(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}

/* The set of the first argument, or the one in force; NULL, and app->fault says why. */
static struct client_result *fetch(struct app *app)
{
	Pb__PromiseGet request = PB__PROMISE_GET__INIT;

	if (link_resume(app) != ERR_OK) {
		return NULL;
	}
	request.has_set_no = app->options.argument_count > 0;
	if (request.has_set_no && app_number(app, "SET", app->options.arguments[0], 1, INT32_MAX,
								  &request.set_no) != ERR_OK) {
		return NULL;
	}
	return link_call(app, METHOD_promise_get, &request.base);
}

static void print_head(struct app *app, const Pb__PromiseSet *set)
{
	char day[DAY_TEXT_MAX];
	char number[16];

	print_pair(_("set"), arena_printf(&app->arena, "%u", (unsigned)set->set_no));
	print_pair_c(_("state"), state_of(set, number));
	print_pair_c(_("from"), day_format(set->from_day, day));
	print_pair(_("note"), codec_str(set->note));
	print_pair(_("proposed by"), codec_str(set->proposer_name));
	print_pair(_("decided by"), codec_str(set->decider_name));
	print_pair(_("reason"), codec_str(set->reason));
	puts("");
}

static const char *label_or_empty(
	bool has, const ProtobufCEnumDescriptor *type, int value, char out[16])
{
	return has ? label_of(type, value, out) : "";
}

/* In the person's words, as far as they are words; the headings of the clocks are those of the file. */
static void add_row(struct app *app, struct table *table, const Pb__PromiseRow *row)
{
	struct str cells[PROMISE_COLUMN_COUNT];
	char number[16];

	promise_cells(row, &app->arena, cells);
	table_add_c(table,
		label_or_empty(row->has_kind, &pb__complaint__kind__descriptor, (int)row->kind, number));
	table_add_c(table, label_or_empty(row->has_subkind, &pb__complaint__subkind__descriptor,
						   (int)row->subkind, number));
	table_add_c(table, label_or_empty(row->has_channel, &pb__complaint__channel__descriptor,
						   (int)row->channel, number));
	table_add_c(table, label_or_empty(row->has_urgency, &pb__complaint__urgency__descriptor,
						   (int)row->urgency, number));
	table_add_c(table, label_or_empty(row->has_calendar, &pb__promise_row__calendar__descriptor,
						   (int)row->calendar, number));
	for (size_t i = PROMISE_COLUMN_FIRST_TERM; i < PROMISE_COLUMN_COUNT; i++) {
		table_add(table, cells[i]);
	}
}

static void print_rows(struct app *app, const Pb__PromiseGetReply *reply)
{
	static const struct table_column columns[] = {
		{N_("KIND"), false},
		{N_("SUBKIND"), false},
		{N_("CHANNEL"), false},
		{N_("URGENCY"), false},
		{N_("COUNTS"), false},
		{N_("ACKNOWLEDGE"), false},
		{N_("ACCEPT"), false},
		{N_("BOOK"), false},
		{N_("ARRIVE"), false},
		{N_("ADVISE"), false},
		{N_("RESOLVE"), false},
		{N_("FOLLOW UP"), false},
	};
	struct table table;

	static_assert(COUNT(columns) == PROMISE_COLUMN_COUNT, "a heading a column");
	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_rows; i++) {
		add_row(app, &table, reply->rows[i]);
	}
	table_print(&table, stdout, 0);
	table_fini(&table);
}

enum err command_promise_show(struct app *app)
{
	struct client_result *result = fetch(app);
	const Pb__PromiseGetReply *reply;
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	if (app->is_json) {
		err = print_message(app, result->message);
	} else if (reply->set != NULL) {
		print_head(app, reply->set);
		print_rows(app, reply);
	}
	client_result_free(result);
	return err;
}

/* No cell has a comma or a quote: names of the protocol, and numbers. */
static void print_csv(struct app *app, const Pb__PromiseGetReply *reply)
{
	struct str cells[PROMISE_COLUMN_COUNT];

	for (size_t i = 0; i < PROMISE_COLUMN_COUNT; i++) {
		printf("%s%s", i == 0 ? "" : ",", promise_columns[i].name);
	}
	puts("");
	for (size_t i = 0; i < reply->n_rows; i++) {
		promise_cells(reply->rows[i], &app->arena, cells);
		for (size_t k = 0; k < PROMISE_COLUMN_COUNT; k++) {
			printf("%s%.*s", k == 0 ? "" : ",", STR_ARG(cells[k]));
		}
		puts("");
	}
}

enum err command_promise_export(struct app *app)
{
	struct client_result *result = fetch(app);
	enum err err = ERR_OK;

	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_csv(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}

/* What somebody decides about: the set of the first argument, as it is now or as --version says. */
static enum err target(struct app *app, uint32_t *out_set_no, uint32_t *out_version)
{
	const char *version = app_option(app, OPTION_VERSION);
	struct client_result *result = fetch(app);
	const Pb__PromiseGetReply *reply;

	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	*out_set_no = reply->set == NULL ? 0 : reply->set->set_no;
	*out_version = reply->set == NULL ? 0 : reply->set->version;
	client_result_free(result);
	return version == NULL ? ERR_OK
	                       : app_number(app, "--version", version, 1, INT32_MAX, out_version);
}

enum err command_promise_approve(struct app *app)
{
	Pb__PromiseApprove request = PB__PROMISE_APPROVE__INIT;
	enum err err = target(app, &request.set_no, &request.version);

	if (err != ERR_OK) {
		return err;
	}
	request.has_set_no = request.has_version = true;
	return print_call(app, METHOD_promise_approve, &request.base, _("the set was approved"));
}

enum err command_promise_reject(struct app *app)
{
	Pb__PromiseReject request = PB__PROMISE_REJECT__INIT;
	const char *reason;
	enum err err = app_text(app, OPTION_REASON, &reason);

	if (err == ERR_OK) {
		err = target(app, &request.set_no, &request.version);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_set_no = request.has_version = true;
	request.reason = (char *)(uintptr_t)reason;
	return print_call(app, METHOD_promise_reject, &request.base, _("the set was turned down"));
}

enum err command_promise_withdraw(struct app *app)
{
	Pb__PromiseWithdraw request = PB__PROMISE_WITHDRAW__INIT;
	enum err err = target(app, &request.set_no, &request.version);

	if (err != ERR_OK) {
		return err;
	}
	request.has_set_no = request.has_version = true;
	return print_call(app, METHOD_promise_withdraw, &request.base, _("the set was taken back"));
}
