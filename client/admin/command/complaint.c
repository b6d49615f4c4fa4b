/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint submit and complaint get.
 */
#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"

/* An enum option_id with a value where it is not given. */
static enum err take_enum(struct app *app, enum option_id option,
	const ProtobufCEnumDescriptor *type, int otherwise, int *out)
{
	const char *text = app_option(app, option);
	char name[32];

	*out = otherwise;
	(void)snprintf(name, sizeof(name), "--%s", option_rows[option].spelling);
	return text == NULL ? ERR_OK : app_enum(app, name, type, text, out);
}

static enum err fill_submit(struct app *app, Pb__ComplaintSubmit *request)
{
	const char *text = NULL;
	int kind = 0;
	int channel = 0;
	int urgency = 0;
	enum err err = take_enum(
		app, OPTION_KIND, &pb__complaint__kind__descriptor, PB__COMPLAINT__KIND__COMPLAINT, &kind);

	if (err == ERR_OK) {
		err = take_enum(app, OPTION_CHANNEL, &pb__complaint__channel__descriptor,
			PB__COMPLAINT__CHANNEL__PHONE, &channel);
	}
	if (err == ERR_OK) {
		err = take_enum(app, OPTION_URGENCY, &pb__complaint__urgency__descriptor, 0, &urgency);
	}
	if (err == ERR_OK) {
		err = app_text(app, OPTION_TEXT, &text);
	}
	if (err != ERR_OK) {
		return err;
	}
	request->has_kind = true;
	request->kind = (Pb__Complaint__Kind)kind;
	request->has_channel = true;
	request->channel = (Pb__Complaint__Channel)channel;
	request->has_urgency = urgency != 0;
	request->urgency = (Pb__Complaint__Urgency)urgency;
	request->title = (char *)app_option(app, OPTION_TITLE);
	request->text = (char *)text;
	return ERR_OK;
}

/* From now on it can be called by the beginning of its id. */
static void remember(
	struct app *app, ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id)
{
	struct recent *recent = recent_load(app->profile.name);

	target_remember(recent, community_id, complaint_id);
	recent_save(app->profile.name, recent);
	free(recent);
}

static enum err print_submitted(struct app *app, struct client_result *result)
{
	const Pb__ComplaintSubmitReply *reply = (const void *)result->message;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	if (result->is_repeat) {
		print_note(app, _("this had been done before; nothing was done twice"));
	}
	puts(reply->number == NULL ? "?" : reply->number);
	return ERR_OK;
}

enum err command_complaint_submit(struct app *app)
{
	Pb__ComplaintSubmit request = PB__COMPLAINT_SUBMIT__INIT;
	const Pb__ComplaintSubmitReply *reply;
	struct place_community community;
	struct client_result *result;
	enum err err = fill_submit(app, &request);

	if (err == ERR_OK) {
		err = place_community(app, &community);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(community.id.bytes, UUID_BYTES));
	result = link_call(app, METHOD_complaint_submit, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	reply = (const void *)result->message;
	remember(app, request.community_id, reply->complaint_id);
	err = print_submitted(app, result);
	client_result_free(result);
	return err;
}

/* "2026-11-24 10:00 – 2026-11-24 12:00" */
static const char *window_text(struct app *app, const Pb__TimeWindow *window)
{
	struct str text;

	if (window == NULL) {
		return "";
	}
	text = arena_printf(&app->arena, "%s \xE2\x80\x93 %s", app_show_time(app, window->from_us),
		app_show_time(app, window->to_us));
	return arena_c_string(&app->arena, text);
}

static void print_facts(struct app *app, const Pb__Complaint *row)
{
	char number[16];
	char id[UUID_TEXT_LEN + 1];

	print_pair_c(_("number"), row->number);
	print_pair_c(_("community"),
		place_community_name(app, codec_span(row->has_community_id, row->community_id), id));
	print_pair_c(_("kind"), label_of(&pb__complaint__kind__descriptor, (int)row->kind, number));
	print_pair_c(_("state"), label_of(&pb__complaint__state__descriptor, (int)row->state, number));
	if (row->has_urgency) {
		print_pair_c(
			_("urgency"), label_of(&pb__complaint__urgency__descriptor, (int)row->urgency, number));
	}
	print_pair_c(
		_("channel"), label_of(&pb__complaint__channel__descriptor, (int)row->channel, number));
	print_pair_c(_("submitted at"), app_show_time(app, row->submitted_us));
	print_pair_c(
		_("butler team"), place_team_name(app, codec_span(row->has_team_id, row->team_id), id));
	print_pair_c(_("crew"), place_crew_name(app, codec_span(row->has_crew_id, row->crew_id), id));
	print_pair_c(_("visit booked"), window_text(app, row->window));
	print_pair_c(_("title"), row->title);
	print_pair_c(_("text"), row->text);
	print_pair_c(_("result"), row->result);
	if (row->has_rating) {
		(void)snprintf(number, sizeof(number), "%u", (unsigned)row->rating);
		print_pair_c(_("rating"), number);
	}
	(void)snprintf(number, sizeof(number), "%u", (unsigned)row->version);
	print_pair_c(_("version"), number);
}

static void print_timeline(struct app *app, Pb__ComplaintEvent *const *events, size_t count)
{
	static const struct table_column columns[] = {
		{N_("WHEN"), false},
		{N_("STEP"), false},
		{N_("STATE"), false},
		{N_("BUTLER TEAM"), false},
		{N_("CREW"), false},
		{N_("WORDS"), true},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		const Pb__ComplaintEvent *event = events[i];
		char step[16];
		char state[16];
		char id[UUID_TEXT_LEN + 1];

		table_add_c(&table, app_show_time(app, event->at_us));
		table_add_c(&table, label_of(&pb__complaint__step__descriptor, (int)event->step, step));
		table_add_c(&table, label_of(&pb__complaint__state__descriptor, (int)event->to, state));
		table_add_c(
			&table, place_team_name(app, codec_span(event->has_team_id, event->team_id), id));
		table_add_c(
			&table, place_crew_name(app, codec_span(event->has_crew_id, event->crew_id), id));
		table_add(&table, codec_str(event->words));
	}
	putchar('\n');
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

/* Names are asked for only where they are shown. */
static enum err print_complaint(struct app *app, struct client_result *result)
{
	const Pb__ComplaintGetReply *reply = (const void *)result->message;
	enum err err;

	if (app->is_json) {
		return print_message(app, result->message);
	}
	if (reply->complaint == NULL) {
		return fault_set_plain(&app->fault, ERR_REPLY_MALFORMED);
	}
	err = place_load(app);
	if (err == ERR_OK) {
		print_facts(app, reply->complaint);
		print_timeline(app, reply->events, reply->n_events);
	}
	return err;
}

enum err command_complaint_get(struct app *app)
{
	Pb__ComplaintGet request = PB__COMPLAINT_GET__INIT;
	struct client_result *result;
	struct target target;
	enum err err = target_find(app, app->options.arguments[0], &target);

	if (err != ERR_OK) {
		return err;
	}
	request.has_community_id = true;
	request.community_id = codec_bytes(span_of(target.community_id.bytes, UUID_BYTES));
	request.has_complaint_id = true;
	request.complaint_id = codec_bytes(span_of(target.complaint_id.bytes, UUID_BYTES));
	request.has_with_events = true;
	request.with_events = true;
	result = link_call(app, METHOD_complaint_get, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	err = print_complaint(app, result);
	client_result_free(result);
	return err;
}
