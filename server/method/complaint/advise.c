/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.advise: judged out of scope: the owner is told at once what they can do, and where to turn (范围外答复).
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	state->record.advice = state->words;
	complaint_tell_notice(r, OUTGOING_ADVICE, NOTICE_ADVICE, state->words);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintAdvise *in = (const Pb__ComplaintAdvise *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_ADVISE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->advice);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_ADVICE) : 0;
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_complaint_advise = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
