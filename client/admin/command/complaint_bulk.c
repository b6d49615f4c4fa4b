/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint bulk: one step with each complaint of a list, but those excluded. The list is read to its end first, so what
 * the steps change moves nothing under it; then each is asked for by itself, several at a time, with the version that
 * was read. The server decides each as ever, and its events have the bulk's id as their trace.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/bulk.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/bulk_result.h"
#include "client/admin/filter.h"
#include "client/admin/flight.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/interrupt.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/progress.h"

#define PAGE_ROWS 200 /* as many as complaint.list gives at once */

struct bulk {
	struct app *app;
	const struct bulk_step *step;
	Pb__ComplaintList *list;
	ProtobufCMessage *request; /* the step's; complaint and version are set row by row */
	struct uuid id;
	struct bulk_result result;
};

/* What belongs to the step, without asking anybody. */
static enum err take_step(struct app *app, struct bulk *bulk)
{
	const char *name = app->options.arguments[0];
	bool has_to = app->options.argument_count > 1;
	char list[256];

	bulk->step = bulk_step_find(name);
	if (bulk->step == NULL) {
		bulk_step_list(list, sizeof(list));
		return fault_set(&app->fault, ERR_USAGE, _("STEP: '%s' is none of: %s"), name, list);
	}
	if (has_to != (bulk->step->to != BULK_TO_NOTHING)) {
		return fault_set(&app->fault, ERR_USAGE,
			has_to ? _("%s needs no TO") : _("%s needs to know where TO"), name);
	}
	if ((app_option(app, OPTION_REASON) != NULL) != (bulk->step->reason == BULK_REASON_WHY)) {
		return fault_set(&app->fault, ERR_USAGE,
			bulk->step->reason == BULK_REASON_WHY ? _("%s needs --reason")
												  : _("%s takes no --reason"),
			name);
	}
	bulk->request = form_new(app, method_rows[bulk->step->method].request);
	return ERR_OK;
}

static enum err take_category(struct app *app, struct bulk *bulk)
{
	const char *text = app->options.arguments[1];
	char list[512];
	uint32_t number;

	if (!category_parse(str_from_c(text), &number)) {
		category_list(list, sizeof(list));
		return fault_set(&app->fault, ERR_USAGE, _("%s: '%s' is none of: %s"), "TO", text, list);
	}
	form_set_number(bulk->request, "category", number);
	return ERR_OK;
}

/* Names, so the list has connected before. */
static enum err take_to(struct app *app, struct bulk *bulk)
{
	struct uuid community_id = uuid_from_span(codec_span(true, bulk->list->community_id));
	struct uuid team_id;
	struct uuid unused;
	const char *reason;
	enum err err = ERR_OK;

	form_set_id(app, bulk->request, "community_id", community_id);
	if (bulk->step->reason == BULK_REASON_WHY) {
		err = app_text(app, OPTION_REASON, &reason);
		if (err == ERR_OK) {
			form_set_text(bulk->request, "reason", reason);
		}
	}
	if (err == ERR_OK && bulk->step->to == BULK_TO_TEAM) {
		err = place_team(app, &community_id, app->options.arguments[1], &team_id, &unused);
		if (err == ERR_OK) {
			form_set_id(app, bulk->request, "team_id", team_id);
		}
	}
	return err;
}

/* What says which and how, but not how it is shown, nor whether it is meant. */
static struct option_set what_counts(const struct app *app)
{
	static const enum option_id how[] = {OPTION_RESUME, OPTION_DRY_RUN, OPTION_CSV};
	struct option_set which = command_options(app->command);

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_set_has(option_set_global(), (enum option_id)i)) {
			which = option_set_without(which, (enum option_id)i);
		}
	}
	for (size_t i = 0; i < COUNT(how); i++) {
		which = option_set_without(which, how[i]);
	}
	return which;
}

/* A new id, or the old one where it is of just this. */
static enum err take_id(struct app *app, struct bulk *bulk)
{
	struct str what = bulk_what(&app->arena, &app->options, what_counts(app));
	const char *resume = app_option(app, OPTION_RESUME);

	if (resume == NULL) {
		bulk->id = bulk_id_new(what, clock_now().utc_us);
		return ERR_OK;
	}
	if (!uuid_parse(str_from_c(resume), &bulk->id)) {
		return fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no UUID"), "resume", resume);
	}
	if (!bulk_id_fits(bulk->id, what)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("--resume: that was another step, or other complaints: give the same options"));
	}
	return ERR_OK;
}

static bool is_excluded(const struct app *app, const char *number)
{
	const char *text;

	for (size_t i = 0; (text = options_at(&app->options, OPTION_EXCLUDE, i)) != NULL; i++) {
		if (strcmp(text, number) == 0) {
			return true;
		}
	}
	return false;
}

static void keep_page(struct bulk *bulk, const Pb__ComplaintListReply *reply)
{
	for (size_t i = 0; i < reply->n_complaints; i++) {
		const Pb__Complaint *row = reply->complaints[i];
		const char *number = row->number == NULL ? "?" : row->number;

		if (is_excluded(bulk->app, number)) {
			bulk->result.excluded_count++;
			continue;
		}
		bulk_result_add(
			&bulk->result, &(struct bulk_row){
							   .complaint_id = uuid_from_span(codec_span(true, row->complaint_id)),
							   .version = row->version,
							   .number = arena_c_string(&bulk->app->arena, str_from_c(number)),
						   });
	}
}

/* All of the list, page by page. */
static enum err gather(struct bulk *bulk)
{
	struct client_result *page = NULL; /* the request's cursor lies in it */
	struct progress progress;
	bool has_more = true;

	progress_begin(&progress, bulk->app);
	while (has_more && !interrupt_came()) {
		const Pb__ComplaintListReply *reply;
		struct client_result *next;

		bulk->list->has_limit = true;
		bulk->list->limit = PAGE_ROWS;
		next = link_call(bulk->app, METHOD_complaint_list, &bulk->list->base);
		client_result_free(page);
		page = next;
		if (next == NULL) {
			progress_end(&progress);
			return bulk->app->fault.err;
		}
		reply = (const void *)next->message;
		keep_page(bulk, reply);
		has_more = reply->has_cursor && reply->n_complaints > 0;
		bulk->list->has_cursor = has_more;
		bulk->list->cursor = reply->cursor;
		progress_show(&progress, bulk->result.count, 0);
	}
	client_result_free(page);
	progress_end(&progress);
	return has_more ? fault_set_plain(&bulk->app->fault, ERR_CANCELLED) : ERR_OK;
}

/* The step itself, or with --dry-run what would become of it. */
static void ask(void *context, size_t i, struct arena *arena, struct client_ask *out)
{
	struct bulk *bulk = context;
	const struct bulk_row *row = &bulk->result.rows[i];
	struct uuid key = bulk_key(bulk->id, row->complaint_id);
	struct span key_bytes = arena_span(arena, span_of(key.bytes, UUID_BYTES));
	Pb__ComplaintTry *trial;

	form_set_id(bulk->app, bulk->request, "complaint_id", row->complaint_id);
	form_set_number(bulk->request, "version", row->version);
	out->trace_id = span_of(bulk->id.bytes, UUID_BYTES);
	if (!bulk->result.is_dry) {
		out->method = &method_rows[bulk->step->method];
		out->request = bulk->request;
		out->key = key_bytes;
		return;
	}
	trial = arena_new(arena, Pb__ComplaintTry);
	pb__complaint_try__init(trial);
	trial->method = (char *)(uintptr_t)method_rows[bulk->step->method].name;
	trial->has_body = trial->has_key = true;
	trial->body = codec_bytes(codec_encode(bulk->request, arena));
	trial->key = codec_bytes(key_bytes);
	out->method = &method_rows[METHOD_complaint_try];
	out->request = &trial->base;
}

/* A key of another version of the same complaint is this bulk's own, from before it was cut. */
static enum bulk_outcome outcome_of(const struct bulk *bulk, const struct client_result *result)
{
	bool is_resumed = app_option(bulk->app, OPTION_RESUME) != NULL;
	const Pb__ComplaintTryReply *trial = (const void *)result->message;

	if (result->err == ERR_KEY_REUSED) {
		return BULK_BEFORE;
	}
	if (result->err != ERR_OK) {
		return BULK_REFUSED;
	}
	if (bulk->result.is_dry) {
		return trial->has_is_used && trial->is_used ? BULK_BEFORE : BULK_WOULD;
	}
	return result->is_repeat && is_resumed ? BULK_BEFORE : BULK_DONE;
}

static void land(void *context, size_t i, const struct client_result *result)
{
	struct bulk *bulk = context;
	struct bulk_row *row = &bulk->result.rows[i];

	row->outcome = outcome_of(bulk, result);
	row->err = row->outcome == BULK_REFUSED ? result->err : ERR_OK;
	if (row->outcome == BULK_REFUSED) {
		row->allowed = arena_c_string(&bulk->app->arena, result->allowed);
	}
}

/* Said before the first step, so that it is known wherever the run is cut. */
static void say_id(const struct bulk *bulk)
{
	char id[UUID_TEXT_LEN + 1];

	if (!bulk->result.is_dry && bulk->result.count > 0) {
		uuid_format(bulk->id, id);
		fprintf(
			stderr, _("guanjia: where this is cut, the same again with --resume %s goes on\n"), id);
	}
}

static enum err take_all(struct app *app, struct bulk *bulk)
{
	enum err err = take_step(app, bulk);

	if (err == ERR_OK && bulk->step->to == BULK_TO_CATEGORY) {
		err = take_category(app, bulk);
	}
	if (err == ERR_OK) {
		err = take_id(app, bulk);
	}
	if (err == ERR_OK) {
		err = filter_build(app, &bulk->list);
	}
	return err == ERR_OK ? take_to(app, bulk) : err;
}

/* The rows are shown however it ended. */
static enum err show(struct bulk *bulk, enum err err)
{
	struct app *app = bulk->app;
	enum err shown;
	size_t refused;

	bulk->result.id = bulk->id;
	bulk->result.step = bulk->step->name;
	shown = bulk_result_show(app, &bulk->result);
	if (err != ERR_OK || shown != ERR_OK) {
		return err != ERR_OK ? err : shown;
	}
	refused = bulk_result_count(&bulk->result, BULK_REFUSED);
	if (refused > 0) {
		return fault_set(&app->fault, bulk_result_first_err(&bulk->result),
			ngettext("%zu of %zu was refused", "%zu of %zu were refused", refused), refused,
			bulk->result.count);
	}
	return ERR_OK;
}

enum err command_complaint_bulk(struct app *app)
{
	struct bulk bulk = {.app = app};
	struct flight_plan plan = {.ask = ask, .land = land, .context = &bulk};
	enum err err;

	bulk.result.is_dry = app_option(app, OPTION_DRY_RUN) != NULL;
	err = take_all(app, &bulk);
	if (err == ERR_OK) {
		interrupt_watch();
		err = gather(&bulk);
	}
	if (err == ERR_OK) {
		say_id(&bulk);
		plan.count = bulk.result.count;
		err = show(&bulk, flight_run(app, &plan));
	}
	free(bulk.result.rows);
	return err;
}
