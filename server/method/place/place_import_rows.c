/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/place/place_import_rows.h"

#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

size_t place_import_patch_count(const struct place_import_state *state)
{
	size_t count = 0;

	for (size_t i = 0; i < state->count; i++) {
		count += state->rows[i].team_name.len > 0;
	}
	return count;
}

enum err place_import_take(struct request *r)
{
	const Pb__PlaceImport *in = (const Pb__PlaceImport *)r->message;
	struct place_import_state *state = arena_new(&r->arena, struct place_import_state);
	size_t count = in->n_rows;

	r->community_id = message_id(true, in->community_id);
	if (count == 0 || count > PLACE_IMPORT_ROWS_MAX) {
		return request_refuse(r, ERR_FIELD_LENGTH, "rows", "1..10000 elements");
	}
	r->state = state;
	if (state != NULL) {
		state->rows = arena_alloc(&r->arena, count * sizeof *state->rows);
	}
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	state->count = count;
	for (size_t i = 0; i < count; i++) {
		const Pb__PlaceImportRow *row = in->rows[i];

		state->rows[i] = (struct place_import_row){
			.kind = row->has_kind ? (int)row->kind : 0,
			.code = codec_str(row->code),
			.name = codec_str(row->name),
			.parent_code = codec_str(row->parent_code),
			.team_name = codec_str(row->team_name),
		};
	}
	if (place_import_patch_count(state) > PLACE_IMPORT_PATCHES_MAX) {
		return request_refuse(r, ERR_FIELD_LENGTH, "rows", "0..2000 elements with a team_name");
	}
	return in->has_from_day ? place_day(r, "from_day", in->from_day, &state->from_day) : ERR_OK;
}

void place_import_add_codes(struct request *r, struct query *query)
{
	const struct place_import_state *state = r->state;
	struct str *codes = arena_alloc(&r->arena, 2 * state->count * sizeof *codes);
	size_t count = 0;

	for (size_t i = 0; codes != NULL && i < state->count; i++) {
		struct str parent_code = state->rows[i].parent_code;

		codes[count++] = state->rows[i].code;
		/* Rows of one parent mostly follow each other. */
		if (parent_code.len > 0 &&
			(i == 0 || !str_equal(parent_code, state->rows[i - 1].parent_code))) {
			codes[count++] = parent_code;
		}
	}
	query_texts(query, codes, count);
}
