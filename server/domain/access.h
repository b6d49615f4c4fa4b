/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: roles (role.def), rights (right.def), and what a grant reaches. Pure: grants and
 * the time come in, a set of roles goes out. Deny is the default everywhere.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"
#include "common/uuid.h"

enum role {
#define ROLE(number, name, scope) ROLE_##name = (number),
#include "server/domain/role.def"
#undef ROLE
};

enum scope { SCOPE_COMPANY = 1, SCOPE_COMMUNITY = 2, SCOPE_TEAM = 3, SCOPE_CREW = 4 };

/* A set of roles: bit number of each. */
typedef uint32_t role_set;
#define ROLE_BIT(role) ((role_set)1 << (role))

struct role_row {
	enum role role;
	const char *name;
	enum scope scope;
};

extern const struct role_row role_rows[];
extern const size_t role_row_count;

/* NULL where there is no such role. */
const struct role_row *role_row(int role);

enum right {
	RIGHT_ANYONE, /* nobody need be logged in */
	RIGHT_NONE,   /* whoever is logged in */
#define RIGHT(name, roles) RIGHT_##name,
#include "server/domain/right.def"
#undef RIGHT
	RIGHT_COUNT
};

/* The roles that hold a right; every role for RIGHT_NONE and RIGHT_ANYONE. */
role_set right_roles(enum right right);
const char *right_name(enum right right);

struct access_grant {
	struct uuid grant_id;
	enum role role;
	enum scope scope;
	struct uuid community_id; /* nil unless the scope asks for it */
	struct uuid team_id;
	struct uuid crew_id;
	int64_t from_us; /* UTC; from ≤ now < to */
	int64_t to_us;
	uint32_t version;
};

/* What a record belongs to; nil where it belongs to none. */
struct area {
	struct uuid community_id;
	struct uuid team_id;
	struct uuid crew_id;
};

struct access_grants {
	const struct access_grant *ptr;
	size_t count;
};

/* Roles that are held anywhere at this time: the first of the two checks. */
role_set access_roles(struct access_grants grants, int64_t now_us);

/*
 * Roles whose grants reach this area at this time: the second check. 0 means that the person has
 * nothing to do with it, and the answer is NOT_FOUND.
 */
role_set access_reach(struct access_grants grants, const struct area *area, int64_t now_us);

/*
 * Roles that have to do with a community at all: company-wide, of it, of a team in it, or of a crew
 * (crews serve every community). For what belongs to no team yet.
 */
role_set access_community(struct access_grants grants, struct uuid community_id, int64_t now_us);

/* The first grant that access_community counts, of one of these roles; NULL where there is none. */
const struct access_grant *access_community_by(
	struct access_grants grants, role_set roles, struct uuid community_id, int64_t now_us);

/*
 * The grant by which one of these roles reaches the area, for the record; the company-wide first, then
 * in order. NULL where none does.
 */
const struct access_grant *access_by(
	struct access_grants grants, role_set roles, const struct area *area, int64_t now_us);

/* Does a grant of this role with these ids have the shape its scope asks for? */
bool access_shape(enum role role, bool has_community, bool has_team, bool has_crew);
