/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/patch/patch_handover.h"

#include <stdio.h>

#include "place.pb-c.h"
#include "server/method/place/place_row.h"

/* Columns of place_by_ids. */
enum { COLUMN_ID, COLUMN_KIND };
/* Columns of patch_by_places. */
enum { COLUMN_PATCH_ID, COLUMN_PLACE_ID, COLUMN_FROM, COLUMN_TO };

static enum err refuse_place(struct request *r, enum err err, size_t at, const char *allowed)
{
	char field[32];

	(void)snprintf(field, sizeof field, "place_ids[%zu]", at);
	return request_refuse(r, err, field, allowed);
}

static enum err find_place(struct request *r, struct uuid id, size_t at)
{
	const struct query *places = &r->queries[PATCH_QUERY_PLACES];

	for (size_t i = 0; i < query_rows(places); i++) {
		if (uuid_equal(row_uuid(places, i, COLUMN_ID), id)) {
			return place_is_in_patches((enum place_kind)row_int2(places, i, COLUMN_KIND))
			           ? ERR_OK
			           : refuse_place(r, ERR_FIELD_INVALID, at, "an entrance or a common place");
		}
	}
	return refuse_place(r, ERR_NOT_FOUND, at, "a place of the community");
}

/* What one place's new assignment means for those it had. */
static enum err hand_over(struct request *r, struct patch_state *state, size_t at, int32_t today)
{
	const struct query *rows = &r->queries[PATCH_QUERY_PATCHES];
	size_t count = 0;
	size_t ended = 0;

	for (size_t i = 0; i < query_rows(rows); i++) {
		if (uuid_equal(row_uuid(rows, i, COLUMN_PLACE_ID), state->places[at])) {
			state->patch_ids[count] = row_uuid(rows, i, COLUMN_PATCH_ID);
			state->patches[count++] =
				(struct place_patch){row_day(rows, i, COLUMN_FROM), row_day(rows, i, COLUMN_TO)};
		}
	}
	switch (place_assign(state->patches, count, state->wanted, today, &ended)) {
	case PLACE_IS_FREE:
		return ERR_OK;
	case PLACE_HANDS_OVER:
		state->ended[state->ended_count++] = state->patch_ids[ended];
		return ERR_OK;
	case PLACE_IS_OVER:
		return request_refuse(
			r, ERR_FIELD_RANGE, "from_day", "not before today: the place had a team before");
	case PLACE_IS_PLANNED:
		return refuse_place(r, ERR_FIELD_INVALID, at, "none that goes to a team in that time");
	}
	unreachable();
}

enum err patch_decide_places(struct request *r)
{
	const Pb__PatchAssign *in = (const Pb__PatchAssign *)r->message;
	struct patch_state *state = r->state;
	size_t max = size_max(query_rows(&r->queries[PATCH_QUERY_PATCHES]), 1);
	int32_t today = row_day(&r->queries[PATCH_QUERY_DAY], 0, 0);
	enum err err = ERR_OK;

	state->ended_count = 0; /* it may be the second time */
	state->patches = arena_alloc(&r->arena, max * sizeof *state->patches);
	state->patch_ids = arena_alloc(&r->arena, max * sizeof *state->patch_ids);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	if (!in->has_from_day) {
		state->wanted.from_day = today;
	}
	if (state->wanted.to_day <= state->wanted.from_day) {
		return request_refuse(r, ERR_FIELD_RANGE, "to_day", "behind from_day");
	}
	for (size_t i = 0; err == ERR_OK && i < in->n_place_ids; i++) {
		err = find_place(r, state->places[i], i);
		if (err == ERR_OK) {
			err = hand_over(r, state, i, today);
		}
		state->made[i] = uuid_v7(request_now_us(r));
	}
	return err;
}
