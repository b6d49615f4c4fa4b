/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.book: an appointment agreed with the owner, or another one in its place (预约上门). Whose time is kept
 * for it may be named; the owner gets the receipt.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_receipt.h"
#include "server/method/complaint/complaint_worker.h"
#include "server/method/message.h"

static struct uuid id_of(bool has, ProtobufCBinaryData id)
{
	return has ? uuid_from_span(codec_span(true, id)) : uuid_nil;
}

/* The owner knows another time: what was returned or never booked has none. */
static bool is_moved(const struct complaint_step_state *state)
{
	return state->before.window_from_us != 0 &&
	       (state->before.window_from_us != state->record.window_from_us ||
			   state->before.window_to_us != state->record.window_to_us);
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	Pb__ComplaintBookReply *out = (Pb__ComplaintBookReply *)r->reply;
	enum err err;

	state->record.window_from_us = state->asked_from_us;
	state->record.window_to_us = state->asked_to_us;
	err = complaint_worker_take(r);
	if (err != ERR_OK) {
		return err;
	}
	complaint_receipt_appointment(r, is_moved(state) ? NOTICE_MOVED : NOTICE_COUNT);
	out->has_receipt_id = true;
	out->receipt_id = message_uuid(&r->arena, state->receipt_id);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintBook *in = (const Pb__ComplaintBook *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_BOOK);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->asked_from_us = in->window->from_us;
	state->asked_to_us = in->window->to_us;
	state->tells = true;
	state->apply = apply;
	complaint_worker_ask(
		r, id_of(in->has_crew_id, in->crew_id), id_of(in->has_worker_id, in->worker_id));
	/* What is wrong at any time; "now" is its own beginning. */
	return complaint_window_is_good(state->asked_from_us, state->asked_to_us, state->asked_from_us)
	           ? ERR_OK
	           : complaint_step_refuse(r, NEED_WINDOW);
}

static void load(struct request *r)
{
	complaint_step_load(r);
	complaint_worker_load(r, false);
}

/* The window not in check: what was applied in time is answered again when it is long over. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);

	if (complaint_window_is_good(state->asked_from_us, state->asked_to_us, request_now_us(r))) {
		state->given |= NEED_BIT(NEED_WINDOW);
	}
	return complaint_step_decide(r);
}

static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintBookReply *out = (Pb__ComplaintBookReply *)r->reply;

	out->receipt_code = complaint_receipt_code(r, minted);
}

const struct method_impl impl_complaint_book = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
	.mint = mint,
};
