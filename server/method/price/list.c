/* SPDX-License-Identifier: Apache-2.0 */
/*
 * price.list: what materials cost; everybody who serves may know. At most 2000, by their codes.
 */
#include "server/method/price/price_row.h"

static void load(struct request *r)
{
	const Pb__PriceList *in = (const Pb__PriceList *)r->message;

	query_bool(request_query(r, STMT_price_list), in->has_with_ended && in->with_ended);
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__PriceListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_prices = query_rows(rows);
	out->prices = arena_alloc(&r->arena, size_max(out->n_prices, 1) * sizeof *out->prices);
	for (size_t i = 0; out->prices != NULL && i < out->n_prices; i++) {
		out->prices[i] = price_message(&r->arena, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_price_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
