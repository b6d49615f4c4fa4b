/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.refuse: the owner's word that it is not well, recorded by customer service; it is open again.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintRefuse *in = (const Pb__ComplaintRefuse *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_REFUSE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_refuse = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
