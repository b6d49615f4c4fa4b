/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise propose: a file as a set for somebody else to approve. A file with anything wrong is not sent, or comes
 * back with what is wrong; with --dry-run what would change is shown, and nothing is written.
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
#include "client/admin/promise_change.h"
#include "client/admin/table.h"

#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* One command's work. */
struct proposing {
	struct app *app;
	struct arena arena;
	struct promise_sheet sheet;
	struct promise_change *changes;
	size_t change_count;
	bool is_dry_run;
};

static enum err read_file(struct proposing *p)
{
	struct sheet_wish wish = {promise_columns, PROMISE_COLUMN_COUNT, PROMISE_SHEET_ROWS_MAX};
	struct sheet sheet = {0};
	enum err err = sheet_file_read(p->app, wish, &p->arena, &sheet);

	if (err == ERR_OK && !promise_sheet_take(&sheet, &p->arena, &p->sheet)) {
		err = fault_set(&p->app->fault, ERR_INPUT, _("the file is too large"));
	}
	return err;
}

/* Against the set that is in force. */
static enum err compare(struct proposing *p)
{
	Pb__PromiseGet request = PB__PROMISE_GET__INIT;
	struct client_result *result = link_call(p->app, METHOD_promise_get, &request.base);
	const Pb__PromiseGetReply *reply;

	if (result == NULL) {
		return p->app->fault.err;
	}
	reply = (const void *)result->message;
	p->changes = promise_changes((struct promise_rows){reply->rows, reply->n_rows},
		(struct promise_rows){p->sheet.rows, p->sheet.count}, &p->arena, &p->change_count);
	client_result_free(result);
	return ERR_OK;
}

static const char *kind_words(const char *type, struct str value, struct arena *arena)
{
	return value.len == 0 ? "" : label_of_name(type, arena_c_string(arena, value));
}

static void print_changes(struct proposing *p)
{
	static const struct table_column columns[] = {
		{N_("KIND"), false},
		{N_("SUBKIND"), false},
		{N_("CHANNEL"), false},
		{N_("COLUMN"), false},
		{N_("IN FORCE"), false},
		{N_("PROPOSED"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < p->change_count; i++) {
		const struct promise_change *change = &p->changes[i];
		bool is_row = change->column == PROMISE_COLUMN_COUNT;

		table_add_c(&table, kind_words("Complaint.Kind", change->kind, &p->arena));
		table_add_c(&table, kind_words("Complaint.Subkind", change->subkind, &p->arena));
		table_add_c(&table, kind_words("Complaint.Channel", change->channel, &p->arena));
		table_add_c(&table, !is_row                   ? promise_columns[change->column].name
							: change->before.len == 0 ? _("new row")
													  : _("row left out"));
		table_add(&table, change->before);
		table_add(&table, change->after);
	}
	table_print(&table, stdout, 0);
	table_fini(&table);
}

static json_t *json_text(struct str text)
{
	return json_stringn(text.len == 0 ? "" : text.ptr, text.len);
}

static json_t *changes_json(const struct proposing *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->change_count; i++) {
		const struct promise_change *change = &p->changes[i];

		(void)json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "kind", json_text(change->kind), "subkind",
				json_text(change->subkind), "channel", json_text(change->channel), "column",
				change->column == PROMISE_COLUMN_COUNT ? "row"
													   : promise_columns[change->column].name,
				"before", json_text(change->before), "after", json_text(change->after)));
	}
	return array;
}

static void print_document(const struct proposing *p, const Pb__PromiseProposeReply *reply)
{
	json_t *document = json_pack("{s:I, s:b, s:o}", "rows", (json_int_t)p->sheet.count,
		"is_dry_run", p->is_dry_run, "problems",
		sheet_problems_json(p->sheet.problems, p->sheet.problem_count));

	if (p->is_dry_run && p->sheet.problem_count == 0) {
		(void)json_object_set_new(document, "changes", changes_json(p));
	}
	if (reply != NULL && reply->has_set_no) {
		(void)json_object_set_new(document, "set_no", json_integer(reply->set_no));
		(void)json_object_set_new(document, "version", json_integer(reply->version));
	}
	print_json(document);
}

static void print_words(struct proposing *p, const Pb__PromiseProposeReply *reply)
{
	if (p->sheet.problem_count > 0) {
		sheet_problems_print(p->sheet.problems, p->sheet.problem_count);
	} else if (p->is_dry_run) {
		if (p->change_count > 0) {
			print_changes(p);
		}
		printf(ngettext("rows %zu, every one is good; %zu change against what is in force\n",
				   "rows %zu, every one is good; %zu changes against what is in force\n",
				   p->change_count),
			p->sheet.count, p->change_count);
	} else {
		print_note(p->app,
			_("the set was proposed; somebody else approves it: guanjia promise "
			  "approve %u"),
			(unsigned)reply->set_no);
		printf("%u\n", (unsigned)reply->set_no);
	}
}

/* `reply` NULL: the file alone was enough. */
static enum err show(struct proposing *p, const Pb__PromiseProposeReply *reply)
{
	size_t bad_count = p->sheet.problem_count;

	if (p->app->is_json) {
		print_document(p, reply);
	} else {
		print_words(p, reply);
	}
	return bad_count == 0 ? ERR_OK
	                      : fault_set(&p->app->fault, ERR_INPUT,
								ngettext("%zu problem: nothing was proposed",
									"%zu problems: nothing was proposed", bad_count),
								bad_count);
}

static enum err propose(struct proposing *p)
{
	Pb__PromisePropose request = PB__PROMISE_PROPOSE__INIT;
	struct client_result *result;
	const char *note;
	bool has_from = false;
	enum err err = day_option(p->app, OPTION_FROM_DAY, &has_from, &request.from_day);

	if (err == ERR_OK) {
		err = app_text(p->app, OPTION_NOTE, &note);
	}
	if (err == ERR_OK && p->sheet.problem_count > 0) {
		return show(p, NULL);
	}
	if (err == ERR_OK) {
		err = link_resume(p->app);
	}
	if (err == ERR_OK && p->is_dry_run) {
		err = compare(p);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_from_day = request.has_is_dry_run = true;
	request.note = (char *)(uintptr_t)note;
	request.rows = p->sheet.rows;
	request.n_rows = p->sheet.count;
	request.is_dry_run = p->is_dry_run;
	result = link_call(p->app, METHOD_promise_propose, &request.base);
	if (result == NULL) {
		return p->app->fault.err;
	}
	promise_sheet_add(&p->sheet, (const void *)result->message, &p->arena);
	err = show(p, (const void *)result->message);
	client_result_free(result);
	return err;
}

enum err command_promise_propose(struct app *app)
{
	struct proposing p = {.app = app, .is_dry_run = app_option(app, OPTION_DRY_RUN) != NULL};
	enum err err;

	arena_init(&p.arena, ARENA_BYTES_MAX);
	err = read_file(&p);
	if (err == ERR_OK) {
		err = propose(&p);
	}
	arena_fini(&p.arena);
	return err;
}
