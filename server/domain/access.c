/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/access.h"

const struct role_row role_rows[] = {
#define ROLE(number, name, scope) {ROLE_##name, #name, SCOPE_##scope},
#include "server/domain/role.def"
#undef ROLE
};
const size_t role_row_count = COUNT(role_rows);

static const struct {
	const char *name;
	role_set roles;
} right_rows[RIGHT_COUNT] = {
	[RIGHT_ANYONE] = {"ANYONE", UINT32_MAX},
	[RIGHT_NONE] = {"NONE", UINT32_MAX},
#define HOLDS(role) ROLE_BIT(ROLE_##role)
#define RIGHT(name, roles) [RIGHT_##name] = {#name, roles},
#include "server/domain/right.def"
#undef RIGHT
#undef HOLDS
};

const struct role_row *role_row(int role)
{
	for (size_t i = 0; i < role_row_count; i++) {
		if (role_rows[i].role == (enum role)role) {
			return &role_rows[i];
		}
	}
	return NULL;
}

role_set right_roles(enum right right)
{
	assert(right < RIGHT_COUNT);
	return right_rows[right].roles;
}

const char *right_name(enum right right)
{
	assert(right < RIGHT_COUNT);
	return right_rows[right].name;
}

static bool is_valid(const struct access_grant *grant, int64_t now_us)
{
	return grant->from_us <= now_us && now_us < grant->to_us;
}

static bool reaches(const struct access_grant *grant, const struct area *area)
{
	switch (grant->scope) {
	case SCOPE_COMPANY:
		return true;
	case SCOPE_COMMUNITY:
		return uuid_equal(grant->community_id, area->community_id);
	case SCOPE_TEAM:
		return uuid_equal(grant->community_id, area->community_id) &&
		       uuid_equal(grant->team_id, area->team_id);
	case SCOPE_CREW:
		return !uuid_is_nil(area->crew_id) && uuid_equal(grant->crew_id, area->crew_id);
	}
	unreachable();
}

role_set access_roles(struct access_grants grants, int64_t now_us)
{
	role_set roles = 0;

	for (size_t i = 0; i < grants.count; i++) {
		if (is_valid(&grants.ptr[i], now_us)) {
			roles |= ROLE_BIT(grants.ptr[i].role);
		}
	}
	return roles;
}

role_set access_reach(struct access_grants grants, const struct area *area, int64_t now_us)
{
	role_set roles = 0;

	for (size_t i = 0; i < grants.count; i++) {
		if (is_valid(&grants.ptr[i], now_us) && reaches(&grants.ptr[i], area)) {
			roles |= ROLE_BIT(grants.ptr[i].role);
		}
	}
	return roles;
}

static bool is_of_community(const struct access_grant *grant, struct uuid community_id)
{
	bool has_one = grant->scope == SCOPE_COMMUNITY || grant->scope == SCOPE_TEAM;

	return !has_one || uuid_equal(grant->community_id, community_id);
}

role_set access_community(struct access_grants grants, struct uuid community_id, int64_t now_us)
{
	role_set roles = 0;

	for (size_t i = 0; i < grants.count; i++) {
		if (is_valid(&grants.ptr[i], now_us) && is_of_community(&grants.ptr[i], community_id)) {
			roles |= ROLE_BIT(grants.ptr[i].role);
		}
	}
	return roles;
}

const struct access_grant *access_community_by(
	struct access_grants grants, role_set roles, struct uuid community_id, int64_t now_us)
{
	for (size_t i = 0; i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if ((ROLE_BIT(grant->role) & roles) != 0 && is_valid(grant, now_us) &&
			is_of_community(grant, community_id)) {
			return grant;
		}
	}
	return NULL;
}

const struct access_grant *access_by(
	struct access_grants grants, role_set roles, const struct area *area, int64_t now_us)
{
	const struct access_grant *found = NULL;

	for (size_t i = 0; i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if ((ROLE_BIT(grant->role) & roles) == 0 || !is_valid(grant, now_us) ||
			!reaches(grant, area)) {
			continue;
		}
		if (found == NULL || grant->scope < found->scope) {
			found = grant;
		}
	}
	return found;
}

bool access_shape(enum role role, bool has_community, bool has_team, bool has_crew)
{
	const struct role_row *row = role_row((int)role);

	if (row == NULL) {
		return false;
	}
	switch (row->scope) {
	case SCOPE_COMPANY:
		return !has_community && !has_team && !has_crew;
	case SCOPE_COMMUNITY:
		return has_community && !has_team && !has_crew;
	case SCOPE_TEAM:
		return has_community && has_team && !has_crew;
	case SCOPE_CREW:
		return !has_community && !has_team && has_crew;
	}
	unreachable();
}
