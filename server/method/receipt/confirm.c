/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.confirm: the owner finds it well, and may rate it; it closes (业主确认).
 */
#include "server/method/receipt/receipt_owner.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	(void)r;
	state->record.close_mode = CLOSE_OWNER;
	state->record.rating = state->score;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ReceiptConfirm *in = (const Pb__ReceiptConfirm *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.one_time_code = in->one_time_code,
		.purpose = CODE_CONFIRM,
		.step = COMPLAINT_STEP_CONFIRM,
	};
	enum err err = receipt_owner_begin(r, &ask);
	struct complaint_step_state *state = r->state;

	if (err != ERR_OK) {
		return err;
	}
	state->score = in->has_rating ? (int)in->rating : 0;
	state->apply = apply;
	return ERR_OK;
}

const struct method_impl impl_receipt_confirm = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = receipt_owner_load,
	.may = receipt_owner_may,
	.decide = receipt_owner_decide,
};
