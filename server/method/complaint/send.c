/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.send: the answer goes to the owner, whose word is awaited from now on.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	complaint_tell_notice(r, OUTGOING_ANSWER, NOTICE_ANSWER, state->before.answer);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintSend *in = (const Pb__ComplaintSend *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_SEND);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_send = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
