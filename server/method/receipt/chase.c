/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.chase: the owner asks again. The receipt's code is enough, since nothing is decided by it; what does not count is
 * refused, since nobody hears it.
 */
#include "server/method/complaint/complaint_chase.h"
#include "server/method/receipt/receipt_owner.h"

static enum err check(struct request *r)
{
	const Pb__ReceiptChase *in = (const Pb__ReceiptChase *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.reason = in->words,
		.step = COMPLAINT_STEP_CHASE,
	};
	enum err err = receipt_owner_begin(r, &ask);

	if (err == ERR_OK) {
		complaint_step_of(r)->apply = complaint_chase_apply;
		complaint_step_of(r)->effect = complaint_note_effect;
	}
	return err;
}

static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);

	state->is_owner = true;
	state->given |= complaint_chase_counts(r) ? NEED_BIT(NEED_ASKED) : 0;
	return complaint_step_decide(r);
}

const struct method_impl impl_receipt_chase = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = complaint_step_load,
	.may = receipt_owner_may,
	.decide = decide,
};
