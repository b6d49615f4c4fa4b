/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qualification add, verify, end, list; absence add, end, list; calendar list: people who work here.
 */
#include <stdio.h>
#include <strings.h>

#include "proto/codec.h"
#include "staff.pb-c.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/page.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/recent.h"
#include "client/admin/table.h"
#include "client/admin/timeline.h"

#define PAGE_ROWS 200 /* as many as the server gives at once */

/* Whom an argument or option means; an id that lives as long as the app. Connects. */
static enum err person(
	struct app *app, const char *text, protobuf_c_boolean *has, ProtobufCBinaryData *out)
{
	struct uuid id;
	enum err err = link_resume(app);

	if (err == ERR_OK) {
		err = account_id(app, text, &id);
	}
	if (err == ERR_OK) {
		*has = true;
		*out = codec_bytes(arena_span(&app->arena, span_of(id.bytes, UUID_BYTES)));
	}
	return err;
}

/* Does the id begin so, in either case of its digits? */
static bool begins_so(ProtobufCBinaryData id, const char *text)
{
	char whole[UUID_TEXT_LEN + 1];

	if (id.len != UUID_BYTES || strlen(text) < RECENT_PREFIX_MIN) {
		return false;
	}
	uuid_format(uuid_from_span(codec_span(true, id)), whole);
	return strncasecmp(whole, text, strlen(text)) == 0;
}

/* What verify, and both ends, ask for. */
struct found {
	ProtobufCBinaryData id; /* in the app's arena */
	uint32_t version;
	size_t count;
};

static void found_add(
	struct app *app, struct found *found, ProtobufCBinaryData id, uint32_t version)
{
	if (begins_so(id, app->options.arguments[0])) {
		found->id = codec_bytes(arena_span(&app->arena, codec_span(true, id)));
		found->version = version;
		found->count++;
	}
}

/* One of that beginning; --version instead of the one it has. */
static enum err found_one(struct app *app, struct found *found)
{
	const char *version = app_option(app, OPTION_VERSION);
	const char *text = app->options.arguments[0];

	if (found->count == 0) {
		return fault_set(&app->fault, ERR_NOT_FOUND, "'%s'", text);
	}
	if (found->count > 1) {
		return fault_set(
			&app->fault, ERR_USAGE, _("'%s' is more than one: give more of the id"), text);
	}
	return version == NULL ? ERR_OK
	                       : app_number(app, "--version", version, 1, INT32_MAX, &found->version);
}

/* ---- qualifications ------------------------------------------------------------------------- */

enum err command_qualification_add(struct app *app)
{
	Pb__QualificationAdd request = PB__QUALIFICATION_ADD__INIT;
	int kind = 0;
	enum err err = app_enum(
		app, "KIND", &pb__qualification__kind__descriptor, app->options.arguments[1], &kind);

	if (err == ERR_OK) {
		err = form_words(app, &request.base);
	}
	if (err == ERR_OK) {
		err = person(app, app->options.arguments[0], &request.has_account_id, &request.account_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_kind = true;
	request.kind = (Pb__Qualification__Kind)kind;
	return print_call(app, METHOD_qualification_add, &request.base,
		_("the qualification was added; it counts when a second person has verified it"));
}

/* Page by page. */
static enum err find_qualification(struct app *app, struct found *found)
{
	Pb__QualificationList request = PB__QUALIFICATION_LIST__INIT;
	enum err err = link_resume(app);

	request.has_limit = true;
	request.limit = PAGE_ROWS;
	while (err == ERR_OK) {
		struct client_result *result = link_call(app, METHOD_qualification_list, &request.base);
		const Pb__QualificationListReply *reply;

		if (result == NULL) {
			return app->fault.err;
		}
		reply = (const void *)result->message;
		for (size_t i = 0; i < reply->n_qualifications; i++) {
			const Pb__Qualification *one = reply->qualifications[i];

			found_add(app, found, one->qualification_id, one->version);
		}
		request.has_cursor = reply->has_cursor;
		request.cursor =
			codec_bytes(arena_span(&app->arena, codec_span(reply->has_cursor, reply->cursor)));
		client_result_free(result);
		if (!request.has_cursor) {
			break;
		}
	}
	return err == ERR_OK ? found_one(app, found) : err;
}

enum err command_qualification_verify(struct app *app)
{
	Pb__QualificationVerify request = PB__QUALIFICATION_VERIFY__INIT;
	struct found found = {.count = 0};
	enum err err = find_qualification(app, &found);

	if (err != ERR_OK) {
		return err;
	}
	request.has_qualification_id = request.has_version = true;
	request.qualification_id = found.id;
	request.version = found.version;
	return print_call(
		app, METHOD_qualification_verify, &request.base, _("the qualification was verified"));
}

enum err command_qualification_end(struct app *app)
{
	Pb__QualificationEnd request = PB__QUALIFICATION_END__INIT;
	struct found found = {.count = 0};
	enum err err = find_qualification(app, &found);

	if (err != ERR_OK) {
		return err;
	}
	request.has_qualification_id = request.has_version = true;
	request.qualification_id = found.id;
	request.version = found.version;
	return print_call(app, METHOD_qualification_end, &request.base,
		_("the qualification does not count any more"));
}

/* How it stands with it, in a word. */
static const char *standing(const Pb__Qualification *one)
{
	if (one->has_ended_us) {
		return _("ended");
	}
	return one->has_verified_by_id ? _("verified") : _("not verified");
}

static void add_id(struct table *table, bool has, ProtobufCBinaryData bytes)
{
	char id[UUID_TEXT_LEN + 1] = "";

	if (has && bytes.len == UUID_BYTES) {
		uuid_format(uuid_from_span(codec_span(true, bytes)), id);
	}
	table_add_c(table, id);
}

static void add_qualification(
	const struct app *app, struct table *table, const ProtobufCMessage *message)
{
	const Pb__Qualification *one = (const void *)message;
	char day[DAY_TEXT_MAX];
	char number[16];

	(void)app;
	table_add(table, codec_str(one->name));
	table_add_c(table, label_of(&pb__qualification__kind__descriptor, (int)one->kind, number));
	table_add(table, codec_str(one->number));
	table_add_c(table, day_format(one->from_day, day));
	table_add_c(table, day_format(one->last_day, day));
	table_add_c(table, standing(one));
	add_id(table, one->has_qualification_id, one->qualification_id);
}

enum err command_qualification_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("NAME"), true},
		{N_("QUALIFICATION"), false},
		{N_("NUMBER"), false},
		{N_("FROM"), false},
		{N_("LAST DAY"), false},
		{N_("STANDING"), false},
		{N_("ID"), false},
	};
	Pb__QualificationList request = PB__QUALIFICATION_LIST__INIT;
	const struct page_list list = {METHOD_qualification_list, &request.base, "qualifications",
		columns, COUNT(columns), add_qualification};
	const char *kind = app_option(app, OPTION_CERT_KIND);
	const char *within = app_option(app, OPTION_WITHIN);
	int value = 0;
	enum err err = ERR_OK;

	if (kind != NULL) {
		err = app_enum(app, "--kind", &pb__qualification__kind__descriptor, kind, &value);
		request.has_kind = true;
		request.kind = (Pb__Qualification__Kind)value;
	}
	if (err == ERR_OK && within != NULL) {
		err = app_number(app, "--within", within, 0, 3660, &request.within_days);
		request.has_within_days = true;
	}
	if (err == ERR_OK && app->options.argument_count > 0) {
		err = person(app, app->options.arguments[0], &request.has_account_id, &request.account_id);
	}
	if (err == ERR_OK) {
		err = link_resume(app);
	}
	return err == ERR_OK ? page_show_all(app, &list) : err;
}

/* ---- absences ------------------------------------------------------------------------------- */

enum err command_absence_add(struct app *app)
{
	Pb__AbsenceAdd request = PB__ABSENCE_ADD__INIT;
	Pb__TimeWindow span = PB__TIME_WINDOW__INIT;
	int kind = 0;
	enum err err =
		app_enum(app, "KIND", &pb__absence__kind__descriptor, app->options.arguments[1], &kind);

	if (err == ERR_OK) {
		err = form_words(app, &span.base);
	}
	if (err == ERR_OK) {
		err = person(app, app->options.arguments[0], &request.has_account_id, &request.account_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_kind = true;
	request.kind = (Pb__Absence__Kind)kind;
	request.window = &span;
	return print_call(app, METHOD_absence_add, &request.base,
		_("the absence was added; nobody can be booked into it"));
}

static enum err find_absence(struct app *app, struct found *found)
{
	Pb__AbsenceList request = PB__ABSENCE_LIST__INIT;
	enum err err = link_resume(app);

	request.has_limit = true;
	request.limit = PAGE_ROWS;
	while (err == ERR_OK) {
		struct client_result *result = link_call(app, METHOD_absence_list, &request.base);
		const Pb__AbsenceListReply *reply;

		if (result == NULL) {
			return app->fault.err;
		}
		reply = (const void *)result->message;
		for (size_t i = 0; i < reply->n_absences; i++) {
			found_add(app, found, reply->absences[i]->absence_id, reply->absences[i]->version);
		}
		request.has_cursor = reply->has_cursor;
		request.cursor =
			codec_bytes(arena_span(&app->arena, codec_span(reply->has_cursor, reply->cursor)));
		client_result_free(result);
		if (!request.has_cursor) {
			break;
		}
	}
	return err == ERR_OK ? found_one(app, found) : err;
}

enum err command_absence_end(struct app *app)
{
	Pb__AbsenceEnd request = PB__ABSENCE_END__INIT;
	struct found found = {.count = 0};
	enum err err = find_absence(app, &found);

	if (err != ERR_OK) {
		return err;
	}
	request.has_absence_id = request.has_version = true;
	request.absence_id = found.id;
	request.version = found.version;
	return print_call(app, METHOD_absence_end, &request.base, _("the absence is over"));
}

static void add_absence(const struct app *app, struct table *table, const ProtobufCMessage *message)
{
	const Pb__Absence *one = (const void *)message;
	char number[16];

	table_add(table, codec_str(one->name));
	table_add_c(table, label_of(&pb__absence__kind__descriptor, (int)one->kind, number));
	table_add_c(table, timeline_window((struct app *)(uintptr_t)app, one->window));
	add_id(table, one->has_absence_id, one->absence_id);
}

enum err command_absence_list(struct app *app)
{
	static const struct table_column columns[] = {
		{N_("NAME"), true},
		{N_("ABSENCE"), false},
		{N_("TIME"), false},
		{N_("ID"), false},
	};
	Pb__AbsenceList request = PB__ABSENCE_LIST__INIT;
	const struct page_list list = {
		METHOD_absence_list, &request.base, "absences", columns, COUNT(columns), add_absence};
	enum err err = link_resume(app);

	if (err == ERR_OK && app->options.argument_count > 0) {
		err = person(app, app->options.arguments[0], &request.has_account_id, &request.account_id);
	}
	return err == ERR_OK ? page_show_all(app, &list) : err;
}

/* ---- the calendar --------------------------------------------------------------------------- */

static void print_entries(struct app *app, const Pb__CalendarListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("NAME"), true},
		{N_("TIME"), false},
		{N_("KEPT FOR"), false},
		{N_("COMPLAINT"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_entries; i++) {
		const Pb__CalendarEntry *entry = reply->entries[i];

		table_add(&table, codec_str(entry->name));
		table_add_c(&table, timeline_window(app, entry->window));
		table_add_c(&table, entry->is_away ? _("away") : _("booked visit"));
		add_id(&table, entry->has_complaint_id, entry->complaint_id);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_calendar_list(struct app *app)
{
	Pb__CalendarList request = PB__CALENDAR_LIST__INIT;
	const char *worker = app_option(app, OPTION_WORKER);
	const char *crew = app_option(app, OPTION_CREW);
	struct client_result *result;
	Pb__TimeWindow span = PB__TIME_WINDOW__INIT;
	struct uuid crew_id = uuid_nil;
	enum err err = form_words(app, &span.base);

	if (err == ERR_OK && worker == NULL && crew == NULL) {
		err = fault_set(&app->fault, ERR_USAGE, _("whose calendar? --worker or --crew"));
	}
	if (err == ERR_OK && worker != NULL) {
		err = person(app, worker, &request.has_account_id, &request.account_id);
	}
	if (err == ERR_OK && crew != NULL) {
		err = place_crew(app, crew, &crew_id);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_crew_id = crew != NULL;
	request.crew_id = codec_bytes(span_of(crew_id.bytes, UUID_BYTES));
	request.window = &span;
	result = link_call(app, METHOD_calendar_list, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_entries(app, (const void *)result->message);
	}
	client_result_free(result);
	return err;
}
