/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.list: newest first, a page at a time, of what the person's grants reach in one community;
 * the area stands in the statement's WHERE. With a text, a telephone or a number, only what has it;
 * with a time, only that of which a clock runs out before.
 */
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_filter.h"
#include "server/request.h"

/* Who may not see a telephone may not try one out either. */
static bool may_find_phones(const struct request *r)
{
	return (list_roles(r) & right_roles(RIGHT_COMPLAINT_HANDLE)) != 0;
}

static enum err may(struct request *r)
{
	const struct listing *listing = r->state;

	if (listing->is_cursor_bad) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	if (list_reach_is_empty(listing->reach)) {
		return ERR_NOT_FOUND;
	}
	return listing->phone[0] != '\0' && !may_find_phones(r) ? ERR_DENIED : ERR_OK;
}

static void add_cursor(struct request *r, Pb__ComplaintListReply *out)
{
	const struct query *rows = &r->queries[0];
	struct list_position last = {
		.submitted_us = complaint_row_submitted_us(rows, out->n_complaints - 1),
		.complaint_id = complaint_row_id(rows, out->n_complaints - 1),
	};

	out->cursor = codec_bytes(list_cursor_make(r, &last));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	const struct query *rows = &r->queries[0];
	size_t limit = in->has_limit ? in->limit : LIST_LIMIT_DEFAULT;
	Pb__ComplaintListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_complaints = list_page_rows(rows, limit);
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		out->complaints[i] = complaint_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > out->n_complaints) {
		add_cursor(r, out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_list = {
	.check = list_filter_check,
	.load = list_load,
	.may = may,
	.decide = decide,
};
