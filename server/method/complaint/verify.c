/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.verify: the leader has seen that the work is as it should be; the owner is asked.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	(void)state;
	complaint_tell_notice(r, OUTGOING_CONFIRM, NOTICE_CONFIRM, STR(""));
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintVerify *in = (const Pb__ComplaintVerify *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_VERIFY);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_verify = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
