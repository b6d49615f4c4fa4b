/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows and people of the town of tests/db/town.h.
 */
#include "tests/method/bench.h"

void bench_complaint(struct bench *bench, enum stmt stmt, const struct bench_complaint *complaint)
{
	int64_t submitted_us = complaint->submitted_us == 0 ? TOWN_NOW : complaint->submitted_us;
	struct uuid crew_id = complaint->crew == 0 ? uuid_nil : town_id(TOWN_CREW, complaint->crew);

	bench_row(bench, stmt, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, complaint->record),
		"20261123-0001", complaint->version, 2, complaint->state, 1, 1, NULL,
		complaint->text == NULL ? "电梯困人" : complaint->text, submitted_us,
		town_id(TOWN_TEAM, complaint->team == 0 ? 1 : complaint->team), crew_id, INT64_C(0),
		INT64_C(0), INT64_C(0), INT64_C(0), complaint->result, complaint->ended_us, 0, TOWN_NOW);
}

void bench_account(struct bench *bench, enum stmt stmt, uint32_t account, int state, int version)
{
	bench_row(bench, stmt, town_id(TOWN_ACCOUNT, account), account == 1 ? "wang.lin" : "ma.jun",
		account == 1 ? "王琳" : "马军", "-", state, version);
}

void bench_community(struct bench *bench)
{
	bench_row(bench, STMT_community_get, town_id(TOWN_COMMUNITY, 1), "花园小区", "Asia/Shanghai", 1,
		"0571-8888 0000");
}

void bench_team(struct bench *bench, enum stmt stmt)
{
	bench_row(bench, stmt, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 1), "一组");
}

void bench_crew(struct bench *bench, enum stmt stmt)
{
	bench_row(bench, stmt, town_id(TOWN_CREW, 1), "水电组", "12");
}

/* --- people --- */

/* town_id as a constant. */
#define TOWN(kind, n) \
	{ \
		{ \
			(kind), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (n) \
		} \
	}
#define FROM_TO(from, to) .from_us = (from), .to_us = (to)
#define IN_FORCE FROM_TO(TOWN_NOW - 5, INT64_MAX)
#define GRANT(n) .grant_id = TOWN(TOWN_RECORD, n)

#define OF_COMPANY(name) .role = ROLE_##name, .scope = SCOPE_COMPANY
#define OF_COMMUNITY(name, n) \
	.role = ROLE_##name, .scope = SCOPE_COMMUNITY, .community_id = TOWN(TOWN_COMMUNITY, n)
#define OF_TEAM(name, community, team) \
	.role = ROLE_##name, .scope = SCOPE_TEAM, .community_id = TOWN(TOWN_COMMUNITY, community), \
	.team_id = TOWN(TOWN_TEAM, team)
#define OF_CREW(name, n) .role = ROLE_##name, .scope = SCOPE_CREW, .crew_id = TOWN(TOWN_CREW, n)

#define PERSON(name, ...) \
	static const struct access_grant name##_grants[] = {__VA_ARGS__}; \
	const struct access_grants name = {name##_grants, COUNT(name##_grants)}

const struct access_grants nobody = {NULL, 0};
PERSON(administrator, {GRANT(201), OF_COMPANY(ADMINISTRATOR), IN_FORCE});
PERSON(manager, {GRANT(202), OF_COMMUNITY(MANAGER, 1), IN_FORCE});
PERSON(leader, {GRANT(203), OF_TEAM(LEADER, 1, 1), IN_FORCE});
PERSON(officer, {GRANT(204), OF_TEAM(OFFICER, 1, 1), IN_FORCE});
PERSON(service, {GRANT(205), OF_COMMUNITY(CUSTOMER_SERVICE, 1), IN_FORCE});
PERSON(crew_member, {GRANT(206), OF_CREW(CREW_MEMBER, 1), IN_FORCE});
PERSON(leader_elsewhere, {GRANT(207), OF_TEAM(LEADER, 2, 1), IN_FORCE});
PERSON(leader_of_team_2, {GRANT(208), OF_TEAM(LEADER, 1, 2), IN_FORCE});
PERSON(service_elsewhere, {GRANT(209), OF_COMMUNITY(CUSTOMER_SERVICE, 2), IN_FORCE});
PERSON(crew_member_elsewhere, {GRANT(210), OF_CREW(CREW_MEMBER, 2), IN_FORCE});
PERSON(expired_leader, {GRANT(211), OF_TEAM(LEADER, 1, 1), FROM_TO(TOWN_NOW - 5, TOWN_NOW)});
PERSON(officer_and_leader, {GRANT(214), OF_TEAM(OFFICER, 1, 1), IN_FORCE},
	{GRANT(215), OF_TEAM(LEADER, 1, 1), IN_FORCE});
PERSON(administrator_and_leader_elsewhere, {GRANT(212), OF_COMPANY(ADMINISTRATOR), IN_FORCE},
	{GRANT(213), OF_TEAM(LEADER, 2, 1), IN_FORCE});
