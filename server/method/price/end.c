/* SPDX-License-Identifier: Apache-2.0 */
/*
 * price.end: a material is not used any more. Its code can be taken up again: price.set.
 */
#include "server/method/price/price_row.h"
#include "server/method/staff/staff_reach.h"

static void load(struct request *r)
{
	price_load(r, codec_str(((const Pb__PriceEnd *)r->message)->code));
}

static enum err decide(struct request *r)
{
	const Pb__PriceEnd *in = (const Pb__PriceEnd *)r->message;
	const struct query *rows = &r->queries[0];
	struct query *query;

	if (query_rows(rows) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "code", "one of the list");
	}
	if ((uint32_t)row_int4(rows, 0, PRICE_COLUMN_VERSION) != in->version) {
		return price_refuse(r, ERR_CONFLICT);
	}
	if (!row_is_null(rows, 0, PRICE_COLUMN_ENDED)) {
		return price_refuse(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_price_end, r->key, staff_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
		query_text(query, codec_str(in->code));
	}
	return ERR_OK;
}

const struct method_impl impl_price_end = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
