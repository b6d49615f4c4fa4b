/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/price/price_row.h"

#include "server/method/row_message.h"

#define QUERY_PRICE 0

Pb__Price *price_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Price *out = arena_new(arena, Pb__Price);

	if (out == NULL) {
		return NULL;
	}
	pb__price__init(out);
	out->code = row_borrow_text(&from, PRICE_COLUMN_CODE);
	out->name = row_borrow_text(&from, PRICE_COLUMN_NAME);
	out->unit = row_borrow_text(&from, PRICE_COLUMN_UNIT);
	out->has_price_fen = out->has_version = true;
	out->price_fen = row_int8(query, row, PRICE_COLUMN_FEN);
	out->version = (uint32_t)row_int4(query, row, PRICE_COLUMN_VERSION);
	row_set_time(&from, PRICE_COLUMN_ENDED, &out->has_ended_us, &out->ended_us);
	return out;
}

void price_load(struct request *r, struct str code)
{
	assert(r->query_count == QUERY_PRICE);
	query_text(request_query(r, STMT_price_get), code);
}

enum err price_refuse(struct request *r, enum err err)
{
	Pb__Price *current = price_message(&r->arena, &r->queries[QUERY_PRICE], 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}
