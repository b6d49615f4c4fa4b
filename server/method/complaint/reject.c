/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.reject: what is no complaint at all (spam) is put aside, by a manager, with the reason.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintReject *in = (const Pb__ComplaintReject *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_REJECT);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_reject = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
