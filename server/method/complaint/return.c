/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.return: could not get in, needs parts, or was returned: there will be another visit, and the owner is
 * told. The words are for the team.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

/* The owner waits for somebody who does not come as was said: they know why, and that it goes on. */
static enum err apply(struct request *r, struct complaint_step_state *state)
{
	enum notice notice = NOTICE_RETURNED;

	if (state->reason == PB__COMPLAINT__REASON__NO_ENTRY) {
		notice = NOTICE_NO_ENTRY;
	} else if (state->reason == PB__COMPLAINT__REASON__NEEDS_PARTS) {
		notice = NOTICE_NEEDS_PARTS;
	}
	complaint_tell_notice(r, OUTGOING_VISIT_CHANGED, notice, STR(""));
	return ERR_OK;
}

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
	state->tells = true;
	state->apply = apply;
	state->given = in->reason <= PB__COMPLAINT__REASON__RETURNED ? NEED_BIT(NEED_CAUSE) : 0;
	return ERR_OK;
}

const struct method_impl impl_complaint_return = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
