/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.done: the crew has finished, and says what it did (完工).
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintDone *in = (const Pb__ComplaintDone *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_DONE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->is_work_done = true;
	state->result = codec_str(in->result);
	state->words = state->result;
	state->given |= NEEDS_RESULT;
	return ERR_OK;
}

const struct method_impl impl_complaint_done = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
