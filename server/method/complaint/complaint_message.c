/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_message.h"

#include "proto/codec.h"
#include "server/method/complaint/complaint_column.h"
#include "server/method/complaint/complaint_joined.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/row_message.h"

static void set_head(Pb__Complaint *out, const struct row_source *from)
{
	const struct query *query = from->query;
	size_t row = from->row;

	out->has_version = out->has_kind = out->has_state = true;
	out->has_channel = out->has_urgency = true;
	row_set_uuid(from, COLUMN_COMMUNITY_ID, &out->has_community_id, &out->community_id);
	row_set_uuid(from, COLUMN_COMPLAINT_ID, &out->has_complaint_id, &out->complaint_id);
	out->number = complaint_row_number(query, row);
	out->version = (uint32_t)row_int4(query, row, COLUMN_VERSION);
	out->kind = (Pb__Complaint__Kind)row_int2(query, row, COLUMN_KIND);
	out->state = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE);
	out->channel = (Pb__Complaint__Channel)row_int2(query, row, COLUMN_CHANNEL);
	out->urgency = (Pb__Complaint__Urgency)row_int2(query, row, COLUMN_URGENCY);
	out->title = row_borrow_text(from, COLUMN_TITLE);
	out->text = row_borrow_text(from, COLUMN_TEXT);
	row_set_time(from, COLUMN_SUBMITTED, &out->has_submitted_us, &out->submitted_us);
	row_set_time(from, COLUMN_CHANGED, &out->has_changed_us, &out->changed_us);
}

static void set_intake(Pb__Complaint *out, const struct row_source *from)
{
	const struct query *query = from->query;
	size_t row = from->row;

	row_set_uuid(from, COLUMN_PLACE_ID, &out->has_place_id, &out->place_id);
	out->has_place_kind = out->has_place_id;
	out->place_kind = (Pb__Place__Kind)row_int2(query, row, COLUMN_PLACE_KIND);
	out->place_code = row_borrow_text(from, COLUMN_PLACE_CODE);
	out->place_name = row_borrow_text(from, COLUMN_PLACE_NAME);
	row_set_number(from, COLUMN_CATEGORY, &out->has_category, &out->category);
	out->has_is_suggested = out->has_category;
	out->is_suggested = row_bool(query, row, COLUMN_IS_SUGGESTED);
	out->has_subkind = !row_is_null(query, row, COLUMN_SUBKIND);
	out->subkind = (Pb__Complaint__Subkind)row_int2(query, row, COLUMN_SUBKIND);
	out->has_reporter = out->has_language = out->has_lead = true;
	out->reporter = (Pb__Complaint__Reporter)row_int2(query, row, COLUMN_REPORTER);
	out->language = (Pb__Complaint__Language)row_int2(query, row, COLUMN_LANGUAGE);
	out->lead = (Pb__Complaint__Lead)row_int2(query, row, COLUMN_LEAD);
	row_set_uuid(from, COLUMN_RESPONDENT_ID, &out->has_respondent_id, &out->respondent_id);
}

static Pb__TimeWindow *window_of(const struct row_source *from)
{
	Pb__TimeWindow *window;

	if (row_is_null(from->query, from->row, COLUMN_WINDOW_FROM)) {
		return NULL;
	}
	window = arena_new(from->arena, Pb__TimeWindow);
	if (window != NULL) {
		pb__time_window__init(window);
		row_set_time(from, COLUMN_WINDOW_FROM, &window->has_from_us, &window->from_us);
		row_set_time(from, COLUMN_WINDOW_TO, &window->has_to_us, &window->to_us);
	}
	return window;
}

static void set_work(Pb__Complaint *out, const struct row_source *from)
{
	row_set_uuid(from, COLUMN_TEAM_ID, &out->has_team_id, &out->team_id);
	row_set_uuid(from, COLUMN_CREW_ID, &out->has_crew_id, &out->crew_id);
	row_set_uuid(from, COLUMN_WORKER_ID, &out->has_worker_id, &out->worker_id);
	out->worker_name = row_borrow_text(from, COLUMN_WORKER_NAME);
	out->window = window_of(from);
	row_set_time(from, COLUMN_ACCEPTED, &out->has_accepted_us, &out->accepted_us);
	row_set_time(from, COLUMN_ARRIVED, &out->has_arrived_us, &out->arrived_us);
	row_set_time(from, COLUMN_WORK_DONE, &out->has_work_done_us, &out->work_done_us);
	out->result = row_borrow_text(from, COLUMN_RESULT);
	out->advice = row_borrow_text(from, COLUMN_ADVICE);
	out->answer = row_borrow_text(from, COLUMN_ANSWER);
	row_set_uuid(from, COLUMN_RECEIPT_ID, &out->has_receipt_id, &out->receipt_id);
	row_set_number(from, COLUMN_NO_ENTRY_COUNT, &out->has_no_entry_count, &out->no_entry_count);
	row_set_number(from, COLUMN_RETURNED_COUNT, &out->has_returned_count, &out->returned_count);
}

static void set_end(Pb__Complaint *out, const struct row_source *from)
{
	const struct query *query = from->query;
	size_t row = from->row;
	struct complaint_record record = {
		.state = (enum complaint_state)row_int2(query, row, COLUMN_STATE),
		.remind_us = row_time(query, row, COLUMN_REMIND),
	};

	row_set_time(from, COLUMN_PENDING, &out->has_pending_us, &out->pending_us);
	row_set_time(from, COLUMN_REMIND, &out->has_remind_us, &out->remind_us);
	row_set_time(from, COLUMN_ENDED, &out->has_ended_us, &out->ended_us);
	row_set_number(from, COLUMN_RATING, &out->has_rating, &out->rating);
	out->has_close_mode = !row_is_null(query, row, COLUMN_CLOSE_MODE);
	out->close_mode = (Pb__Complaint__CloseMode)row_int2(query, row, COLUMN_CLOSE_MODE);
	row_set_number(from, COLUMN_FOLLOW_UP_SCORE, &out->has_follow_up_score, &out->follow_up_score);
	row_set_time(from, COLUMN_FOLLOWED_UP, &out->has_followed_up_us, &out->followed_up_us);
	row_set_number(from, COLUMN_REOPENED_COUNT, &out->has_reopened_count, &out->reopened_count);
	out->waits_for_decision = complaint_waits_for_decision(&record);
	out->has_waits_for_decision = out->waits_for_decision;
}

static void set_side_state(Pb__Complaint *out, const struct row_source *from)
{
	const struct query *query = from->query;
	size_t row = from->row;

	out->has_state_before = !row_is_null(query, row, COLUMN_STATE_BEFORE);
	out->state_before = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE_BEFORE);
	out->has_suspend_reason = !row_is_null(query, row, COLUMN_SUSPEND_REASON);
	out->suspend_reason = (Pb__Complaint__Reason)row_int2(query, row, COLUMN_SUSPEND_REASON);
	row_set_time(
		from, COLUMN_SUSPENDED_UNTIL, &out->has_suspended_until_us, &out->suspended_until_us);
	row_set_uuid(from, COLUMN_MASTER_ID, &out->has_master_id, &out->master_id);
}

static void set_due(Pb__Complaint *out, const struct row_source *from)
{
	row_set_time(from, COLUMN_DEADLINE, &out->has_deadline_us, &out->deadline_us);
	row_set_time(from, COLUMN_DUE, &out->has_due_us, &out->due_us);
	out->has_due_clock = out->has_due_us;
	out->due_clock = (Pb__Clock__Number)row_int2(from->query, from->row, COLUMN_DUE_CLOCK);
}

Pb__Complaint *complaint_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Complaint *out = arena_new(arena, Pb__Complaint);

	if (out == NULL) {
		return NULL;
	}
	pb__complaint__init(out);
	set_head(out, &from);
	set_intake(out, &from);
	set_work(out, &from);
	set_end(out, &from);
	set_side_state(out, &from);
	complaint_joined_set(out, &from);
	set_due(out, &from);
	return out;
}
