/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.dispatch: a crew or a person is sent to the appointment (派单). An urgent complaint needs none: then
 * it is now, and the owner gets the receipt at once. Who is sent holds what the work needs, and is one who has
 * not too much to do already.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_receipt.h"
#include "server/method/complaint/complaint_worker.h"
#include "server/method/message.h"

/* How long an urgent visit keeps a person's time. */
#define URGENT_US (INT64_C(2) * 3600 * 1000000)

static struct uuid id_of(bool has, ProtobufCBinaryData id)
{
	return has ? uuid_from_span(codec_span(true, id)) : uuid_nil;
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	Pb__ComplaintDispatchReply *out = (Pb__ComplaintDispatchReply *)r->reply;
	bool is_now = state->before.window_from_us == 0;
	enum err err;

	if (is_now) {
		state->record.window_from_us = state->asked_from_us;
		state->record.window_to_us = state->asked_to_us;
	}
	err = complaint_worker_take(r);
	if (err != ERR_OK || !is_now) {
		return err;
	}
	complaint_receipt_appointment(r, NOTICE_COUNT);
	out->has_receipt_id = true;
	out->receipt_id = message_uuid(&r->arena, state->receipt_id);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintDispatch *in = (const Pb__ComplaintDispatch *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_DISPATCH);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->asked_from_us = request_now_us(r);
	state->asked_to_us = state->asked_from_us + URGENT_US;
	state->tells = true;
	state->apply = apply;
	complaint_worker_ask(
		r, id_of(in->has_crew_id, in->crew_id), id_of(in->has_worker_id, in->worker_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	complaint_step_load(r);
	complaint_worker_load(r, true);
}

/* Those booked, where none is named. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	if (!uuid_is_nil(state->asked_crew_id) || !uuid_is_nil(state->asked_worker_id) ||
		!uuid_is_nil(record.crew_id) || !uuid_is_nil(record.worker_id)) {
		state->given |= NEED_BIT(NEED_WORKER);
	}
	return complaint_step_decide(r);
}

static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintDispatchReply *out = (Pb__ComplaintDispatchReply *)r->reply;

	out->receipt_code = complaint_receipt_code(r, minted);
}

const struct method_impl impl_complaint_dispatch = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
	.mint = mint,
};
