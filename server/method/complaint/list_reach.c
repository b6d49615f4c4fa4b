/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_reach.h"

#include "server/principal.h"

static bool holds_right(const struct request *r, const struct access_grant *grant)
{
	return (ROLE_BIT(grant->role) & right_roles(r->right)) != 0 &&
	       grant->from_us <= request_now_us(r) && request_now_us(r) < grant->to_us;
}

struct list_reach *list_reach_of(struct request *r)
{
	struct access_grants grants = r->principal->grants;
	struct list_reach *reach = arena_new(&r->arena, struct list_reach);
	size_t bytes = size_max(grants.count, 1) * sizeof(struct uuid);

	if (reach == NULL) {
		return NULL;
	}
	reach->teams = arena_alloc(&r->arena, bytes);
	reach->crews = arena_alloc(&r->arena, bytes);
	for (size_t i = 0; !r->arena.failed && i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if (!holds_right(r, grant)) {
			continue;
		}
		if (grant->scope == SCOPE_CREW) {
			reach->crews[reach->crew_count++] = grant->crew_id;
		} else if (grant->scope == SCOPE_COMPANY) {
			reach->is_whole = true;
		} else if (!uuid_equal(grant->community_id, r->community_id)) {
			continue;
		} else if (grant->scope == SCOPE_COMMUNITY) {
			reach->is_whole = true;
		} else {
			reach->teams[reach->team_count++] = grant->team_id;
		}
	}
	return reach;
}
