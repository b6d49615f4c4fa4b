/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.assign: entrances and common places go to a team from a day on. Whoever has them until then hands
 * them over: all of them in one statement, or none.
 */
#include <stdlib.h>

#include "common/day.h"
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/method/patch/patch_handover.h"
#include "server/method/place/place_row.h"

static int compare(const void *a, const void *b)
{
	return uuid_compare(*(const struct uuid *)a, *(const struct uuid *)b);
}

static enum err take_places(struct request *r, const Pb__PatchAssign *in, struct patch_state *state)
{
	struct uuid *sorted = arena_alloc(&r->arena, in->n_place_ids * sizeof *sorted);

	state->places = arena_alloc(&r->arena, in->n_place_ids * sizeof *state->places);
	state->made = arena_alloc(&r->arena, in->n_place_ids * sizeof *state->made);
	state->ended = arena_alloc(&r->arena, in->n_place_ids * sizeof *state->ended);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < in->n_place_ids; i++) {
		if (in->place_ids[i].len != UUID_BYTES) {
			return request_refuse(r, ERR_FIELD_LENGTH, "place_ids", "16 bytes each");
		}
		sorted[i] = state->places[i] = message_id(true, in->place_ids[i]);
	}
	qsort(sorted, in->n_place_ids, sizeof *sorted, compare);
	for (size_t i = 1; i < in->n_place_ids; i++) {
		if (uuid_equal(sorted[i], sorted[i - 1])) {
			return request_refuse(r, ERR_FIELD_INVALID, "place_ids", "each place once");
		}
	}
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__PatchAssign *in = (const Pb__PatchAssign *)r->message;
	struct patch_state *state = arena_new(&r->arena, struct patch_state);
	enum err err;

	r->community_id = message_id(true, in->community_id);
	r->state = state;
	if (state == NULL) {
		return ERR_BUSY;
	}
	err = take_places(r, in, state);
	state->wanted.to_day = DAY_NEVER;
	if (err == ERR_OK && in->has_from_day) {
		err = place_day(r, "from_day", in->from_day, &state->wanted.from_day);
	}
	if (err == ERR_OK && in->has_to_day) {
		err = place_day(r, "to_day", in->to_day, &state->wanted.to_day);
	}
	return err;
}

static void load(struct request *r)
{
	const Pb__PatchAssign *in = (const Pb__PatchAssign *)r->message;
	const struct patch_state *state = r->state;
	struct query *query;

	place_load_community(r);
	query = request_query(r, STMT_community_day);
	query_uuid(query, r->community_id);
	query_time(query, request_now_us(r));
	query = request_query(r, STMT_team_get);
	query_uuid(query, r->community_id);
	query_uuid(query, message_id(true, in->team_id));
	query = request_query(r, STMT_place_by_ids);
	query_uuid(query, r->community_id);
	query_uuids(query, state->places, in->n_place_ids);
	query = request_query(r, STMT_patch_by_places);
	query_uuid(query, r->community_id);
	query_uuids(query, state->places, in->n_place_ids);
}

static enum err decide(struct request *r)
{
	const Pb__PatchAssign *in = (const Pb__PatchAssign *)r->message;
	const struct patch_state *state = r->state;
	Pb__PatchAssignReply *out;
	struct query *query;
	enum err err;

	if (query_rows(&r->queries[PATCH_QUERY_TEAM]) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "team_id", "a team of the community");
	}
	err = patch_decide_places(r);
	out = err == ERR_OK ? request_reply(r) : NULL;
	if (out == NULL) {
		return err == ERR_OK ? ERR_BUSY : err;
	}
	out->n_patch_ids = in->n_place_ids;
	out->patch_ids = arena_alloc(&r->arena, in->n_place_ids * sizeof *out->patch_ids);
	for (size_t i = 0; out->patch_ids != NULL && i < in->n_place_ids; i++) {
		out->patch_ids[i] = message_uuid(&r->arena, state->made[i]);
	}
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	query = request_effect(r, STMT_patch_assign, r->key, place_granted_by(r));
	if (query != NULL) {
		query_uuids(query, state->places, in->n_place_ids);
		query_uuids(query, state->made, in->n_place_ids);
		query_uuids(query, state->ended, state->ended_count);
		query_uuid(query, message_id(true, in->team_id));
		query_day(query, state->wanted.from_day);
		query_day(query, state->wanted.to_day);
	}
	return ERR_OK;
}

const struct method_impl impl_patch_assign = {
	.check = check,
	.load = load,
	.may = place_may,
	.decide = decide,
};
