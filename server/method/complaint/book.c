/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.book: an appointment agreed with the owner (预约上门).
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err refuse(struct request *r)
{
	return request_refuse(
		r, ERR_FIELD_INVALID, "window", "from < to, at most a day, not over, within a year");
}

static enum err check(struct request *r)
{
	const Pb__ComplaintBook *in = (const Pb__ComplaintBook *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_BOOK);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->window_from_us = in->window->from_us;
	state->window_to_us = in->window->to_us;
	/* What is wrong at any time; "now" is its own beginning. */
	return complaint_window_is_good(
			   state->window_from_us, state->window_to_us, state->window_from_us)
	           ? ERR_OK
	           : refuse(r);
}

/* Not in check: a request that was applied in time is answered again when its window is long over. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	bool is_good =
		complaint_window_is_good(state->window_from_us, state->window_to_us, request_now_us(r));
	enum err err;

	state->given = is_good ? NEEDS_WINDOW : 0;
	err = complaint_step_decide(r);
	return err == ERR_FIELD_INVALID ? refuse(r) : err;
}

const struct method_impl impl_complaint_book = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = decide,
};
