/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_record.h"

#include "server/domain/reminder.h"

/* Kinds as on the wire: service standards §3.2, rows without a follow-up. */
enum { KIND_ENQUIRY = 4, KIND_SUGGESTION = 5, KIND_COMPLIMENT = 6 };

#define REOPENED_MAX 32767

bool complaint_keeps_slot(enum complaint_state state)
{
	return state == COMPLAINT_SCHEDULED || state == COMPLAINT_DISPATCHED ||
	       state == COMPLAINT_ON_SITE;
}

const int complaint_unasked_kinds[] = {KIND_ENQUIRY, KIND_SUGGESTION, KIND_COMPLIMENT};

bool complaint_wants_follow_up(const struct complaint_record *record)
{
	for (size_t i = 0; i < COUNT(complaint_unasked_kinds); i++) {
		if (record->kind == complaint_unasked_kinds[i]) {
			return false;
		}
	}
	return record->close_mode != CLOSE_IMPORTED;
}

bool complaint_waits_for_decision(const struct complaint_record *record)
{
	return record->state == COMPLAINT_PENDING_CONFIRMATION && record->remind_us == 0;
}

bool complaint_tells_merged(enum complaint_step step)
{
	return step == COMPLAINT_STEP_ADVISE || step == COMPLAINT_STEP_AGREE ||
	       step == COMPLAINT_STEP_SEND || step == COMPLAINT_STEP_CONFIRM ||
	       step == COMPLAINT_STEP_DECIDE;
}

/* Somebody else comes to the same appointment, and begins anew. */
static void forget_arrival(struct complaint_record *record)
{
	record->arrived_us = record->work_done_us = 0;
	record->receipt_id = uuid_nil;
	record->result = (struct str){NULL, 0};
}

/* There will be another visit: what belonged to the last one stands in the events. */
static void forget_visit(struct complaint_record *record)
{
	record->window_from_us = record->window_to_us = 0;
	forget_arrival(record);
}

static void forget_workers(struct complaint_record *record)
{
	record->crew_id = record->worker_id = uuid_nil;
}

static void forget_end(struct complaint_record *record)
{
	record->ended_us = record->pending_us = record->followed_up_us = 0;
	record->rating = record->close_mode = record->follow_up_score = 0;
	record->answer = (struct str){NULL, 0};
}

/* Out of SUSPENDED or MERGED, whereto ever: these belong to that state alone. */
static void leave_side_state(struct complaint_record *record)
{
	record->state_before = 0;
	record->suspend_reason = 0;
	record->suspended_until_us = 0;
	record->master_id = uuid_nil;
}

static void enter(struct complaint_record *record, enum complaint_state to, int64_t now_us)
{
	switch (to) {
	case COMPLAINT_SUBMITTED: /* passed on: its new team begins anew */
		record->accepted_us = 0;
		forget_visit(record);
		forget_workers(record);
		break;
	case COMPLAINT_ACCEPTED:
		record->accepted_us = record->accepted_us == 0 ? now_us : record->accepted_us;
		break;
	case COMPLAINT_ON_SITE:
		record->arrived_us = record->arrived_us == 0 ? now_us : record->arrived_us;
		break;
	case COMPLAINT_PENDING_CONFIRMATION:
		record->pending_us = now_us;
		break;
	case COMPLAINT_REOPENED:
		forget_end(record);
		forget_visit(record);
		forget_workers(record);
		record->reopened_count += record->reopened_count < REOPENED_MAX;
		break;
	case COMPLAINT_SUSPENDED:
	case COMPLAINT_MERGED:
		record->state_before = record->state;
		break;
	case COMPLAINT_SCHEDULED:
	case COMPLAINT_DISPATCHED:
	case COMPLAINT_WORK_DONE:
	case COMPLAINT_ADVISED:
	case COMPLAINT_REPORTED_UP:
	case COMPLAINT_ANSWERED:
	case COMPLAINT_CLOSED:
	case COMPLAINT_CLOSED_OUT_OF_SCOPE:
	case COMPLAINT_REJECTED_INVALID:
	case COMPLAINT_WITHDRAWN:
	case COMPLAINT_ARCHIVED:
		break;
	case COMPLAINT_ANY_OPEN:
	case COMPLAINT_BEFORE:
	case COMPLAINT_SAME:
		unreachable(); /* a verdict names the state itself */
	}
}

void complaint_apply(
	struct complaint_record *record, const struct complaint_verdict *verdict, int64_t now_us)
{
	enum complaint_state from = record->state;
	enum complaint_state to = verdict->to;
	enum complaint_step step = verdict->move->step;

	assert(verdict->move->from == from || verdict->move->from == COMPLAINT_ANY_OPEN);
	if (verdict->move->to == COMPLAINT_SAME) {
		return; /* what the step is about is its own to change */
	}
	if (step == COMPLAINT_STEP_RETURN || step == COMPLAINT_STEP_SEND_BACK) {
		forget_visit(record);
	}
	if (step == COMPLAINT_STEP_REASSIGN) {
		forget_arrival(record);
	}
	if (from == COMPLAINT_SUSPENDED || from == COMPLAINT_MERGED) {
		leave_side_state(record);
	}
	/* Back from a side state nothing is entered: it is as it was, but for the slot given back, and the
	 * owner's week, in which they could not answer. */
	if (verdict->move->to != COMPLAINT_BEFORE) {
		enter(record, to, now_us);
	} else if (to == COMPLAINT_PENDING_CONFIRMATION) {
		record->pending_us = now_us;
	}
	if ((to == COMPLAINT_SUSPENDED || to == COMPLAINT_MERGED) && complaint_keeps_slot(from)) {
		record->window_from_us = record->window_to_us = 0;
	}
	record->remind_us =
		to == COMPLAINT_PENDING_CONFIRMATION ? reminder_first_us(record->pending_us) : 0;
	if (!complaint_is_open(to)) {
		record->ended_us = record->ended_us == 0 ? now_us : record->ended_us;
	} else {
		record->ended_us = 0;
	}
	record->state = to;
}
