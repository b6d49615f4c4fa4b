/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves qualification.*, absence.* and calendar.list: which days and times are taken, whose they may be,
 * that nobody verifies what they added or what is their own, what is written; whom each role's statement
 * asks for; and who is shown numbers, reasons and complaints.
 */
#include "staff.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define HOUR (3600 * US_PER_S)
#define DAY BENCH_DAY
#define MONDAY 20780 /* 2026-11-23 */

/* --- whom somebody has to do with --- */

/* $first… of a statement: whole, crews, communities, teams. */
static const struct reach_case {
	const char *what;
	const struct access_grants *who;
	bool is_whole, has_crews;
	size_t communities, teams;
} reaches[] = {
	{"the administrator", &administrator, true, false, 0, 0},
	{"the director", &director, true, false, 0, 0},
	{"a manager", &manager, false, true, 1, 0},
	{"customer service", &service, false, true, 1, 0},
	{"an inspector", &inspector, false, true, 1, 0},
	{"an officer", &officer, false, true, 0, 1},
	{"a leader", &leader, false, true, 0, 1},
	{"who is both", &officer_and_leader, false, true, 0, 2},
	{"a cleaner", &cleaner, false, false, 0, 0},
	{"a guard", &guard, false, false, 0, 0},
	{"a crew's member", &crew_member, false, false, 0, 0},
};

static void test_whom_each_role_reaches(void)
{
	for (size_t i = 0; i < COUNT(reaches); i++) {
		const struct reach_case *one = &reaches[i];
		const struct query *query;
		struct bench bench;

		bench_begin(&bench, METHOD_qualification_list, *one->who);
		put_number(&bench, "limit", 10);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		query = &bench.r.queries[0];
		CHECK_INT_EQ(param_number(query, 7), one->is_whole);
		CHECK_INT_EQ(param_number(query, 8), one->has_crews);
		CHECK_INT_EQ(param_count(query, 9), one->communities);
		CHECK_INT_EQ(param_count(query, 10), one->teams);
		CHECK(one->communities == 0 || param_holds_id(query, 9, town_id(TOWN_COMMUNITY, 1)));
		CHECK(one->teams == 0 || param_holds_id(query, 10, town_id(TOWN_TEAM, 1)));
		CHECK(param_is_id(query, 11, town_id(TOWN_ACCOUNT, 1))); /* oneself, always */
		CHECK_INT_EQ(param_time(query, 12), TOWN_NOW);
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", one->what);
			return;
		}
	}
}

/* --- qualifications --- */

struct paper {
	int version;
	uint32_t account, added_by, verified_by; /* accounts; 0: nobody yet */
	bool is_ended, is_hidden;                /* of somebody they have nothing to do with */
};

static void find_paper(struct bench *bench, const struct paper *paper)
{
	bench_row(bench, STMT_qualification_get, town_id(TOWN_RECORD, 9),
		town_id(TOWN_ACCOUNT, paper->account), "马军", 3, "T6501", MONDAY, MONDAY + 365,
		paper->version, town_id(TOWN_ACCOUNT, paper->added_by),
		paper->verified_by == 0 ? uuid_nil : town_id(TOWN_ACCOUNT, paper->verified_by),
		paper->verified_by == 0 ? INT64_C(0) : TOWN_NOW - DAY,
		paper->is_ended ? TOWN_NOW - 1 : INT64_C(0), (int)!paper->is_hidden);
}

static void test_a_qualification_has_days_in_order(void)
{
	static const struct {
		uint32_t from, last;
		enum err expected;
		const char *field;
	} rows[] = {
		{20261123, 20271122, ERR_OK, ""},
		{20261123, 20261123, ERR_OK, ""},
		{20240229, 20991231, ERR_OK, ""},
		{20261124, 20261123, ERR_FIELD_RANGE, "last_day"},
		{20260229, 20271122, ERR_FIELD_RANGE, "from_day"},
		{20261123, 20271132, ERR_FIELD_RANGE, "last_day"},
		{20261123, 20991232, ERR_FIELD_RANGE, "last_day"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_qualification_add, manager);
		put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
		put_number(&bench, "kind", 3);
		put_text(&bench, "number", "T6501");
		put_number(&bench, "from_day", rows[i].from);
		put_number(&bench, "last_day", rows[i].last);
		bench_row(&bench, STMT_staff_reached, 1, 1);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].field);
		CHECK_INT_EQ(bench.r.effect != NULL, rows[i].expected == ERR_OK);
		bench_end(&bench);
	}
}

static void test_what_is_added(void)
{
	const struct query *effect;
	struct bench bench;

	bench_begin(&bench, METHOD_qualification_add, manager);
	put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
	put_number(&bench, "kind", 3);
	put_text(&bench, "number", "T6501");
	put_number(&bench, "from_day", 20261123);
	put_number(&bench, "last_day", 20261130);
	bench_row(&bench, STMT_staff_reached, 1, 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	effect = bench.r.effect;
	CHECK_INT_EQ(effect->stmt, STMT_qualification_add);
	CHECK(param_is_id(effect, 1, uuid_nil));
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, 202))); /* the manager's grant */
	CHECK(param_is_id(effect, 10, town_id(TOWN_ACCOUNT, 2)));
	CHECK_INT_EQ(param_number(effect, 11), 3);
	CHECK_STR_EQ(param_text(effect, 12), "T6501");
	CHECK_INT_EQ(param_day(effect, 13), MONDAY);
	CHECK_INT_EQ(param_day(effect, 14), MONDAY + 7);
	bench_end(&bench);
}

static void test_of_whom_one_is_added(void)
{
	static const struct {
		bool is_there, is_active, is_reached, id_taken;
		enum err expected;
	} rows[] = {
		{true, true, true, false, ERR_OK},
		{false, false, false, false, ERR_NOT_FOUND},
		{true, false, true, false, ERR_NOT_FOUND},
		{true, true, false, false, ERR_NOT_FOUND},
		{true, true, true, true, ERR_ID_TAKEN},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_qualification_add, manager);
		put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
		put_number(&bench, "kind", 3);
		put_text(&bench, "number", "T6501");
		put_number(&bench, "from_day", 20261123);
		put_number(&bench, "last_day", 20261130);
		if (rows[i].is_there) {
			bench_row(&bench, STMT_staff_reached, (int)rows[i].is_active, (int)rows[i].is_reached);
		}
		if (rows[i].id_taken) {
			find_paper(&bench, &(struct paper){.version = 1, .account = 2, .added_by = 3});
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, rows[i].expected == ERR_OK);
		bench_end(&bench);
	}
}

/* Account 1 asks, for version 4. */
static const struct change_case {
	const char *what;
	enum method method;
	struct paper paper; /* version 0: it is not there */
	enum err expected;
	const char *field;
} changes[] = {
#define VERIFY METHOD_qualification_verify
#define END METHOD_qualification_end
	{"seen by a second person", VERIFY, {4, 2, 3}},
	{"seen by who added it", VERIFY, {4, 2, 1}, ERR_DENIED, "verified_by_id"},
	{"seen by whose it is", VERIFY, {4, 1, 3}, ERR_DENIED, "verified_by_id"},
	{"seen already", VERIFY, {4, 2, 3, .verified_by = 2}, ERR_STEP_REFUSED},
	{"seen when it has ended", VERIFY, {4, 2, 3, .is_ended = true}, ERR_STEP_REFUSED},
	{"seen in another version", VERIFY, {5, 2, 3}, ERR_CONFLICT},
	{"seen, of somebody else's people", VERIFY, {4, 2, 3, .is_hidden = true}, ERR_NOT_FOUND},
	{"seen, where there is none", VERIFY, {0}, ERR_NOT_FOUND},
	{"ended", END, {4, 2, 3, .verified_by = 1}},
	{"ended by who added it", END, {4, 2, 1}},
	{"ended already", END, {4, 2, 3, .is_ended = true}, ERR_STEP_REFUSED},
	{"ended in another version", END, {3, 2, 3}, ERR_CONFLICT},
	{"ended, of somebody else's people", END, {4, 2, 3, .is_hidden = true}, ERR_NOT_FOUND},
#undef VERIFY
#undef END
};

static void check_change(const struct change_case *one)
{
	struct bench bench;

	bench_begin(&bench, one->method, manager);
	put_id(&bench, "qualification_id", TOWN_RECORD, 9);
	put_number(&bench, "version", 4);
	if (one->paper.version != 0) {
		find_paper(&bench, &one->paper);
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.current.len > 0,
		one->expected == ERR_CONFLICT || one->expected == ERR_STEP_REFUSED);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		CHECK(param_is_id(bench.r.effect, 2, town_id(TOWN_RECORD, 9)));
		CHECK_INT_EQ(param_number(bench.r.effect, 10), 4);
		CHECK_INT_EQ(((const Pb__QualificationEndReply *)bench.r.reply)->version, 5);
	}
	bench_end(&bench);
}

static void test_a_qualification_is_seen_by_two(void)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		check_change(&changes[i]);
		if (check_failed()) {
			printf("# %s\n", changes[i].what);
			return;
		}
	}
}

/* The number is for who manages them, and one's own. */
static void test_who_is_shown_the_number(void)
{
	static const struct {
		const struct access_grants *who;
		uint32_t account;
		bool is_shown;
	} rows[] = {{&manager, 2, true}, {&administrator, 2, true}, {&director, 2, true},
		{&leader, 2, false}, {&service, 2, false}, {&crew_member, 1, true}, {&leader, 1, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const Pb__QualificationListReply *reply;
		struct bench bench;

		bench_begin(&bench, METHOD_qualification_list, *rows[i].who);
		put_number(&bench, "within_days", 30);
		bench_row(&bench, STMT_qualification_list, town_id(TOWN_RECORD, 9),
			town_id(TOWN_ACCOUNT, rows[i].account), "马军", 3, "T6501", MONDAY, MONDAY + 7, 2,
			town_id(TOWN_ACCOUNT, 3), uuid_nil, INT64_C(0), INT64_C(0));
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const Pb__QualificationListReply *)bench.r.reply;
		CHECK_INT_EQ(reply->n_qualifications, 1);
		CHECK_INT_EQ(reply->qualifications[0]->number != NULL, rows[i].is_shown);
		CHECK_INT_EQ(reply->qualifications[0]->last_day, 20261130);
		CHECK(!reply->qualifications[0]->has_verified_by_id);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 3), 30);
		bench_end(&bench);
	}
}

/* --- absences --- */

static const struct absence_case {
	const char *what;
	int64_t from_us, to_us;
	int64_t visits, absences; /* that they have in that time */
	bool is_hidden;
	enum err expected;
	const char *field;
} absences[] = {
	{"tomorrow", TOWN_NOW + DAY, TOWN_NOW + 2 * DAY},
	{"since yesterday", TOWN_NOW - DAY, TOWN_NOW + 1},
	{"four hundred days", TOWN_NOW, TOWN_NOW + 400 * DAY},
	{"a moment more", TOWN_NOW, TOWN_NOW + 400 * DAY + 1, .expected = ERR_FIELD_INVALID,
		.field = "window"},
	{"over", TOWN_NOW - DAY, TOWN_NOW, .expected = ERR_FIELD_INVALID, .field = "window"},
	{"of no length", TOWN_NOW + DAY, TOWN_NOW + DAY, .expected = ERR_FIELD_INVALID,
		.field = "window"},
	{"the wrong way", TOWN_NOW + 2 * DAY, TOWN_NOW + DAY, .expected = ERR_FIELD_INVALID,
		.field = "window"},
	{"an owner waits for them", TOWN_NOW + DAY, TOWN_NOW + 2 * DAY, .visits = 1,
		.expected = ERR_SLOT_TAKEN, .field = "window"},
	{"away already", TOWN_NOW + DAY, TOWN_NOW + 2 * DAY, .absences = 1, .expected = ERR_SLOT_TAKEN,
		.field = "window"},
	{"somebody they do not lead", TOWN_NOW + DAY, TOWN_NOW + 2 * DAY, .is_hidden = true,
		.expected = ERR_NOT_FOUND, .field = "account_id"},
};

static void check_absence(const struct absence_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_absence_add, leader);
	put_id(&bench, "account_id", TOWN_ACCOUNT, 2);
	put_number(&bench, "kind", 2);
	put_number(&bench, "window.from_us", one->from_us);
	put_number(&bench, "window.to_us", one->to_us);
	bench_row(&bench, STMT_staff_reached, 1, (int)!one->is_hidden);
	bench_row(&bench, STMT_busy_between, one->visits, one->absences);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_absence_add);
		CHECK(param_is_id(bench.r.effect, 2, BENCH_KEY));
		CHECK(param_is_id(bench.r.effect, 10, town_id(TOWN_ACCOUNT, 2)));
		CHECK_INT_EQ(param_number(bench.r.effect, 11), 2);
		CHECK_INT_EQ(param_time(bench.r.effect, 12), one->from_us);
		CHECK_INT_EQ(param_time(bench.r.effect, 13), one->to_us);
	}
	bench_end(&bench);
}

static void test_when_somebody_may_be_away(void)
{
	for (size_t i = 0; i < COUNT(absences); i++) {
		check_absence(&absences[i]);
		if (check_failed()) {
			printf("# %s\n", absences[i].what);
			return;
		}
	}
}

static void test_an_absence_ends_once(void)
{
	static const struct {
		int64_t from_us, to_us;
		int version; /* 0: not there */
		bool is_hidden;
		enum err expected;
	} rows[] = {
		{TOWN_NOW - DAY, TOWN_NOW + HOUR, 2, false, ERR_OK},
		{TOWN_NOW - DAY, TOWN_NOW + 1, 2, false, ERR_OK},
		{TOWN_NOW - DAY, TOWN_NOW, 2, false, ERR_STEP_REFUSED},
		{TOWN_NOW - DAY, TOWN_NOW + HOUR, 3, false, ERR_CONFLICT},
		{TOWN_NOW - DAY, TOWN_NOW + HOUR, 2, true, ERR_NOT_FOUND},
		{TOWN_NOW - DAY, TOWN_NOW + HOUR, 0, false, ERR_NOT_FOUND},
		{TOWN_NOW + HOUR, TOWN_NOW + HOUR, 2, false, ERR_STEP_REFUSED}, /* it never was */
		{TOWN_NOW + HOUR, TOWN_NOW + 2 * HOUR, 2, false, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_absence_end, leader);
		put_id(&bench, "absence_id", TOWN_RECORD, 9);
		put_number(&bench, "version", 2);
		if (rows[i].version != 0) {
			bench_row(&bench, STMT_absence_get, town_id(TOWN_RECORD, 9), town_id(TOWN_ACCOUNT, 2),
				"马军", 1, rows[i].from_us, rows[i].to_us, rows[i].version,
				town_id(TOWN_ACCOUNT, 1), (int)!rows[i].is_hidden);
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, rows[i].expected == ERR_OK);
		if (rows[i].expected == ERR_OK) {
			CHECK_INT_EQ(param_number(bench.r.effect, 10), 2);
			CHECK_INT_EQ(param_time(bench.r.effect, 11), TOWN_NOW);
			CHECK(!param_is_id(bench.r.effect, 12, town_id(TOWN_RECORD, 9)));
		}
		bench_end(&bench);
	}
}

/* --- the calendar --- */

/* That somebody is busy is for all who plan; with what, only where they have to do with the community. */
static void test_what_a_calendar_shows(void)
{
	static const struct {
		const struct access_grants *who;
		bool is_shown;
	} rows[] = {{&leader, true}, {&service, true}, {&manager, true}, {&leader_elsewhere, false},
		{&service_elsewhere, false}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const Pb__CalendarListReply *reply;
		struct bench bench;

		bench_begin(&bench, METHOD_calendar_list, *rows[i].who);
		put_id(&bench, "crew_id", TOWN_CREW, 1);
		put_number(&bench, "window.from_us", TOWN_NOW);
		put_number(&bench, "window.to_us", TOWN_NOW + DAY);
		bench_row(&bench, STMT_calendar_list, town_id(TOWN_ACCOUNT, 2), "马军", TOWN_NOW,
			TOWN_NOW + HOUR, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 1));
		bench_row(&bench, STMT_calendar_list, town_id(TOWN_ACCOUNT, 2), "马军", TOWN_NOW + HOUR,
			TOWN_NOW + 2 * HOUR, uuid_nil, town_id(TOWN_RECORD, 51));
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const Pb__CalendarListReply *)bench.r.reply;
		CHECK_INT_EQ(reply->n_entries, 2);
		CHECK(!reply->entries[0]->is_away && reply->entries[1]->is_away);
		CHECK_INT_EQ(reply->entries[0]->has_complaint_id, rows[i].is_shown);
		CHECK_INT_EQ(reply->entries[0]->has_community_id, rows[i].is_shown);
		CHECK(!reply->entries[1]->has_complaint_id); /* an absence's id is nobody's complaint */
		CHECK_INT_EQ(reply->entries[1]->window->from_us, TOWN_NOW + HOUR);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"whom_each_role_reaches", test_whom_each_role_reaches},
	{"a_qualification_has_days_in_order", test_a_qualification_has_days_in_order},
	{"what_is_added", test_what_is_added},
	{"of_whom_one_is_added", test_of_whom_one_is_added},
	{"a_qualification_is_seen_by_two", test_a_qualification_is_seen_by_two},
	{"who_is_shown_the_number", test_who_is_shown_the_number},
	{"when_somebody_may_be_away", test_when_somebody_may_be_away},
	{"an_absence_ends_once", test_an_absence_ends_once},
	{"what_a_calendar_shows", test_what_a_calendar_shows},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
