/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.code: another one-time code for the signature, where the first was lost or spent.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_code.h"

static const struct query *code_of(const struct request *r)
{
	return &r->queries[complaint_step_own(r)];
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	Pb__ComplaintCodeReply *out = (Pb__ComplaintCodeReply *)r->reply;

	if (!complaint_tell_code(r, OUTGOING_CODE, CODE_SIGN, STR(""))) {
		return ERR_INTERNAL; /* the telephone does not open: logged */
	}
	out->has_expires_us = true;
	out->expires_us = state->new_code.expires_us;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintCode *in = (const Pb__ComplaintCode *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_CODE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

static void load(struct request *r)
{
	complaint_step_load(r);
	complaint_code_load(r, complaint_step_of(r)->complaint_id, CODE_SIGN);
}

static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);

	state->given |= complaint_can_be_signed(r) ? NEED_BIT(NEED_PHONE) : 0;
	state->given |= complaint_code_again_us(r, code_of(r)) == 0 ? NEED_BIT(NEED_QUIET) : 0;
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_code = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
