/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_reach.h"

#include "server/method/complaint/complaint_row.h"
#include "server/principal.h"

static bool holds_right(const struct request *r, const struct access_grant *grant)
{
	return (ROLE_BIT(grant->role) & right_roles(r->right)) != 0 &&
	       grant->from_us <= request_now_us(r) && request_now_us(r) < grant->to_us;
}

static void add_grant(
	const struct request *r, struct list_reach *reach, const struct access_grant *grant)
{
	bool is_here = uuid_equal(grant->community_id, r->community_id);

	switch (grant->scope) {
	case SCOPE_COMPANY:
		reach->is_whole = true;
		break;
	case SCOPE_COMMUNITY:
		reach->is_managed = reach->is_managed || (is_here && grant->role == ROLE_MANAGER);
		reach->is_whole = reach->is_whole || (is_here && grant->role != ROLE_MANAGER);
		break;
	case SCOPE_TEAM:
		if (is_here && grant->role == ROLE_OFFICER) {
			reach->officer_teams[reach->officer_team_count++] = grant->team_id;
		} else if (is_here) {
			reach->teams[reach->team_count++] = grant->team_id;
		}
		break;
	case SCOPE_CREW:
		reach->crews[reach->crew_count++] = grant->crew_id;
		break;
	}
}

struct list_reach *list_reach_of(struct request *r)
{
	struct access_grants grants = r->principal->grants;
	struct list_reach *reach = arena_new(&r->arena, struct list_reach);
	size_t bytes = size_max(grants.count, 1) * sizeof(struct uuid);

	if (reach == NULL) {
		return NULL;
	}
	reach->officer_teams = arena_alloc(&r->arena, bytes);
	reach->teams = arena_alloc(&r->arena, bytes);
	reach->crews = arena_alloc(&r->arena, bytes);
	for (size_t i = 0; !r->arena.failed && i < grants.count; i++) {
		if (holds_right(r, &grants.ptr[i])) {
			add_grant(r, reach, &grants.ptr[i]);
		}
	}
	return reach;
}

bool list_reach_is_empty(const struct list_reach *reach)
{
	return !reach->is_whole && !reach->is_managed && reach->officer_team_count == 0 &&
	       reach->team_count == 0 && reach->crew_count == 0;
}

static bool is_among(const struct uuid *ids, size_t count, struct uuid id)
{
	for (size_t i = 0; i < count; i++) {
		if (uuid_equal(ids[i], id)) {
			return true;
		}
	}
	return false;
}

/* Adds those that are not there yet. */
static size_t add_teams(
	struct uuid *teams, size_t count, const struct uuid *more, size_t more_count)
{
	for (size_t i = 0; i < more_count; i++) {
		if (!is_among(teams, count, more[i])) {
			teams[count++] = more[i];
		}
	}
	return count;
}

/* Asked for by name: one, or several. Both must hold where both are there; either alone bounds them. */
static size_t add_asked(struct uuid *teams, const Pb__ComplaintList *in)
{
	size_t count = 0;

	if (in->has_team_id) {
		struct uuid id = uuid_from_span(codec_span(true, in->team_id));

		return add_teams(teams, 0, &id, 1);
	}
	for (size_t i = 0; i < in->n_team_ids; i++) {
		struct uuid id = uuid_from_span(codec_span(true, in->team_ids[i]));

		count = add_teams(teams, count, &id, 1);
	}
	return count;
}

struct list_teams list_reach_teams(
	struct request *r, const struct list_reach *reach, const Pb__ComplaintList *in)
{
	size_t most = reach->officer_team_count + reach->team_count + in->n_team_ids + 1;
	struct uuid *teams = arena_alloc(&r->arena, most * sizeof *teams);
	struct list_teams out = {teams, 0};

	if (teams == NULL) {
		return out;
	}
	out.count = add_asked(teams, in);
	if (out.count == 0 && !reach->is_whole && !reach->is_managed && reach->crew_count == 0) {
		out.count = add_teams(teams, 0, reach->officer_teams, reach->officer_team_count);
		out.count = add_teams(teams, out.count, reach->teams, reach->team_count);
	}
	return out;
}

bool list_reach_is_crews(const struct list_reach *reach)
{
	return reach->crew_count > 0 && !reach->is_whole && !reach->is_managed &&
	       reach->officer_team_count == 0 && reach->team_count == 0;
}

void list_reach_add(struct request *r, struct query *query, const struct list_reach *reach)
{
	query_uuid(query, r->community_id);
	query_bool(query, reach->is_whole);
	query_bool(query, reach->is_managed);
	query_uuids(query, reach->officer_teams, reach->officer_team_count);
	query_uuids(query, reach->teams, reach->team_count);
	query_uuids(query, reach->crews, reach->crew_count);
	query_time(query, request_now_us(r) - COMPLAINT_CREW_SEES_US);
	query_uuid(query, r->principal->account_id);
}
