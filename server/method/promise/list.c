/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.list: the sets of promises that were proposed, approved and turned down, the newest first.
 */
#include "server/method/promise/promise_message.h"
#include "server/method/promise/promise_row.h"

static void load(struct request *r)
{
	query_time(request_query(r, STMT_promise_sets), request_now_us(r));
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__PromiseListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_sets = query_rows(rows);
	out->sets = arena_alloc(&r->arena, size_max(out->n_sets, 1) * sizeof *out->sets);
	for (size_t i = 0; out->sets != NULL && i < out->n_sets; i++) {
		out->sets[i] = promise_set_message(&r->arena, rows, i);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_promise_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
