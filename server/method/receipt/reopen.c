/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.reopen: the owner opens it again, within 15 days of its close.
 */
#include "server/method/receipt/receipt_owner.h"

static enum err check(struct request *r)
{
	const Pb__ReceiptReopen *in = (const Pb__ReceiptReopen *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.one_time_code = in->one_time_code,
		.reason = in->reason,
		.purpose = CODE_REOPEN,
		.step = COMPLAINT_STEP_REOPEN,
	};

	return receipt_owner_begin(r, &ask);
}

const struct method_impl impl_receipt_reopen = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = receipt_owner_load,
	.may = receipt_owner_may,
	.decide = receipt_owner_decide,
};
