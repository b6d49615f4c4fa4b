/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves in whose hands a complaint is, by a table of cases for each role; and that over every set of roles nothing is
 * anybody's that they do not see.
 */
#include "server/domain/complaint_hand.h"

#include "tests/check.h"

#define R(role) ROLE_BIT(ROLE_##role)

static void test_each_role_has_its_own(void)
{
	static const struct {
		const char *name;
		struct complaint_tie tie;
		bool is_mine;
	} rows[] = {
		{"the leader leads it", {.sees = R(LEADER), .lead = LEAD_LEADER, .has_team = true}, true},
		{"a cleaner of the team only sees it",
			{.sees = R(CLEANER), .lead = LEAD_LEADER, .has_team = true}, false},
		{"whoever is dispatched",
			{.sees = R(CLEANER), .lead = LEAD_LEADER, .has_team = true, .is_worker = true}, true},
		{"a crew that is dispatched",
			{.sees = R(CREW_MEMBER), .lead = LEAD_LEADER, .has_team = true, .is_worker = true},
			true},
		{"a mate of who is dispatched by name",
			{.sees = R(CREW_MEMBER), .lead = LEAD_LEADER, .has_team = true}, false},
		{"the officer leads it",
			{.sees = R(OFFICER), .lead = LEAD_OFFICER, .has_team = true, .has_officer = true},
			true},
		{"... and then the manager does not",
			{.sees = R(MANAGER), .lead = LEAD_OFFICER, .has_team = true, .has_officer = true},
			false},
		{"a team without an officer", {.sees = R(MANAGER), .lead = LEAD_OFFICER, .has_team = true},
			true},
		{"the officer of what the leader leads",
			{.sees = R(OFFICER), .lead = LEAD_LEADER, .has_team = true, .has_officer = true},
			false},
		{"the manager leads it", {.sees = R(MANAGER), .lead = LEAD_MANAGER, .has_team = true},
			true},
		{"the director leads it", {.sees = R(DIRECTOR), .lead = LEAD_DIRECTOR, .has_team = true},
			true},
		{"the director of the rest", {.sees = R(DIRECTOR), .lead = LEAD_MANAGER, .has_team = true},
			false},
		{"the queue is customer service's", {.sees = R(CUSTOMER_SERVICE), .lead = LEAD_LEADER},
			true},
		{"what a team has is not",
			{.sees = R(CUSTOMER_SERVICE), .lead = LEAD_LEADER, .has_team = true}, false},
		{"... but for who took it in",
			{.sees = R(CUSTOMER_SERVICE),
				.lead = LEAD_LEADER,
				.has_team = true,
				.is_submitter = true},
			true},
		{"an inspector looks on", {.sees = R(INSPECTOR), .lead = LEAD_LEADER}, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(complaint_is_mine(&rows[i].tie), rows[i].is_mine);
		printf("# %s\n", rows[i].name);
	}
}

static void test_nothing_unseen_is_anybodys(void)
{
	for (int lead = LEAD_LEADER; lead <= LEAD_DIRECTOR; lead++) {
		for (unsigned ties = 0; ties < 16; ties++) {
			struct complaint_tie tie = {.lead = (enum complaint_lead)lead,
				.has_team = (ties & 1) != 0,
				.has_officer = (ties & 2) != 0,
				.is_worker = (ties & 4) != 0,
				.is_submitter = (ties & 8) != 0};

			CHECK(!complaint_is_mine(&tie));
		}
	}
}

static void test_teams_are_those_of_team_and_crew_grants(void)
{
	CHECK_INT_EQ(
		complaint_team_roles(), R(OFFICER) | R(LEADER) | R(CLEANER) | R(GUARD) | R(CREW_MEMBER));
}

static const struct test tests[] = {
	{"each_role_has_its_own", test_each_role_has_its_own},
	{"nothing_unseen_is_anybodys", test_nothing_unseen_is_anybodys},
	{"teams_are_those_of_team_and_crew_grants", test_teams_are_those_of_team_and_crew_grants},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
