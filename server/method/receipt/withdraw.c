/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.withdraw: the owner takes it back.
 */
#include "server/method/receipt/receipt_owner.h"

static enum err check(struct request *r)
{
	const Pb__ReceiptWithdraw *in = (const Pb__ReceiptWithdraw *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.one_time_code = in->one_time_code,
		.purpose = CODE_WITHDRAW,
		.step = COMPLAINT_STEP_WITHDRAW,
	};
	enum err err = receipt_owner_begin(r, &ask);
	struct complaint_step_state *state = r->state;

	if (err != ERR_OK) {
		return err;
	}
	state->words = codec_str(in->reason);
	state->given = NEED_BIT(NEED_REASON);
	return ERR_OK;
}

const struct method_impl impl_receipt_withdraw = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = receipt_owner_load,
	.may = receipt_owner_may,
	.decide = receipt_owner_decide,
};
