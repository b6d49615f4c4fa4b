/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.print: a receipt as a PDF for staff who see its complaint. Its code, and the QR code of it, stand on
 * it for customer service alone: an owner who has lost it asks at the desk.
 */
#include "server/method/complaint/complaint_row.h"
#include "server/method/receipt/receipt_row.h"
#include "server/method/receipt/receipt_sheet.h"

enum { QUERY_COMPLAINT, QUERY_RECEIPT };

/* Lives in request.state: what the thread may not look at itself. */
struct sight {
	bool has_code;
};

static void load(struct request *r)
{
	const Pb__ReceiptPrint *in = (const Pb__ReceiptPrint *)r->message;
	struct query *query = request_query(r, STMT_complaint_get);

	receipt_sheet_room(r);
	query_uuid(query, uuid_from_span(codec_span(true, in->community_id)));
	query_uuid(query, uuid_from_span(codec_span(true, in->complaint_id)));
	query = request_query(r, STMT_receipt_get);
	query_uuid(query, uuid_from_span(codec_span(true, in->community_id)));
	query_uuid(query, uuid_from_span(codec_span(true, in->receipt_id)));
}

/* Theirs is the complaint; so the receipt must be of that one. */
static enum err may(struct request *r)
{
	const Pb__ReceiptPrint *in = (const Pb__ReceiptPrint *)r->message;
	const struct query *complaint = &r->queries[QUERY_COMPLAINT];
	const struct query *receipt = &r->queries[QUERY_RECEIPT];
	struct uuid complaint_id = uuid_from_span(codec_span(true, in->complaint_id));
	struct sight *sight = arena_new(&r->arena, struct sight);
	role_set sees = 0;

	if (query_rows(complaint) > 0 && query_rows(receipt) > 0 &&
		uuid_equal(receipt_row_complaint(receipt, 0), complaint_id)) {
		sees = complaint_row_relation(r, complaint, 0).sees;
	}
	if (sees == 0 || sight == NULL) {
		return sees == 0 ? ERR_NOT_FOUND : ERR_BUSY;
	}
	sight->has_code = (sees & ROLE_BIT(ROLE_CUSTOMER_SERVICE)) != 0;
	r->state = sight;
	return ERR_OK;
}

static void work(struct request *r)
{
	const Pb__ReceiptPrint *in = (const Pb__ReceiptPrint *)r->message;
	const struct sight *sight = r->state;

	receipt_sheet_work(r, &r->queries[QUERY_RECEIPT], in->paper, sight->has_code);
}

static enum err decide(struct request *r)
{
	enum err err = receipt_sheet_err(r);
	Pb__ReceiptPrintReply *out = err == ERR_OK ? request_reply(r) : NULL;

	if (err != ERR_OK || out == NULL) {
		return err == ERR_OK ? ERR_BUSY : err;
	}
	out->has_pdf = true;
	out->pdf = codec_bytes(r->work_out);
	return ERR_OK;
}

const struct method_impl impl_receipt_print = {
	.load = load,
	.may = may,
	.work = work,
	.decide = decide,
};
