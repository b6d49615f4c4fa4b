/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.unmerge: it is a matter of its own again, where it was before it was merged.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintUnmerge *in = (const Pb__ComplaintUnmerge *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_UNMERGE);

	return state == NULL ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_complaint_unmerge = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
