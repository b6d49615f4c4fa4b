/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.confirm: the owner's word that it is well, recorded by customer service; it closes.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	(void)r;
	state->record.close_mode = CLOSE_CALL;
	state->record.rating = state->score;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintConfirm *in = (const Pb__ComplaintConfirm *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_CONFIRM);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->score = in->has_rating ? (int)in->rating : 0;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_confirm = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
