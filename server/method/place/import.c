/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.import: many places at once, and the teams that have them. Every bad row is told in the reply; then
 * nothing was written, as with a dry run. Else all is written in one statement.
 */
#include "place.pb-c.h"
#include "server/domain/place_import.h"
#include "server/method/place/place_import_effect.h"
#include "server/method/place/place_import_rows.h"
#include "server/method/place/place_row.h"

enum { QUERY_COMMUNITY, QUERY_DAY, QUERY_TEAMS, QUERY_KNOWN };

/* Columns of team_list and of place_by_codes. */
enum { COLUMN_TEAM_NAME = 2 };
enum { COLUMN_KIND = 1, COLUMN_CODE = 2 };

static const char *const field_names[PLACE_IMPORT_FIELD_COUNT] = {
	[PLACE_IMPORT_KIND] = "kind",
	[PLACE_IMPORT_CODE] = "code",
	[PLACE_IMPORT_NAME] = "name",
	[PLACE_IMPORT_PARENT] = "parent_code",
	[PLACE_IMPORT_TEAM] = "team_name",
};

static void load(struct request *r)
{
	struct query *query;

	place_load_community(r);
	query = request_query(r, STMT_community_day);
	query_uuid(query, r->community_id);
	query_time(query, request_now_us(r));
	query = request_query(r, STMT_team_list);
	query_bool(query, false);
	query_uuids(query, &r->community_id, 1);
	query = request_query(r, STMT_place_by_codes);
	query_uuid(query, r->community_id);
	place_import_add_codes(r, query);
}

/* The rows that were read, as the check wants them. */
static struct place_import_facts facts_of(struct request *r)
{
	const struct query *teams = &r->queries[QUERY_TEAMS];
	const struct query *known = &r->queries[QUERY_KNOWN];
	size_t team_count = query_rows(teams);
	size_t known_count = query_rows(known);
	struct str *names = arena_alloc(&r->arena, size_max(team_count, 1) * sizeof *names);
	struct place_import_known *places =
		arena_alloc(&r->arena, size_max(known_count, 1) * sizeof *places);

	for (size_t i = 0; names != NULL && i < team_count; i++) {
		names[i] = row_text(teams, i, COLUMN_TEAM_NAME);
	}
	for (size_t i = 0; places != NULL && i < known_count; i++) {
		places[i] = (struct place_import_known){
			row_text(known, i, COLUMN_CODE), row_int2(known, i, COLUMN_KIND)};
	}
	return (struct place_import_facts){places, known_count, names, team_count};
}

static void add_problems(
	struct request *r, Pb__PlaceImportReply *out, const struct place_import *import)
{
	Pb__PlaceImportProblem *made =
		arena_alloc(&r->arena, size_max(import->problem_count, 1) * sizeof *made);

	out->problems =
		arena_alloc(&r->arena, size_max(import->problem_count, 1) * sizeof *out->problems);
	for (size_t i = 0; !r->arena.failed && i < import->problem_count; i++) {
		const struct place_import_problem *problem = &import->problems[i];

		pb__place_import_problem__init(&made[i]);
		made[i].has_row = true;
		made[i].row = (uint32_t)problem->row + 1;
		made[i].field = (char *)(uintptr_t)field_names[problem->field];
		made[i].code = (char *)(uintptr_t)err_name(problem->err);
		made[i].allowed = (char *)(uintptr_t)problem->allowed;
		out->problems[out->n_problems++] = &made[i];
	}
}

static enum err decide(struct request *r)
{
	const Pb__PlaceImport *in = (const Pb__PlaceImport *)r->message;
	struct place_import_state *state = r->state;
	struct place_import_facts facts = facts_of(r);
	Pb__PlaceImportReply *out = request_reply(r);

	if (r->arena.failed) {
		return ERR_BUSY;
	}
	state->import = place_import_check(state->rows, state->count, &facts, &r->arena);
	if (!in->has_from_day) {
		state->from_day = row_day(&r->queries[QUERY_DAY], 0, 0);
	}
	out->has_place_count = out->has_patch_count = out->has_bad_row_count = true;
	out->place_count = (uint32_t)state->count;
	out->patch_count = (uint32_t)place_import_patch_count(state);
	out->bad_row_count = (uint32_t)state->import.bad_count;
	out->has_is_dry_run = true;
	out->is_dry_run = in->is_dry_run;
	add_problems(r, out, &state->import);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	if (state->import.bad_count == 0 && !in->is_dry_run) {
		place_import_effect(r, state, out->patch_count);
	}
	return ERR_OK;
}

const struct method_impl impl_place_import = {
	.check = place_import_take,
	.load = load,
	.may = place_may,
	.decide = decide,
};
