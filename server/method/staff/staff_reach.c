/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/staff/staff_reach.h"

#include "server/principal.h"

static bool holds_right(const struct request *r, const struct access_grant *grant)
{
	return (ROLE_BIT(grant->role) & right_roles(r->right)) != 0 &&
	       grant->from_us <= request_now_us(r) && request_now_us(r) < grant->to_us;
}

static void add_grant(struct staff_reach *reach, const struct access_grant *grant)
{
	bool leads = grant->role == ROLE_LEADER || grant->role == ROLE_OFFICER;

	switch (grant->scope) {
	case SCOPE_COMPANY:
		reach->is_whole = true;
		break;
	case SCOPE_COMMUNITY:
		reach->has_crews = true;
		reach->communities[reach->community_count++] = grant->community_id;
		break;
	case SCOPE_TEAM:
		if (leads) {
			reach->has_crews = true;
			reach->teams[reach->team_count++] = grant->team_id;
		}
		break;
	case SCOPE_CREW:
		break;
	}
}

struct staff_reach *staff_reach_of(struct request *r)
{
	struct access_grants grants = r->principal->grants;
	struct staff_reach *reach = arena_new(&r->arena, struct staff_reach);
	size_t bytes = size_max(grants.count, 1) * sizeof(struct uuid);

	if (reach == NULL) {
		return NULL;
	}
	reach->communities = arena_alloc(&r->arena, bytes);
	reach->teams = arena_alloc(&r->arena, bytes);
	for (size_t i = 0; !r->arena.failed && i < grants.count; i++) {
		if (holds_right(r, &grants.ptr[i])) {
			add_grant(reach, &grants.ptr[i]);
		}
	}
	return r->arena.failed ? NULL : reach;
}

void staff_reach_add(
	struct request *r, struct query *query, const struct staff_reach *reach, struct uuid me)
{
	static const struct staff_reach nobody;

	reach = reach == NULL ? &nobody : reach; /* the arena's flag ends the request */
	query_bool(query, reach->is_whole);
	query_bool(query, reach->has_crews);
	query_uuids(query, reach->communities, reach->community_count);
	query_uuids(query, reach->teams, reach->team_count);
	query_uuid_or_null(query, me);
	query_time(query, request_now_us(r));
}

/* Columns of staff_reached. */
enum { COLUMN_IS_ACTIVE, COLUMN_IS_REACHED };

void staff_load(struct request *r, struct uuid account_id)
{
	struct query *query = request_query(r, STMT_staff_reached);

	query_uuid(query, account_id);
	staff_reach_add(r, query, staff_reach_of(r), uuid_nil);
}

enum err staff_found(struct request *r, const struct query *reached)
{
	assert(reached->stmt == STMT_staff_reached);
	return query_rows(reached) == 1 && row_bool(reached, 0, COLUMN_IS_ACTIVE) &&
	               row_bool(reached, 0, COLUMN_IS_REACHED)
	           ? ERR_OK
	           : request_refuse(r, ERR_NOT_FOUND, "account_id", "somebody who works here");
}

struct uuid staff_granted_by(const struct request *r)
{
	struct access_grants grants = r->principal->grants;

	for (size_t i = 0; i < grants.count; i++) {
		if (holds_right(r, &grants.ptr[i])) {
			return grants.ptr[i].grant_id;
		}
	}
	return uuid_nil;
}
