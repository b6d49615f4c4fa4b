/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.arrive: the crew is on site (到场); the arrival clock stops here.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static enum err check(struct request *r)
{
	const Pb__ComplaintArrive *in = (const Pb__ComplaintArrive *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_ARRIVE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->is_arrival = true;
	return ERR_OK;
}

const struct method_impl impl_complaint_arrive = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
