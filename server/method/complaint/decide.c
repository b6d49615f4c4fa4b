/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.decide: the owner has not answered for a week: a person decides, never the clock.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	state->record.close_mode = CLOSE_DECIDED;
	complaint_tell_notice(r, OUTGOING_DECIDED, NOTICE_DECIDED, state->words);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintDecide *in = (const Pb__ComplaintDecide *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_DECIDE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_decide = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
