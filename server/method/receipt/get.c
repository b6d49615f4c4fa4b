/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.get: a receipt for whoever has its code, where its complaint stands, and what the owner can do.
 */
#include "server/method/receipt/receipt_owner.h"
#include "server/method/receipt/receipt_row.h"

enum { QUERY_RECEIPT_BEHIND_CODE = 1 };

static enum err check(struct request *r)
{
	const Pb__ReceiptGet *in = (const Pb__ReceiptGet *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code, .purpose = CODE_CONFIRM, .step = COMPLAINT_STEP_CONFIRM};

	return receipt_owner_begin(r, &ask);
}

static void load(struct request *r)
{
	struct query *query;

	receipt_owner_load(r);
	query = request_query(r, STMT_receipt_get);
	query_uuid(query, r->community_id);
	query_uuid(query, receipt_owner_receipt(r));
}

static void add_purposes(
	struct request *r, const struct complaint_record *record, Pb__ReceiptGetReply *out)
{
	static const struct {
		enum complaint_step step;
		Pb__Receipt__Purpose purpose;
	} rows[] = {
		{COMPLAINT_STEP_CONFIRM, PB__RECEIPT__PURPOSE__CONFIRM},
		{COMPLAINT_STEP_WITHDRAW, PB__RECEIPT__PURPOSE__WITHDRAW},
		{COMPLAINT_STEP_REOPEN, PB__RECEIPT__PURPOSE__REOPEN},
	};

	out->purposes = arena_alloc(&r->arena, COUNT(rows) * sizeof *out->purposes);
	for (size_t i = 0; out->purposes != NULL && i < COUNT(rows); i++) {
		if (receipt_owner_can(r, record, rows[i].step)) {
			out->purposes[out->n_purposes++] = rows[i].purpose;
		}
	}
}

static enum err decide(struct request *r)
{
	const struct query *row = &r->queries[complaint_step_own(r) + QUERY_RECEIPT_BEHIND_CODE];
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);
	Pb__ReceiptGetReply *out = request_reply(r);

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->receipt = receipt_row_message(r, row, 0, true);
	out->number = arena_c_string(&r->arena, record.number);
	out->has_state = true;
	out->state = (Pb__Complaint__State)record.state;
	add_purposes(r, &record, out);
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_receipt_get = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = load,
	.may = receipt_owner_may,
	.decide = decide,
};
