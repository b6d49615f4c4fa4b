/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves who may do what: the rights of each role and the reach of each scope are written down a second
 * time, as tables, and every cell is held against the domain's answer; the time of a grant is walked
 * over both of its edges.
 */
#include "server/domain/access.h"

#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define ROLES_ALL UINT32_MAX
#define ROLE_LAST 11
#define FOR_EVER INT64_MAX

#define ID(n) \
	{ \
		{ \
			0xA0, (n) \
		} \
	}
static const struct uuid nowhere = {{0}};
static const struct uuid garden = ID(1); /* communities */
static const struct uuid harbour = ID(2);
static const struct uuid team_one = ID(11);
static const struct uuid team_two = ID(12);
static const struct uuid plumbers = ID(21);
static const struct uuid painters = ID(22);

static struct access_grants grants_of(const struct access_grant *grants, size_t count)
{
	return (struct access_grants){grants, count};
}

/* --- the rows --- */

static void test_roles_have_their_numbers_names_and_scopes(void)
{
	static const struct {
		int number;
		const char *name;
		enum scope scope;
	} rows[] = {
		{1, "ADMINISTRATOR", SCOPE_COMPANY},
		{2, "MANAGER", SCOPE_COMMUNITY},
		{3, "OFFICER", SCOPE_TEAM},
		{4, "LEADER", SCOPE_TEAM},
		{5, "CUSTOMER_SERVICE", SCOPE_COMMUNITY},
		{6, "CREW_MEMBER", SCOPE_CREW},
		{7, "CLEANER", SCOPE_TEAM},
		{8, "GUARD", SCOPE_TEAM},
		{9, "INSPECTOR", SCOPE_COMMUNITY},
		{10, "DIRECTOR", SCOPE_COMPANY},
		{11, "AUDITOR", SCOPE_COMPANY},
	};

	CHECK_INT_EQ(role_row_count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct role_row *row = role_row(rows[i].number);

		CHECK(row != NULL);
		CHECK_INT_EQ(row->role, rows[i].number);
		CHECK_STR_EQ(row->name, rows[i].name);
		CHECK_INT_EQ(row->scope, rows[i].scope);
	}
	for (int number = -3; number <= 300; number++) {
		CHECK_INT_EQ(role_row(number) != NULL, number >= 1 && number <= ROLE_LAST);
	}
}

/* A letter a role, in the order of their numbers: Administrator … Director, audiTor. */
static void test_rights_are_held_by_these_roles_only(void)
{
	static const struct {
		enum right right;
		const char *name;
		const char *held; /* a dot: not held */
	} rows[] = {
		{RIGHT_ANYONE, "ANYONE", "AMOLSWCGIDT"},
		{RIGHT_NONE, "NONE", "AMOLSWCGIDT"},
		{RIGHT_ACCOUNT_MANAGE, "ACCOUNT_MANAGE", "A.........."},
		{RIGHT_SERVER_METRICS, "SERVER_METRICS", "A.........."},
		{RIGHT_PLACE_MANAGE, "PLACE_MANAGE", "A.........."},
		{RIGHT_PLACE_READ, "PLACE_READ", "AMOLSWCGID."},
		{RIGHT_COMPLAINT_SUBMIT, "COMPLAINT_SUBMIT", ".MOLSWCGID."},
		{RIGHT_COMPLAINT_IMPORT, "COMPLAINT_IMPORT", ".M..S......"},
		{RIGHT_COMPLAINT_READ, "COMPLAINT_READ", ".MOLSWCGID."},
		{RIGHT_COMPLAINT_LEAD, "COMPLAINT_LEAD", ".MOL.....D."},
		{RIGHT_COMPLAINT_HANDLE, "COMPLAINT_HANDLE", ".MOLS....D."},
		{RIGHT_COMPLAINT_JUDGE, "COMPLAINT_JUDGE", ".MO......D."},
		{RIGHT_COMPLAINT_REJECT, "COMPLAINT_REJECT", ".M.......D."},
		{RIGHT_COMPLAINT_SERVE, "COMPLAINT_SERVE", "..OL.WCG..."},
		{RIGHT_COMPLAINT_RETURN, "COMPLAINT_RETURN", ".MOL.WCG.D."},
		{RIGHT_COMPLAINT_CONFIRM, "COMPLAINT_CONFIRM", "....S......"},
		{RIGHT_COMPLAINT_FOLLOW_UP, "COMPLAINT_FOLLOW_UP", "....S...I.."},
		{RIGHT_STAFF_READ, "STAFF_READ", "AMOLSWCGID."},
		{RIGHT_QUALIFICATION_MANAGE, "QUALIFICATION_MANAGE", "AM.......D."},
		{RIGHT_ABSENCE_READ, "ABSENCE_READ", ".MOL.WCG.D."},
		{RIGHT_ABSENCE_MANAGE, "ABSENCE_MANAGE", ".MOL.....D."},
		{RIGHT_PRICE_MANAGE, "PRICE_MANAGE", "AM.......D."},
		{RIGHT_COMMUNITY_HOURS, "COMMUNITY_HOURS", "AM.......D."},
		{RIGHT_PROMISE_READ, "PROMISE_READ", "AMOLSWCGID."},
		{RIGHT_PROMISE_PROPOSE, "PROMISE_PROPOSE", ".M.......D."},
		{RIGHT_PROMISE_APPROVE, "PROMISE_APPROVE", ".........D."},
		{RIGHT_HOLIDAY_LOAD, "HOLIDAY_LOAD", "A........D."},
		{RIGHT_REPORT_OWN, "REPORT_OWN", ".MOLSWCGID."},
		{RIGHT_REPORT_TEAM, "REPORT_TEAM", ".MOLS...ID."},
		{RIGHT_REPORT_PERSON, "REPORT_PERSON", ".MOL.....D."},
		{RIGHT_EXPORT, "EXPORT", ".M..S....D."},
		{RIGHT_EXPORT_APPROVE, "EXPORT_APPROVE", ".M.......D."},
		{RIGHT_AUDIT_READ, "AUDIT_READ", "A.........T"},
		{RIGHT_AUDIT_READS, "AUDIT_READS", ".........DT"},
	};

	CHECK_INT_EQ(COUNT(rows), RIGHT_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		role_set roles = right_roles(rows[i].right);
		role_set known = (ROLE_BIT(ROLE_LAST + 1) - 1) & ~ROLE_BIT(0);

		CHECK_STR_EQ(right_name(rows[i].right), rows[i].name);
		CHECK_INT_EQ(strlen(rows[i].held), ROLE_LAST);
		for (int role = 1; role <= ROLE_LAST; role++) {
			CHECK_INT_EQ((roles & ROLE_BIT(role)) != 0, rows[i].held[role - 1] != '.');
		}
		CHECK(rows[i].right <= RIGHT_NONE || (roles & ~known) == 0);
	}
}

/* --- where --- */

/* What one grant of each scope reaches: area by area, then communities. */
struct reach_case {
	struct access_grant grant;
	struct area area;
	bool reaches;
	bool has_to_do; /* access_community */
};

static void test_a_grant_reaches_what_its_scope_says(void)
{
	const struct reach_case reach_cases[] = {
		{{.scope = SCOPE_COMPANY}, {garden, team_one, plumbers}, true, true},
		{{.scope = SCOPE_COMPANY}, {nowhere, nowhere, nowhere}, true, true},

		{{.scope = SCOPE_COMMUNITY, .community_id = garden}, {garden, team_one, nowhere}, true,
			true},
		{{.scope = SCOPE_COMMUNITY, .community_id = garden}, {garden, team_two, painters}, true,
			true},
		{{.scope = SCOPE_COMMUNITY, .community_id = garden}, {garden, nowhere, nowhere}, true,
			true},
		{{.scope = SCOPE_COMMUNITY, .community_id = garden}, {harbour, team_one, nowhere}, false,
			false},
		{{.scope = SCOPE_COMMUNITY, .community_id = garden}, {nowhere, nowhere, nowhere}, false,
			false},

		{{.scope = SCOPE_TEAM, .community_id = garden, .team_id = team_one},
			{garden, team_one, painters}, true, true},
		{{.scope = SCOPE_TEAM, .community_id = garden, .team_id = team_one},
			{garden, team_two, nowhere}, false, true},
		{{.scope = SCOPE_TEAM, .community_id = garden, .team_id = team_one},
			{garden, nowhere, nowhere}, false, true},
		/* Team ids are unique in their community only. */
		{{.scope = SCOPE_TEAM, .community_id = garden, .team_id = team_one},
			{harbour, team_one, nowhere}, false, false},
		{{.scope = SCOPE_TEAM, .community_id = garden, .team_id = team_one},
			{nowhere, nowhere, nowhere}, false, false},

		{{.scope = SCOPE_CREW, .crew_id = plumbers}, {garden, team_one, plumbers}, true, true},
		{{.scope = SCOPE_CREW, .crew_id = plumbers}, {harbour, team_two, plumbers}, true, true},
		{{.scope = SCOPE_CREW, .crew_id = plumbers}, {garden, team_one, painters}, false, true},
		{{.scope = SCOPE_CREW, .crew_id = plumbers}, {garden, team_one, nowhere}, false, true},
		/* A broken grant without its crew reaches nothing, least of all what has no crew. */
		{{.scope = SCOPE_CREW, .crew_id = nowhere}, {garden, team_one, nowhere}, false, true},
	};

	for (size_t i = 0; i < COUNT(reach_cases); i++) {
		const struct reach_case *one = &reach_cases[i];

		for (int role = 1; role <= ROLE_LAST; role++) {
			struct access_grant grant = one->grant;
			struct access_grants grants = grants_of(&grant, 1);
			role_set bit = ROLE_BIT(role);

			grant.role = (enum role)role;
			grant.to_us = FOR_EVER;
			CHECK_INT_EQ(access_reach(grants, &one->area, NOW), one->reaches ? bit : 0);
			CHECK_INT_EQ(
				access_community(grants, one->area.community_id, NOW), one->has_to_do ? bit : 0);
			CHECK_INT_EQ(access_by(grants, ROLES_ALL, &one->area, NOW) == &grant, one->reaches);
			CHECK(access_by(grants, ~bit, &one->area, NOW) == NULL);
			CHECK_INT_EQ(access_community_by(grants, bit, one->area.community_id, NOW) == &grant,
				one->has_to_do);
			CHECK(access_community_by(grants, ~bit, one->area.community_id, NOW) == NULL);
			CHECK_INT_EQ(access_roles(grants, NOW), bit); /* held anywhere */
		}
	}
}

static void test_roles_are_the_union_of_grants(void)
{
	const struct access_grant many[] = {
		{.role = ROLE_LEADER,
			.scope = SCOPE_TEAM,
			.community_id = garden,
			.team_id = team_one,
			.to_us = FOR_EVER},
		{.role = ROLE_CUSTOMER_SERVICE,
			.scope = SCOPE_COMMUNITY,
			.community_id = harbour,
			.to_us = FOR_EVER},
		{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, .crew_id = plumbers, .to_us = FOR_EVER},
		{.role = ROLE_MANAGER, .scope = SCOPE_COMMUNITY, .community_id = garden, .to_us = NOW},
	};
	struct access_grants grants = grants_of(many, COUNT(many));
	struct area area = {garden, team_one, plumbers};

	CHECK_INT_EQ(access_roles(grants, NOW),
		ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CUSTOMER_SERVICE) | ROLE_BIT(ROLE_CREW_MEMBER));
	CHECK_INT_EQ(
		access_reach(grants, &area, NOW), ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CREW_MEMBER));
	CHECK_INT_EQ(access_community(grants, harbour, NOW),
		ROLE_BIT(ROLE_CUSTOMER_SERVICE) | ROLE_BIT(ROLE_CREW_MEMBER));
	CHECK_INT_EQ(access_roles(grants_of(NULL, 0), NOW), 0);
	CHECK_INT_EQ(access_reach(grants_of(NULL, 0), &area, NOW), 0);
	CHECK_INT_EQ(access_community(grants_of(NULL, 0), garden, NOW), 0);
	CHECK(access_by(grants_of(NULL, 0), ROLES_ALL, &area, NOW) == NULL);
}

/* --- when --- */

static void test_a_grant_is_valid_from_and_until_before(void)
{
	static const struct {
		int64_t from_us, to_us, now_us;
		bool is_valid;
	} rows[] = {
		{100, 200, 99, false},
		{100, 200, 100, true},
		{100, 200, 199, true},
		{100, 200, 200, false},
		{100, 200, INT64_MIN, false},
		{100, 200, INT64_MAX, false},
		{100, 100, 100, false}, /* ended the moment it began */
		{0, 1, 0, true},
		{100, FOR_EVER, 100, true},
		{100, FOR_EVER, INT64_MAX - 1, true},
		{200, 100, 150, false},
	};
	struct area area = {garden, team_one, nowhere};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct access_grant grant = {.role = ROLE_MANAGER,
			.scope = SCOPE_COMMUNITY,
			.community_id = garden,
			.from_us = rows[i].from_us,
			.to_us = rows[i].to_us};
		struct access_grants grants = grants_of(&grant, 1);
		role_set expected = rows[i].is_valid ? ROLE_BIT(ROLE_MANAGER) : 0;

		CHECK_INT_EQ(access_roles(grants, rows[i].now_us), expected);
		CHECK_INT_EQ(access_reach(grants, &area, rows[i].now_us), expected);
		CHECK_INT_EQ(access_community(grants, garden, rows[i].now_us), expected);
		CHECK_INT_EQ(access_by(grants, ROLES_ALL, &area, rows[i].now_us) != NULL, expected != 0);
		CHECK_INT_EQ(
			access_community_by(grants, ROLES_ALL, garden, rows[i].now_us) != NULL, expected != 0);
	}
}

/* --- by which --- */

static void test_by_prefers_the_wider_grant_then_the_first(void)
{
	const struct access_grant many[] = {
		{.role = ROLE_LEADER,
			.scope = SCOPE_TEAM,
			.community_id = garden,
			.team_id = team_two,
			.to_us = FOR_EVER}, /* reaches something else */
		{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, .crew_id = plumbers, .to_us = FOR_EVER},
		{.role = ROLE_LEADER,
			.scope = SCOPE_TEAM,
			.community_id = garden,
			.team_id = team_one,
			.to_us = FOR_EVER},
		{.role = ROLE_OFFICER,
			.scope = SCOPE_TEAM,
			.community_id = garden,
			.team_id = team_one,
			.to_us = FOR_EVER},
		{.role = ROLE_MANAGER, .scope = SCOPE_COMMUNITY, .community_id = garden, .to_us = FOR_EVER},
		{.role = ROLE_ADMINISTRATOR, .scope = SCOPE_COMPANY, .to_us = NOW}, /* over */
		{.role = ROLE_ADMINISTRATOR, .scope = SCOPE_COMPANY, .to_us = FOR_EVER},
		{.role = ROLE_ADMINISTRATOR, .scope = SCOPE_COMPANY, .to_us = FOR_EVER},
	};
	static const struct {
		role_set roles;
		int expected; /* index; -1 none */
	} rows[] = {
		{ROLES_ALL, 6},
		{ROLES_ALL & ~ROLE_BIT(ROLE_ADMINISTRATOR), 4},
		{ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_OFFICER), 2},
		{ROLE_BIT(ROLE_OFFICER), 3},
		{ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_CREW_MEMBER), 3},
		{ROLE_BIT(ROLE_CREW_MEMBER), 1},
		{ROLE_BIT(ROLE_CUSTOMER_SERVICE), -1},
		{0, -1},
	};
	struct area area = {garden, team_one, plumbers};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct access_grant *by =
			access_by(grants_of(many, COUNT(many)), rows[i].roles, &area, NOW);

		CHECK_INT_EQ(by == NULL ? -1 : by - many, rows[i].expected);
	}
}

/* Any will do: whoever hears of a matter first registers it. */
static void test_community_by_is_the_first_that_has_to_do_with_it(void)
{
	const struct access_grant many[] = {
		{.role = ROLE_LEADER,
			.scope = SCOPE_TEAM,
			.community_id = harbour,
			.team_id = team_one,
			.to_us = FOR_EVER},
		{.role = ROLE_LEADER,
			.scope = SCOPE_TEAM,
			.community_id = garden,
			.team_id = team_two,
			.to_us = NOW}, /* over */
		{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, .crew_id = plumbers, .to_us = FOR_EVER},
		{.role = ROLE_MANAGER, .scope = SCOPE_COMMUNITY, .community_id = garden, .to_us = FOR_EVER},
	};
	static const struct {
		role_set roles;
		int expected; /* index; -1 none */
	} rows[] = {
		{ROLES_ALL, 2},
		{ROLE_BIT(ROLE_MANAGER), 3},
		{ROLE_BIT(ROLE_LEADER), -1},
		{0, -1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct access_grant *by =
			access_community_by(grants_of(many, COUNT(many)), rows[i].roles, garden, NOW);

		CHECK_INT_EQ(by == NULL ? -1 : by - many, rows[i].expected);
	}
}

/* --- shape --- */

static void test_shape_asks_for_the_ids_of_the_scope_and_no_others(void)
{
	static const struct {
		int role;
		bool has_community, has_team, has_crew; /* the one good shape */
	} rows[] = {
		{ROLE_ADMINISTRATOR, 0, 0, 0},
		{ROLE_MANAGER, 1, 0, 0},
		{ROLE_OFFICER, 1, 1, 0},
		{ROLE_LEADER, 1, 1, 0},
		{ROLE_CUSTOMER_SERVICE, 1, 0, 0},
		{ROLE_CREW_MEMBER, 0, 0, 1},
		{ROLE_CLEANER, 1, 1, 0},
		{ROLE_GUARD, 1, 1, 0},
		{ROLE_INSPECTOR, 1, 0, 0},
		{ROLE_DIRECTOR, 0, 0, 0},
		{ROLE_AUDITOR, 0, 0, 0},
	};

	CHECK_INT_EQ(COUNT(rows), ROLE_LAST);
	for (int given = 0; given < 8; given++) {
		bool has_community = (given & 1) != 0;
		bool has_team = (given & 2) != 0;
		bool has_crew = (given & 4) != 0;

		for (size_t i = 0; i < COUNT(rows); i++) {
			bool expected = has_community == rows[i].has_community &&
			                has_team == rows[i].has_team && has_crew == rows[i].has_crew;

			CHECK_INT_EQ(
				access_shape((enum role)rows[i].role, has_community, has_team, has_crew), expected);
		}
		CHECK(!access_shape((enum role)0, has_community, has_team, has_crew));
		CHECK(!access_shape((enum role)(ROLE_LAST + 1), has_community, has_team, has_crew));
	}
}

static const struct test tests[] = {
	{"roles_have_their_numbers_names_and_scopes", test_roles_have_their_numbers_names_and_scopes},
	{"rights_are_held_by_these_roles_only", test_rights_are_held_by_these_roles_only},
	{"a_grant_reaches_what_its_scope_says", test_a_grant_reaches_what_its_scope_says},
	{"roles_are_the_union_of_grants", test_roles_are_the_union_of_grants},
	{"a_grant_is_valid_from_and_until_before", test_a_grant_is_valid_from_and_until_before},
	{"by_prefers_the_wider_grant_then_the_first", test_by_prefers_the_wider_grant_then_the_first},
	{"community_by_is_the_first_that_has_to_do_with_it",
		test_community_by_is_the_first_that_has_to_do_with_it},
	{"shape_asks_for_the_ids_of_the_scope_and_no_others",
		test_shape_asks_for_the_ids_of_the_scope_and_no_others},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
