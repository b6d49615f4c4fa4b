/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.refuse: the owner finds it not well, and says why; it is open again.
 */
#include "server/method/receipt/receipt_owner.h"

static enum err check(struct request *r)
{
	const Pb__ReceiptRefuse *in = (const Pb__ReceiptRefuse *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.one_time_code = in->one_time_code,
		.reason = in->reason,
		.purpose = CODE_CONFIRM,
		.step = COMPLAINT_STEP_REFUSE,
	};

	return receipt_owner_begin(r, &ask);
}

const struct method_impl impl_receipt_refuse = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = receipt_owner_load,
	.may = receipt_owner_may,
	.decide = receipt_owner_decide,
};
