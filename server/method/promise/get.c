/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.get: one set with its rows, or the one that is in force today.
 */
#include "server/method/promise/promise_message.h"
#include "server/method/promise/promise_row.h"

enum { QUERY_SET, QUERY_ROWS };

static void load(struct request *r)
{
	const Pb__PromiseGet *in = (const Pb__PromiseGet *)r->message;
	struct query *query;

	promise_load_set(r, in->has_set_no ? in->set_no : 0);
	query = request_query(r, STMT_promise_rows);
	if (in->has_set_no) {
		query_int4(query, (int32_t)in->set_no);
	} else {
		query_null(query);
	}
	query_time(query, request_now_us(r));
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[QUERY_ROWS];
	Pb__PromiseGetReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->set = promise_set_message(&r->arena, &r->queries[QUERY_SET], 0);
	out->n_rows = query_rows(rows);
	out->rows = arena_alloc(&r->arena, size_max(out->n_rows, 1) * sizeof *out->rows);
	for (size_t i = 0; out->rows != NULL && i < out->n_rows; i++) {
		out->rows[i] = promise_row_message(&r->arena, rows, i);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_promise_get = {
	.load = load,
	.may = promise_may,
	.decide = decide,
};
