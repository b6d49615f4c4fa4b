/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.answer: answered without a visit; the answer goes to the owner with complaint.send.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	(void)r;
	state->record.answer = state->words;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintAnswer *in = (const Pb__ComplaintAnswer *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_ANSWER);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->answer);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_ANSWER) : 0;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_answer = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
