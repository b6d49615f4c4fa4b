/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/report/report_reach.h"

#include "server/domain/kpi.h"
#include "server/principal.h"

#define ROLES_MAX 32 /* a role_set has no more */

/* Columns of grant_list. */
enum { COLUMN_ROLE = 2, COLUMN_COMMUNITY_ID = 4, COLUMN_TEAM_ID = 5 };

static void add_grant(struct report_reach *reach, const struct access_grant *grant)
{
	switch (grant->scope) {
	case SCOPE_COMPANY:
		reach->is_whole = true;
		reach->is_director = reach->is_director || grant->role == ROLE_DIRECTOR;
		break;
	case SCOPE_COMMUNITY:
		reach->is_managed = reach->is_managed || grant->role == ROLE_MANAGER;
		reach->is_whole = reach->is_whole || grant->role != ROLE_MANAGER;
		break;
	case SCOPE_TEAM:
		if (grant->role == ROLE_OFFICER) {
			reach->officer_teams[reach->officer_team_count++] = grant->team_id;
		} else {
			reach->teams[reach->team_count++] = grant->team_id;
		}
		break;
	case SCOPE_CREW:
		break;
	}
}

struct report_reach *report_reach_of(struct request *r)
{
	struct access_grants grants = r->principal->grants;
	struct report_reach *reach = arena_new(&r->arena, struct report_reach);
	size_t bytes = size_max(grants.count, 1) * sizeof(struct uuid);
	role_set roles = access_community(grants, r->community_id, request_now_us(r));

	if (reach == NULL) {
		return NULL;
	}
	reach->is_here = (roles & right_roles(r->right)) != 0;
	reach->officer_teams = arena_alloc(&r->arena, bytes);
	reach->teams = arena_alloc(&r->arena, bytes);
	for (size_t i = 0; !r->arena.failed && i < grants.count; i++) {
		struct access_grants one = {&grants.ptr[i], 1};
		role_set here = access_community(one, r->community_id, request_now_us(r));

		if ((here & right_roles(RIGHT_REPORT_TEAM)) != 0) {
			add_grant(reach, &grants.ptr[i]);
		}
	}
	return r->arena.failed ? NULL : reach;
}

bool report_reach_is_empty(const struct report_reach *reach)
{
	return !reach->is_whole && !report_reach_has_people(reach);
}

bool report_reach_has_people(const struct report_reach *reach)
{
	return reach->is_director || reach->is_managed || reach->officer_team_count > 0 ||
	       reach->team_count > 0;
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

bool report_reach_has_team(const struct report_reach *reach, struct uuid team_id)
{
	return reach->is_whole || reach->is_managed ||
	       is_among(reach->officer_teams, reach->officer_team_count, team_id) ||
	       is_among(reach->teams, reach->team_count, team_id);
}

/* What is nil or empty is no bound: a crew serves every team. */
static bool sees(
	enum role as, role_set role, const struct uuid *teams, size_t count, struct uuid team_id)
{
	return (kpi_sees(as) & role) != 0 && (uuid_is_nil(team_id) || is_among(teams, count, team_id));
}

bool report_reach_sees(
	const struct request *r, const struct report_reach *reach, const struct query *grants)
{
	for (size_t i = 0; i < query_rows(grants); i++) {
		role_set role = ROLE_BIT(row_int2(grants, i, COLUMN_ROLE));
		struct uuid community_id = row_uuid(grants, i, COLUMN_COMMUNITY_ID);
		struct uuid team_id = row_uuid(grants, i, COLUMN_TEAM_ID);

		if (!uuid_is_nil(community_id) && !uuid_equal(community_id, r->community_id)) {
			continue;
		}
		if ((reach->is_director && (kpi_sees(ROLE_DIRECTOR) & role) != 0) ||
			(reach->is_managed && (kpi_sees(ROLE_MANAGER) & role) != 0) ||
			(reach->officer_team_count > 0 && sees(ROLE_OFFICER, role, reach->officer_teams,
												  reach->officer_team_count, team_id)) ||
			(reach->team_count > 0 &&
				sees(ROLE_LEADER, role, reach->teams, reach->team_count, team_id))) {
			return true;
		}
	}
	return false;
}

void report_reach_add(struct query *query, const struct report_reach *reach)
{
	query_bool(query, reach->is_whole);
	query_bool(query, reach->is_managed);
	query_uuids(query, reach->officer_teams, reach->officer_team_count);
	query_uuids(query, reach->teams, reach->team_count);
}

static void add_roles(struct query *query, role_set set)
{
	int roles[ROLES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < role_row_count; i++) {
		if ((set & ROLE_BIT(role_rows[i].role)) != 0) {
			roles[count++] = (int)role_rows[i].role;
		}
	}
	assert(count <= ROLES_MAX);
	query_int2s(query, roles, count);
}

void report_reach_add_roles(struct query *query, const struct report_reach *reach)
{
	add_roles(query, reach->is_director ? kpi_sees(ROLE_DIRECTOR) : 0);
	add_roles(query, kpi_sees(ROLE_MANAGER));
	add_roles(query, kpi_sees(ROLE_OFFICER));
	add_roles(query, kpi_sees(ROLE_LEADER));
}
