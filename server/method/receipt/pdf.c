/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.pdf: a receipt as a PDF, for whoever has its code, which stands on it as a QR code.
 */
#include "server/method/receipt/receipt_owner.h"
#include "server/method/receipt/receipt_sheet.h"

enum { QUERY_RECEIPT_BEHIND_CODE = 1 };

static enum err check(struct request *r)
{
	const Pb__ReceiptPdf *in = (const Pb__ReceiptPdf *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code, .purpose = CODE_CONFIRM, .step = COMPLAINT_STEP_CONFIRM};

	return receipt_owner_begin(r, &ask);
}

static void load(struct request *r)
{
	struct query *query;

	receipt_sheet_room(r); /* the code was right: nobody else gets so far */
	receipt_owner_load(r);
	query = request_query(r, STMT_receipt_get);
	query_uuid(query, r->community_id);
	query_uuid(query, receipt_owner_receipt(r));
}

static void work(struct request *r)
{
	const Pb__ReceiptPdf *in = (const Pb__ReceiptPdf *)r->message;

	receipt_sheet_work(
		r, &r->queries[complaint_step_own(r) + QUERY_RECEIPT_BEHIND_CODE], in->paper, true);
}

static enum err decide(struct request *r)
{
	enum err err = receipt_sheet_err(r);
	Pb__ReceiptPdfReply *out = err == ERR_OK ? request_reply(r) : NULL;

	if (err != ERR_OK || out == NULL) {
		return err == ERR_OK ? ERR_BUSY : err;
	}
	out->has_pdf = true;
	out->pdf = codec_bytes(r->work_out);
	return ERR_OK;
}

const struct method_impl impl_receipt_pdf = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = load,
	.may = receipt_owner_may,
	.work = work,
	.decide = decide,
};
