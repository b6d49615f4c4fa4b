/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/material.h"

#include "client/admin/amount.h"

#define QUANTITY_DECIMALS 3
#define PRICE_DECIMALS 2

/* Takes what stands behind the last colon away from the text; false where there is no colon. */
static bool take_last(struct str *text, struct str *out)
{
	const char *colon = text->len == 0 ? NULL : memrchr(text->ptr, ':', text->len);
	size_t at;

	if (colon == NULL) {
		return false;
	}
	at = (size_t)(colon - text->ptr);
	*out = str_of(colon + 1, text->len - at - 1);
	text->len = at;
	return true;
}

enum material_verdict material_parse(struct str text, struct arena *arena, Pb__Material *out)
{
	struct str price_text;
	struct str unit;
	struct str whole = text;
	struct str quantity_text;
	uint64_t quantity;
	uint64_t price;

	/* CODE:QUANTITY: the list has the rest. */
	if (memchr(text.ptr, ':', text.len) == memrchr(text.ptr, ':', text.len) &&
		take_last(&whole, &quantity_text) && whole.len > 0) {
		if (!amount_parse(quantity_text, QUANTITY_DECIMALS, UINT32_MAX, &quantity) ||
			quantity == 0) {
			return MATERIAL_QUANTITY;
		}
		out->code = arena_c_string(arena, whole);
		out->has_quantity_milli = true;
		out->quantity_milli = (uint32_t)quantity;
		return MATERIAL_OK;
	}
	if (!take_last(&text, &price_text) || !take_last(&text, &unit) ||
		!take_last(&text, &quantity_text) || text.len == 0 || unit.len == 0) {
		return MATERIAL_PARTS;
	}
	if (!amount_parse(quantity_text, QUANTITY_DECIMALS, UINT32_MAX, &quantity) || quantity == 0) {
		return MATERIAL_QUANTITY;
	}
	if (!amount_parse(price_text, PRICE_DECIMALS, INT64_MAX, &price)) {
		return MATERIAL_PRICE;
	}
	out->name = arena_c_string(arena, text);
	out->has_quantity_milli = true;
	out->quantity_milli = (uint32_t)quantity;
	out->unit = arena_c_string(arena, unit);
	out->has_price_fen = true;
	out->price_fen = (int64_t)price;
	return MATERIAL_OK;
}
