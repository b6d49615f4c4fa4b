/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows and people of the town of tests/db/town.h.
 */
#include "tests/method/bench.h"

#define TODAY 20780 /* 2026-11-23, the day of TOWN_NOW */

static struct uuid id_or_nil(enum town_kind kind, uint32_t n)
{
	return n == 0 ? uuid_nil : town_id(kind, n);
}

static int or_else(int number, int otherwise)
{
	return number == 0 ? otherwise : number;
}

/*
 * As COMPLAINT_COLUMNS of stmt.def has them: of `c`, and of what bench_complaint makes of it. A macro, since one statement
 * has a column behind them.
 */
#define COMPLAINT_VALUES \
	town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, c->record), TODAY, c->version, \
		or_else(c->kind, 2), c->state, 1, or_else(c->urgency, 1), NULL, \
		c->text == NULL ? "电梯困人" : c->text, submitted_us, team_id, \
		id_or_nil(TOWN_CREW, c->crew), c->window_from_us, c->window_to_us, c->arrived_us, \
		c->work_done_us, c->result, c->ended_us, c->rating, TOWN_NOW, \
		id_or_nil(TOWN_RECORD, !has_place      ? 0 \
							   : c->place == 0 ? 501 \
											   : c->place), \
		c->place_kind, has_place ? "3-2-501" : NULL, has_place ? "3号楼2单元501室" : NULL, \
		c->category == 0 ? 203 : (int)c->category, 0, 0, or_else(c->reporter, 1), \
		or_else(c->language, 1), or_else(c->lead, 1), id_or_nil(TOWN_ACCOUNT, c->worker), \
		c->worker == 0 ? NULL : "马军", c->state_before, c->suspend_reason, c->suspended_until_us, \
		id_or_nil(TOWN_RECORD, c->master), c->accepted_us, c->pending_us, c->advice, c->answer, \
		c->close_mode, c->follow_up_score, c->followed_up_us, id_or_nil(TOWN_RECORD, c->receipt), \
		c->reopened_count, id_or_nil(TOWN_ACCOUNT, c->respondent), 1, 0, 0, \
		id_or_nil(TOWN_RECORD, c->repeat_of), uuid_nil, uuid_nil, or_else(c->chased_count, 0), \
		c->chased_us, c->remind_us, INT64_C(0), INT64_C(0), 0

void bench_complaint(struct bench *bench, enum stmt stmt, const struct bench_complaint *complaint)
{
	const struct bench_complaint *c = complaint;
	int64_t submitted_us = c->submitted_us == 0 ? TOWN_NOW : c->submitted_us;
	struct uuid team_id = c->in_queue ? uuid_nil : town_id(TOWN_TEAM, c->team == 0 ? 1 : c->team);
	bool has_place = c->place_kind != 0;

	if (stmt == STMT_complaint_similar) {
		bench_row(bench, stmt, COMPLAINT_VALUES, c->pairs);
	} else {
		bench_row(bench, stmt, COMPLAINT_VALUES);
	}
}
#undef COMPLAINT_VALUES

void bench_contact(struct bench *bench, uint32_t record, const char *name, const char *phone)
{
	struct uuid id = town_id(TOWN_RECORD, record);
	struct seal_place name_place = {town_id(TOWN_COMMUNITY, 1), id, "complaint_contact.name"};
	struct seal_place phone_place = {town_id(TOWN_COMMUNITY, 1), id, "complaint_contact.phone"};
	struct span sealed[2] = {{NULL, 0}, {NULL, 0}};
	uint8_t key[SEAL_KEY_BYTES];
	struct span wrapped = seal_subject_new(&bench->server.seal, &bench->arena, id, key);

	if (name != NULL) {
		sealed[0] = seal_text(&bench->arena, key, &name_place, str_from_c(name));
	}
	if (phone != NULL) {
		sealed[1] = seal_text(&bench->arena, key, &phone_place, str_from_c(phone));
	}
	bench_row(bench, STMT_complaint_contact_get, wrapped, sealed[0], sealed[1]);
}

void bench_around(struct bench *bench, const char *worker)
{
	bench_row(bench, STMT_complaint_around, "花园小区", 12, "0991-5550100", "一组", "水电组",
		worker, "2026-11-23 18:40", "2026-11-22 09:00", "2026-11-23 18:05", "2026-11-23 19:00",
		"2026-11-23 20:00", "2026-12-01 12:00", "Asia/Shanghai", "2026-11-23 18:20", "20:20");
}

void bench_account(struct bench *bench, enum stmt stmt, uint32_t account, int state, int version)
{
	bench_row(bench, stmt, town_id(TOWN_ACCOUNT, account), account == 1 ? "wang.lin" : "ma.jun",
		account == 1 ? "王琳" : "马军", "-", state, version);
}

void bench_community(struct bench *bench)
{
	bench_row(bench, STMT_community_get, town_id(TOWN_COMMUNITY, 1), "花园小区", "Asia/Shanghai", 1,
		"0571-8888 0000", 510, 1230, 4);
}

void bench_team(struct bench *bench, enum stmt stmt)
{
	bench_row(bench, stmt, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 1), "一组");
}

void bench_crew(struct bench *bench, enum stmt stmt)
{
	bench_row(bench, stmt, town_id(TOWN_CREW, 1), "水电组", "12", 0);
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
PERSON(cleaner, {GRANT(216), OF_TEAM(CLEANER, 1, 1), IN_FORCE});
PERSON(guard, {GRANT(217), OF_TEAM(GUARD, 1, 1), IN_FORCE});
PERSON(inspector, {GRANT(218), OF_COMMUNITY(INSPECTOR, 1), IN_FORCE});
PERSON(director, {GRANT(219), OF_COMPANY(DIRECTOR), IN_FORCE});
PERSON(auditor, {GRANT(222), OF_COMPANY(AUDITOR), IN_FORCE});
PERSON(service_and_leader, {GRANT(220), OF_COMMUNITY(CUSTOMER_SERVICE, 1), IN_FORCE},
	{GRANT(221), OF_TEAM(LEADER, 1, 1), IN_FORCE});
