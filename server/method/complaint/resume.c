/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.resume: a suspended complaint goes on where it was.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintResume *in = (const Pb__ComplaintResume *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_RESUME);

	return state == NULL ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_complaint_resume = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
