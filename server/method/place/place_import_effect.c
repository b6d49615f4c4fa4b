/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/place/place_import_effect.h"

#include "server/method/place/place_row.h"

enum { QUERY_COMMUNITY, QUERY_DAY, QUERY_TEAMS, QUERY_KNOWN };

/* Columns of team_list and of place_by_codes. */
enum { COLUMN_TEAM_ID = 1 };
enum { COLUMN_PLACE_ID = 0 };

/* The columns, in the arena. */
struct columns {
	struct uuid *ids;
	int *kinds;
	struct str *texts;
	struct uuid *parents; /* nil: it stands alone */
	struct uuid *patches; /* of a row that names a team */
	struct uuid *places;
	struct uuid *teams;
};

static bool make_columns(
	struct request *r, size_t count, size_t patch_count, struct columns *columns)
{
	size_t patch_max = size_max(patch_count, 1);

	columns->ids = arena_alloc(&r->arena, count * sizeof *columns->ids);
	columns->kinds = arena_alloc(&r->arena, count * sizeof *columns->kinds);
	columns->texts = arena_alloc(&r->arena, count * sizeof *columns->texts);
	columns->parents = arena_alloc(&r->arena, count * sizeof *columns->parents);
	columns->patches = arena_alloc(&r->arena, patch_max * sizeof *columns->patches);
	columns->places = arena_alloc(&r->arena, patch_max * sizeof *columns->places);
	columns->teams = arena_alloc(&r->arena, patch_max * sizeof *columns->teams);
	return !r->arena.failed;
}

static struct uuid parent_of(
	const struct request *r, const struct columns *columns, const struct place_import_link *link)
{
	if (link->parent_row != PLACE_IMPORT_NOWHERE) {
		return columns->ids[link->parent_row];
	}
	if (link->parent_known != PLACE_IMPORT_NOWHERE) {
		return row_uuid(&r->queries[QUERY_KNOWN], link->parent_known, COLUMN_PLACE_ID);
	}
	return uuid_nil;
}

static void fill_columns(
	const struct request *r, const struct place_import_state *state, struct columns *columns)
{
	size_t patches = 0;

	for (size_t i = 0; i < state->count; i++) {
		columns->ids[i] = uuid_v7(request_now_us(r));
		columns->kinds[i] = state->rows[i].kind;
	}
	for (size_t i = 0; i < state->count; i++) {
		const struct place_import_link *link = &state->import.links[i];

		columns->parents[i] = parent_of(r, columns, link);
		if (link->team != PLACE_IMPORT_NOWHERE) {
			columns->patches[patches] = uuid_v7(request_now_us(r));
			columns->places[patches] = columns->ids[i];
			columns->teams[patches] =
				row_uuid(&r->queries[QUERY_TEAMS], link->team, COLUMN_TEAM_ID);
			patches++;
		}
	}
}

void place_import_effect(
	struct request *r, const struct place_import_state *state, size_t patch_count)
{
	struct columns columns;
	struct query *query;

	assert(state->import.bad_count == 0);
	if (!make_columns(r, state->count, patch_count, &columns)) {
		return;
	}
	fill_columns(r, state, &columns);
	query = request_effect(r, STMT_place_import, r->key, place_granted_by(r));
	if (query == NULL) {
		return;
	}
	query_uuids(query, columns.ids, state->count);
	query_int2s(query, columns.kinds, state->count);
	for (size_t i = 0; i < state->count; i++) {
		columns.texts[i] = state->rows[i].code;
	}
	query_texts(query, columns.texts, state->count);
	for (size_t i = 0; i < state->count; i++) {
		columns.texts[i] = state->rows[i].name;
	}
	query_texts(query, columns.texts, state->count);
	query_uuids(query, columns.parents, state->count);
	query_uuids(query, columns.patches, patch_count);
	query_uuids(query, columns.places, patch_count);
	query_uuids(query, columns.teams, patch_count);
	query_day(query, state->from_day);
}
