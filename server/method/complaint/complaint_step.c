/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_step.h"

#include "server/method/complaint/complaint_message.h"

enum { URGENCY_URGENT = 3 }; /* Complaint.Urgency */

struct complaint_step_state *complaint_step_begin(struct request *r,
	ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id, uint32_t version,
	enum complaint_step step)
{
	struct complaint_step_state *state = arena_new(&r->arena, struct complaint_step_state);

	if (state != NULL) {
		r->community_id = uuid_from_span(codec_span(true, community_id));
		state->complaint_id = uuid_from_span(codec_span(true, complaint_id));
		state->version = version;
		state->step = step;
	}
	r->state = state;
	return state;
}

struct complaint_step_state *complaint_step_of(const struct request *r)
{
	assert(r->state != NULL);
	return r->state;
}

enum err complaint_step_may(struct request *r)
{
	const struct query *row = complaint_step_row(r);

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	return complaint_row_relation(r, row, 0).sees == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err complaint_step_refuse(struct request *r, enum complaint_need need)
{
	const struct complaint_need_row *row = &complaint_needs[need];

	return request_refuse(r, row->err, row->field, row->allowed);
}

static struct complaint_ask ask_of(const struct request *r)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	const struct complaint_record *record = &state->before;

	return (struct complaint_ask){
		.state = record->state,
		.state_before = record->state_before,
		.version = record->version,
		.version_expected = state->is_owner ? record->version : state->version,
		.step = state->step,
		.lead = record->lead,
		.has_officer = complaint_step_has_officer(r),
		.has_team = !uuid_is_nil(record->team_id),
		.is_urgent = record->urgency == URGENCY_URGENT,
		.is_booked = record->window_from_us != 0,
		.has_receipt = !uuid_is_nil(record->receipt_id),
		.wants_follow_up = complaint_wants_follow_up(record),
		.is_followed_up = record->followed_up_us != 0,
		.pending_us = record->pending_us,
		.remind_us = record->remind_us,
		.ended_us = record->ended_us,
		.pauses_us = state->pauses_us,
		.now_us = request_now_us(r),
		.reach = state->relation.reach,
		.is_respondent = state->relation.is_respondent,
		.is_worker = state->relation.is_worker,
		.has_handled = state->has_handled,
		.is_owner = state->is_owner,
		.given = state->given,
	};
}

/* What the client should look at before it decides anew; an owner without a session sees no record. */
static enum err refuse(struct request *r, enum err err)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	if (state->verdict.missing != NEED_COUNT) {
		err = complaint_step_refuse(r, state->verdict.missing);
	}
	if ((err == ERR_CONFLICT || err == ERR_STEP_REFUSED) && !state->is_owner) {
		Pb__Complaint *current = complaint_message(&r->arena, complaint_step_row(r), 0);

		r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	}
	return err;
}

enum err complaint_step_decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	const struct query *row = complaint_step_row(r);
	struct complaint_ask ask;
	enum err err;

	state->before = complaint_row_record(row, 0);
	state->record = state->before;
	if (!state->is_owner) {
		state->relation = complaint_row_relation(r, row, 0);
	}
	ask = ask_of(r);
	err = complaint_decide(&ask, &state->verdict);
	if (err != ERR_OK) {
		return refuse(r, err);
	}
	complaint_apply(&state->record, &state->verdict, ask.now_us);
	request_reply_version(r, ask.version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	err = state->apply == NULL ? ERR_OK : state->apply(r, state);
	if (err != ERR_OK) {
		r->reply = NULL;
		return err;
	}
	(state->effect == NULL ? complaint_effect : state->effect)(r,
		state->is_owner ? uuid_nil : request_grant(r, state->verdict.roles, &state->relation.area));
	return ERR_OK;
}
