/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/done_materials.h"

/* Columns of price_by_codes. */
enum { COLUMN_CODE, COLUMN_NAME, COLUMN_UNIT, COLUMN_FEN };

static enum err check_one(struct request *r, const Pb__Material *material)
{
	bool is_written_out =
		material->name != NULL || material->unit != NULL || material->has_price_fen;

	if (material->code != NULL) {
		return is_written_out ? request_refuse(r, ERR_FIELD_INVALID, "materials.code",
									"without name, unit and price_fen: the list has them")
		                      : ERR_OK;
	}
	if (material->name == NULL) {
		return request_refuse(r, ERR_FIELD_MISSING, "materials.name", "this, or a code");
	}
	if (material->unit == NULL) {
		return request_refuse(r, ERR_FIELD_MISSING, "materials.unit", "this, or a code");
	}
	return material->has_price_fen
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_MISSING, "materials.price_fen", "this, or a code");
}

enum err done_materials_check(struct request *r, const Pb__ComplaintDone *in)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < in->n_materials; i++) {
		err = check_one(r, in->materials[i]);
	}
	return err;
}

void done_materials_load(struct request *r, const Pb__ComplaintDone *in)
{
	struct query *query = request_query(r, STMT_price_by_codes);
	struct str codes[RECEIPT_MATERIAL_MAX];
	size_t count = 0;

	assert(in->n_materials <= RECEIPT_MATERIAL_MAX); /* field.def */
	for (size_t i = 0; i < in->n_materials; i++) {
		if (in->materials[i]->code != NULL) {
			codes[count++] = codec_str(in->materials[i]->code);
		}
	}
	query_texts(query, codes, count);
}

static bool find(const struct query *prices, struct str code, size_t *out)
{
	for (size_t i = 0; i < query_rows(prices); i++) {
		if (str_equal(row_text(prices, i, COLUMN_CODE), code)) {
			*out = i;
			return true;
		}
	}
	return false;
}

enum err done_materials_take(struct request *r, const Pb__ComplaintDone *in,
	const struct query *prices, struct receipt_material **out)
{
	struct receipt_material *made =
		arena_alloc(&r->arena, size_max(in->n_materials, 1) * sizeof *made);
	size_t row;

	if (made == NULL) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < in->n_materials; i++) {
		const Pb__Material *material = in->materials[i];

		made[i] = (struct receipt_material){
			.name = codec_str(material->name),
			.quantity = material->quantity_milli,
			.unit = codec_str(material->unit),
			.price_fen = material->price_fen,
		};
		if (material->code == NULL) {
			continue;
		}
		if (!find(prices, codec_str(material->code), &row)) {
			return request_refuse(
				r, ERR_FIELD_INVALID, "materials.code", "one of the company's list");
		}
		made[i].name = row_text(prices, row, COLUMN_NAME);
		made[i].unit = row_text(prices, row, COLUMN_UNIT);
		made[i].price_fen = row_int8(prices, row, COLUMN_FEN);
	}
	*out = made;
	return ERR_OK;
}
