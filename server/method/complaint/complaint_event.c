/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_event.h"

#include "server/method/row_message.h"

/* The columns of complaint_events and feed_read, in their order. */
enum column {
	COLUMN_XID,
	COLUMN_SEQ,
	COLUMN_AT,
	COLUMN_COMMUNITY_ID,
	COLUMN_SUBJECT_ID,
	COLUMN_STEP,
	COLUMN_STATE_FROM,
	COLUMN_STATE_TO,
	COLUMN_VERSION,
	COLUMN_ACCOUNT_ID,
	COLUMN_DEVICE_ID,
	COLUMN_GRANT_ID,
	COLUMN_NUMBER,
	COLUMN_TEAM_ID,
	COLUMN_CREW_ID,
	COLUMN_WORDS,
	COLUMN_ACTOR,
	COLUMN_REASON,
	COLUMN_WORKER_ID,
	COLUMN_RECEIPT_ID,
	COLUMN_WINDOW_FROM,
	COLUMN_WINDOW_TO,
	COLUMN_UNTIL,
	COLUMN_SCORE,
	COLUMN_ACCOUNT_NAME,
	COLUMN_DEVICE_NAME,
	COLUMN_ROLE,
	COLUMN_WORKER_NAME,
	COLUMN_TRACE_ID,
	COLUMN_CLOCK,
	COLUMN_PERCENT,
	COLUMN_OTHER_ID,
	COLUMN_OTHER_NUMBER,
};

static void set_ids(Pb__ComplaintEvent *out, const struct row_source *from)
{
	row_set_uuid(from, COLUMN_COMMUNITY_ID, &out->has_community_id, &out->community_id);
	row_set_uuid(from, COLUMN_SUBJECT_ID, &out->has_complaint_id, &out->complaint_id);
	row_set_uuid(from, COLUMN_ACCOUNT_ID, &out->has_account_id, &out->account_id);
	row_set_uuid(from, COLUMN_DEVICE_ID, &out->has_device_id, &out->device_id);
	row_set_uuid(from, COLUMN_GRANT_ID, &out->has_grant_id, &out->grant_id);
	row_set_uuid(from, COLUMN_TEAM_ID, &out->has_team_id, &out->team_id);
	row_set_uuid(from, COLUMN_CREW_ID, &out->has_crew_id, &out->crew_id);
	row_set_uuid(from, COLUMN_WORKER_ID, &out->has_worker_id, &out->worker_id);
	row_set_uuid(from, COLUMN_RECEIPT_ID, &out->has_receipt_id, &out->receipt_id);
	row_set_uuid(from, COLUMN_TRACE_ID, &out->has_trace_id, &out->trace_id);
	row_set_uuid(from, COLUMN_OTHER_ID, &out->has_other_id, &out->other_id);
}

/* What only some steps leave behind, and the names of the moment. */
static void set_details(Pb__ComplaintEvent *out, const struct row_source *from)
{
	const struct query *query = from->query;
	size_t row = from->row;

	out->has_actor = true;
	out->actor = (Pb__Complaint__Actor)row_int2(query, row, COLUMN_ACTOR);
	out->has_reason = !row_is_null(query, row, COLUMN_REASON);
	out->reason = (Pb__Complaint__Reason)row_int2(query, row, COLUMN_REASON);
	row_set_number(from, COLUMN_SCORE, &out->has_score, &out->score);
	row_set_time(from, COLUMN_UNTIL, &out->has_until_us, &out->until_us);
	if (!row_is_null(query, row, COLUMN_WINDOW_FROM) &&
		(out->window = arena_new(from->arena, Pb__TimeWindow)) != NULL) {
		pb__time_window__init(out->window);
		row_set_time(from, COLUMN_WINDOW_FROM, &out->window->has_from_us, &out->window->from_us);
		row_set_time(from, COLUMN_WINDOW_TO, &out->window->has_to_us, &out->window->to_us);
	}
	out->account_name = row_borrow_text(from, COLUMN_ACCOUNT_NAME);
	out->device_name = row_borrow_text(from, COLUMN_DEVICE_NAME);
	out->has_role = !row_is_null(query, row, COLUMN_ROLE);
	out->role = (Pb__Grant__Role)row_int2(query, row, COLUMN_ROLE);
	out->worker_name = row_borrow_text(from, COLUMN_WORKER_NAME);
	out->has_clock = !row_is_null(query, row, COLUMN_CLOCK);
	out->clock = (Pb__Clock__Number)row_int2(query, row, COLUMN_CLOCK);
	row_set_number(from, COLUMN_PERCENT, &out->has_percent, &out->percent);
	out->other_number = row_borrow_text(from, COLUMN_OTHER_NUMBER);
}

static Pb__Position *position_of(const struct row_source *from, uint64_t era)
{
	Pb__Position *position = arena_new(from->arena, Pb__Position);

	if (position != NULL) {
		pb__position__init(position);
		position->has_era = position->has_xid = position->has_seq = true;
		position->era = era;
		position->xid = row_xid(from->query, from->row, COLUMN_XID);
		position->seq = row_int8(from->query, from->row, COLUMN_SEQ);
	}
	return position;
}

struct str complaint_event_words(const struct query *query, size_t row)
{
	return row_text(query, row, COLUMN_WORDS);
}

Pb__ComplaintEvent *complaint_event_of(
	struct arena *arena, const struct query *query, size_t row, uint64_t era)
{
	static _Thread_local Pb__ComplaintEvent empty =
		PB__COMPLAINT_EVENT__INIT; /* may be written to */
	struct row_source from = {arena, query, row};
	Pb__ComplaintEvent *out = arena_new(arena, Pb__ComplaintEvent);

	if (out == NULL) {
		return &empty;
	}
	pb__complaint_event__init(out);
	set_ids(out, &from);
	set_details(out, &from);
	out->position = era == 0 ? NULL : position_of(&from, era);
	out->has_at_us = out->has_step = out->has_version = true;
	out->at_us = row_time(query, row, COLUMN_AT);
	out->step = (Pb__Complaint__Step)row_int2(query, row, COLUMN_STEP);
	out->has_from = !row_is_null(query, row, COLUMN_STATE_FROM);
	out->from = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE_FROM);
	out->has_to = !row_is_null(query, row, COLUMN_STATE_TO);
	out->to = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE_TO);
	out->version = (uint32_t)row_int4(query, row, COLUMN_VERSION);
	out->number = row_borrow_text(&from, COLUMN_NUMBER);
	out->words = row_borrow_text(&from, COLUMN_WORDS);
	return out;
}
