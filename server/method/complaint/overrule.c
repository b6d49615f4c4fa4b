/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.overrule: one level above finds it in scope after all, and says why.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintOverrule *in = (const Pb__ComplaintOverrule *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_OVERRULE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_overrule = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
