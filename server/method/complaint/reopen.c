/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.reopen: a closed complaint is open again: on the owner's word within 15 days, or by an
 * inspector.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintReopen *in = (const Pb__ComplaintReopen *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_REOPEN);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_reopen = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
