/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.withdraw: the owner takes it back, on their word to customer service.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	(void)state;
	complaint_tell_notice(r, OUTGOING_WITHDRAWN, NOTICE_WITHDRAWN, STR(""));
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintWithdraw *in = (const Pb__ComplaintWithdraw *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_WITHDRAW);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_withdraw = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
