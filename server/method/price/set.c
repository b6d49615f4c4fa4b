/* SPDX-License-Identifier: Apache-2.0 */
/*
 * price.set: what a material is called and costs from now on (材料价目). Receipts that were given out stay.
 */
#include "server/method/price/price_row.h"
#include "server/method/staff/staff_reach.h"

static void load(struct request *r)
{
	price_load(r, codec_str(((const Pb__PriceSet *)r->message)->code));
}

static enum err decide(struct request *r)
{
	const Pb__PriceSet *in = (const Pb__PriceSet *)r->message;
	const struct query *rows = &r->queries[0];
	bool is_there = query_rows(rows) > 0;
	uint32_t version = is_there ? (uint32_t)row_int4(rows, 0, PRICE_COLUMN_VERSION) : 0;
	struct query *query;

	if (is_there && !in->has_version) {
		(void)price_refuse(r, ERR_NAME_TAKEN);
		return request_refuse(r, ERR_NAME_TAKEN, "code", "a new one, or its version");
	}
	if (!is_there && in->has_version) {
		return request_refuse(r, ERR_NOT_FOUND, "code", "one of the list");
	}
	if (is_there && in->version != version) {
		return price_refuse(r, ERR_CONFLICT);
	}
	request_reply_version(r, version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_price_set, r->key, staff_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)version);
		query_text(query, codec_str(in->code));
		query_text(query, codec_str(in->name));
		query_text(query, codec_str(in->unit));
		query_int8(query, in->price_fen);
	}
	return ERR_OK;
}

const struct method_impl impl_price_set = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
