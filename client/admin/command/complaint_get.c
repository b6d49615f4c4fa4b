/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint get: everything about one, group by group, and its timeline. What is absent is not shown.
 */
#include <stdio.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/place.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"
#include "client/admin/timeline.h"

static void print_label(
	const char *label, bool is_there, const ProtobufCEnumDescriptor *type, int value)
{
	char number[16];

	if (is_there) {
		print_pair_c(label, label_of(type, value, number));
	}
}

static void print_count(const char *label, bool is_there, uint32_t count)
{
	char number[16];

	if (is_there) {
		(void)snprintf(number, sizeof(number), "%u", (unsigned)count);
		print_pair_c(label, number);
	}
}

static void print_time(struct app *app, const char *label, bool is_there, int64_t us)
{
	if (is_there) {
		print_pair_c(label, app_show_time(app, us));
	}
}

/* "3-2-1201 三号楼二单元1201 (dwelling)" */
static void print_place(struct app *app, const Pb__Complaint *row)
{
	struct str text = codec_str(row->place_code);
	char number[16];

	if (row->place_name != NULL && row->place_name[0] != '\0') {
		text = arena_printf(&app->arena, "%.*s %s", STR_ARG(text), row->place_name);
	}
	if (text.len > 0 && row->has_place_kind) {
		text = arena_printf(&app->arena, _("%.*s (%s)"), STR_ARG(text),
			label_of(&pb__place__kind__descriptor, (int)row->place_kind, number));
	}
	print_pair(_("place"), text);
}

static void print_category(struct app *app, const Pb__Complaint *row)
{
	char number[16];
	const char *name;

	if (!row->has_category) {
		return;
	}
	name = category_label(row->category, number);
	if (row->is_suggested) {
		print_pair(_("category"), arena_printf(&app->arena, _("%s (suggested)"), name));
	} else {
		print_pair_c(_("category"), name);
	}
}

/* Masked as the server sent it, and said so. */
static void print_contact(struct app *app, const Pb__Contact *contact)
{
	if (contact == NULL) {
		return;
	}
	print_pair_c(_("contact"), contact->name);
	if (contact->phone != NULL && contact->is_masked) {
		print_pair(_("telephone"), arena_printf(&app->arena, _("%s (masked)"), contact->phone));
	} else {
		print_pair_c(_("telephone"), contact->phone);
	}
}

/* What came in, and how. */
static void print_intake(struct app *app, const Pb__Complaint *row)
{
	char id[UUID_TEXT_LEN + 1];

	print_pair_c(_("number"), row->number);
	print_pair_c(_("community"),
		place_community_name(app, codec_span(row->has_community_id, row->community_id), id));
	print_place(app, row);
	print_label(_("kind"), true, &pb__complaint__kind__descriptor, (int)row->kind);
	print_category(app, row);
	print_label(
		_("subkind"), row->has_subkind, &pb__complaint__subkind__descriptor, (int)row->subkind);
	print_label(
		_("urgency"), row->has_urgency, &pb__complaint__urgency__descriptor, (int)row->urgency);
	print_label(_("channel"), true, &pb__complaint__channel__descriptor, (int)row->channel);
	print_label(
		_("reporter"), row->has_reporter, &pb__complaint__reporter__descriptor, (int)row->reporter);
	print_label(
		_("language"), row->has_language, &pb__complaint__language__descriptor, (int)row->language);
	print_contact(app, row->contact);
	print_id(_("complained about"), codec_span(row->has_respondent_id, row->respondent_id));
	print_time(app, _("submitted at"), true, row->submitted_us);
	print_time(app, _("deadline"), row->has_deadline_us, row->deadline_us);
	print_pair_c(_("title"), row->title);
	print_pair_c(_("text"), row->text);
}

/* What other complaints have to do with it. */
static void print_others(struct app *app, const Pb__Complaint *row)
{
	print_id(_("repeat of"), codec_span(row->has_repeat_of_id, row->repeat_of_id));
	print_id(_("collective case"), codec_span(row->has_collective_id, row->collective_id));
	print_id(_("part of"), codec_span(row->has_split_from_id, row->split_from_id));
	print_count(_("times asked again"), row->chased_count > 0, row->chased_count);
	print_time(app, _("last asked at"), row->has_chased_us, row->chased_us);
}

/* Where it stands, and with whom. */
static void print_state(struct app *app, const Pb__Complaint *row)
{
	char id[UUID_TEXT_LEN + 1];

	print_label(_("state"), true, &pb__complaint__state__descriptor, (int)row->state);
	print_label(_("state before"), row->has_state_before, &pb__complaint__state__descriptor,
		(int)row->state_before);
	print_label(_("reason"), row->has_suspend_reason, &pb__complaint__reason__descriptor,
		(int)row->suspend_reason);
	print_time(app, _("rests until"), row->has_suspended_until_us, row->suspended_until_us);
	print_id(_("master case"), codec_span(row->has_master_id, row->master_id));
	print_label(_("led by"), row->has_lead, &pb__complaint__lead__descriptor, (int)row->lead);
	print_pair_c(
		_("butler team"), place_team_name(app, codec_span(row->has_team_id, row->team_id), id));
	print_pair_c(_("crew"), place_crew_name(app, codec_span(row->has_crew_id, row->crew_id), id));
	if (row->worker_name != NULL) {
		print_pair_c(_("worker"), row->worker_name);
	} else {
		print_id(_("worker"), codec_span(row->has_worker_id, row->worker_id));
	}
}

/* What was done about it. */
static void print_work(struct app *app, const Pb__Complaint *row)
{
	print_time(app, _("accepted at"), row->has_accepted_us, row->accepted_us);
	print_pair_c(_("advice"), row->advice);
	print_pair_c(_("answer"), row->answer);
	print_pair_c(_("visit booked"), timeline_window(app, row->window));
	print_time(app, _("on site at"), row->has_arrived_us, row->arrived_us);
	print_time(app, _("work done at"), row->has_work_done_us, row->work_done_us);
	print_pair_c(_("result"), row->result);
	print_id(_("service receipt"), codec_span(row->has_receipt_id, row->receipt_id));
	print_time(app, _("awaited since"), row->has_pending_us, row->pending_us);
	print_time(app, _("next reminder"), row->has_remind_us, row->remind_us);
	if (row->waits_for_decision) {
		print_pair_c(_("waits for"), _("a decision: the owner was reminded and does not answer"));
	}
	print_count(_("rating"), row->has_rating, row->rating);
	print_label(_("closed by"), row->has_close_mode, &pb__complaint__close_mode__descriptor,
		(int)row->close_mode);
	print_time(app, _("ended at"), row->has_ended_us, row->ended_us);
	print_count(_("follow-up score"), row->has_follow_up_score, row->follow_up_score);
	print_time(app, _("followed up at"), row->has_followed_up_us, row->followed_up_us);
	print_count(_("times not let in"), row->no_entry_count > 0, row->no_entry_count);
	print_count(_("times given back"), row->returned_count > 0, row->returned_count);
	print_count(_("times reopened"), row->reopened_count > 0, row->reopened_count);
	print_count(_("version"), true, row->version);
}

/* In their order: until when, and whether it came in time. */
static void print_clocks(struct app *app, const Pb__Complaint *row)
{
	static const struct table_column columns[] = {{N_("CLOCK"), false}, {N_("SINCE"), false},
		{N_("DUE"), false}, {N_("MET"), false}, {"", false}};
	struct table table;
	char number[16];

	if (row->n_clocks == 0) {
		return;
	}
	putchar('\n');
	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < row->n_clocks; i++) {
		const Pb__Clock *clock = row->clocks[i];

		table_add_c(&table, label_of(&pb__clock__number__descriptor, (int)clock->number, number));
		table_add_c(&table, app_show_time(app, clock->from_us));
		table_add_c(&table, clock->has_due_us ? app_show_time(app, clock->due_us) : "");
		table_add_c(&table, clock->has_met_us ? app_show_time(app, clock->met_us) : "");
		table_add_c(&table, clock->is_late          ? _("late")
							: clock->is_provisional ? _("provisional")
													: "");
	}
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
		print_intake(app, reply->complaint);
		print_state(app, reply->complaint);
		print_work(app, reply->complaint);
		print_others(app, reply->complaint);
		print_clocks(app, reply->complaint);
		putchar('\n');
		timeline_print(app, reply->events, reply->n_events);
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
