/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.list: what the owner of a complaint was given, for staff who see it.
 */
#include "server/method/complaint/complaint_row.h"
#include "server/method/receipt/receipt_row.h"
#include "server/request.h"

#define LIST_BYTES_MAX ((size_t)768 * 1024)

enum { QUERY_COMPLAINT, QUERY_RECEIPTS };

static void add_ids(struct query *query, const Pb__ReceiptList *in)
{
	query_uuid(query, uuid_from_span(codec_span(true, in->community_id)));
	query_uuid(query, uuid_from_span(codec_span(true, in->complaint_id)));
}

static void load(struct request *r)
{
	const Pb__ReceiptList *in = (const Pb__ReceiptList *)r->message;

	add_ids(request_query(r, STMT_complaint_get), in);
	add_ids(request_query(r, STMT_receipt_list), in);
}

static enum err may(struct request *r)
{
	const struct query *row = &r->queries[QUERY_COMPLAINT];

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	return complaint_row_relation(r, row, 0).sees == 0 ? ERR_NOT_FOUND : ERR_OK;
}

/* Of very many the newest, as many as a frame holds. */
static size_t first_that_fits(const struct query *receipts)
{
	size_t first = query_rows(receipts);
	size_t bytes = 0;

	while (first > 0) {
		bytes += receipt_row_bytes(receipts, first - 1);
		if (bytes > LIST_BYTES_MAX) {
			break;
		}
		first--;
	}
	return first;
}

static enum err decide(struct request *r)
{
	const struct query *receipts = &r->queries[QUERY_RECEIPTS];
	role_set sees = complaint_row_relation(r, &r->queries[QUERY_COMPLAINT], 0).sees;
	/* An owner who has lost it asks at the desk; nobody else needs it. */
	bool with_code = (sees & ROLE_BIT(ROLE_CUSTOMER_SERVICE)) != 0;
	Pb__ReceiptListReply *out = request_reply(r);
	size_t first;

	if (out == NULL) {
		return ERR_BUSY;
	}
	first = first_that_fits(receipts);
	out->n_receipts = query_rows(receipts) - first;
	out->receipts = arena_alloc(&r->arena, size_max(out->n_receipts, 1) * sizeof *out->receipts);
	for (size_t i = 0; out->receipts != NULL && i < out->n_receipts; i++) {
		out->receipts[i] = receipt_row_message(r, receipts, first + i, with_code);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_receipt_list = {
	.load = load,
	.may = may,
	.decide = decide,
};
