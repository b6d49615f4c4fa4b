/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.return: could not get in, needs parts, or was returned: there will be another visit.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintReturn *in = (const Pb__ComplaintReturn *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_RETURN);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->reason = (int)in->reason;
	state->words = codec_str(in->words);
	state->given = in->reason <= PB__COMPLAINT__REASON__RETURNED ? NEED_BIT(NEED_CAUSE) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_return = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
