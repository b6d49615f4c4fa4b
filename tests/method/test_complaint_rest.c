/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what is special about the steps beside the visit: pass to a team, merge into a master, suspend
 * until a day, decide and reopen in time, follow up from outside; and who stands where the leader stands.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define DAY BENCH_DAY

/* Asks for the step as it stands in steps.c, of this complaint. */
static enum err ask(struct bench *bench, const struct step_row *row,
	const struct bench_complaint *complaint, struct access_grants grants)
{
	bench_begin(bench, row->method, grants);
	step_put(bench, row, STEP_VERSION);
	step_find(bench, row, complaint, STEP_PHONE);
	return bench_ask(bench);
}

static void check_refused(
	const struct bench *bench, enum err err, enum err expected, const char *field)
{
	CHECK_INT_EQ(err, expected);
	CHECK_STR_EQ(bench->r.fault.field, field == NULL ? "" : field);
	CHECK_INT_EQ(bench->r.fault.allowed[0] != '\0', field != NULL);
	CHECK_INT_EQ(bench->r.effect != NULL, expected == ERR_OK);
	CHECK_INT_EQ(bench->r.reply != NULL, expected == ERR_OK);
}

/* --- merge --- */

static void test_what_may_be_a_master(void)
{
	static const struct {
		const char *what;
		uint32_t record; /* of the row; 0: none */
		int state, version;
		uint32_t team, respondent;
		int lead;
		enum err expected;
		const char *field;
	} rows[] = {
		{"an open one", 2, COMPLAINT_ACCEPTED, 3},
		{"a suspended one", 2, COMPLAINT_SUSPENDED, 3},
		{"none", 0, .expected = ERR_FIELD_INVALID, .field = "master_id"},
		{"itself", 1, COMPLAINT_ACCEPTED, 3, .expected = ERR_FIELD_INVALID, .field = "master_id"},
		{"a merged one", 2, COMPLAINT_MERGED, 3, .expected = ERR_FIELD_INVALID,
			.field = "master_id"},
		{"a closed one", 2, COMPLAINT_CLOSED, 3, .expected = ERR_FIELD_INVALID,
			.field = "master_id"},
		{"one that moved on", 2, COMPLAINT_ACCEPTED, 4, .expected = ERR_CONFLICT,
			.field = "master_version"},
		/* What one may not see is not there. */
		{"another team's", 2, COMPLAINT_ACCEPTED, 3, .team = 2, .expected = ERR_FIELD_INVALID,
			.field = "master_id"},
		{"another team's, moved on", 2, COMPLAINT_ACCEPTED, 4, .team = 2,
			.expected = ERR_FIELD_INVALID, .field = "master_id"},
		{"one led by the officer", 2, COMPLAINT_ACCEPTED, 3, .lead = 2,
			.expected = ERR_FIELD_INVALID, .field = "master_id"},
		{"one about them", 2, COMPLAINT_ACCEPTED, 3, .respondent = 1, .expected = ERR_FIELD_INVALID,
			.field = "master_id"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct bench_complaint own = step_complaint(COMPLAINT_ACCEPTED);
		const struct bench_complaint master = {.record = rows[i].record,
			.state = rows[i].state,
			.version = rows[i].version,
			.team = rows[i].team,
			.lead = rows[i].lead,
			.respondent = rows[i].respondent};
		struct bench bench;

		bench_begin(&bench, METHOD_complaint_merge, leader);
		step_put(&bench, step_row_of(METHOD_complaint_merge), STEP_VERSION);
		bench_complaint(&bench, STMT_complaint_get, &own);
		bench_row(&bench, STMT_complaint_officer, 1);
		bench_row(&bench, STMT_complaint_is_master, false);
		bench_next(&bench, STMT_complaint_get);
		if (rows[i].record != 0) {
			bench_complaint(&bench, STMT_complaint_get, &master);
		}
		check_refused(&bench, bench_ask(&bench), rows[i].expected, rows[i].field);
		if (!check_failed() && rows[i].expected == ERR_OK) {
			CHECK(param_is_id(bench.r.effect, 27, town_id(TOWN_RECORD, 2)));
			CHECK_INT_EQ(param_number(bench.r.effect, 67), 3);
		}
		if (check_failed()) {
			printf("# %s\n", rows[i].what);
			return;
		}
		bench_end(&bench);
	}
}

/* Only a merge rests on another record. */
static void test_no_other_step_guards_a_master(void)
{
	for (size_t i = 0; i < step_row_count; i++) {
		const struct step_row *row = &step_rows[i];
		const struct bench_complaint complaint = step_complaint(row->from[0]);
		struct bench bench;

		CHECK_INT_EQ(ask(&bench, row, &complaint, *step_people[__builtin_ctz(row->who)]), ERR_OK);
		if (bench.r.effect->stmt == STMT_complaint_step_full) {
			CHECK_INT_EQ(!param_is_null(bench.r.effect, 67), row->method == METHOD_complaint_merge);
			CHECK_INT_EQ(!param_is_null(bench.r.effect, 65), row->method == METHOD_complaint_sign);
		}
		bench_end(&bench);
	}
}

/* --- pass --- */

static void test_pass_goes_to_another_team_that_is_there(void)
{
	static const struct {
		uint32_t team, found; /* the complaint's (0: the queue), the one asked for */
		const struct access_grants *who;
		enum err expected;
	} rows[] = {
		{1, 2, &leader, ERR_OK},
		{1, 2, &service, ERR_OK},
		{2, 2, &service, ERR_FIELD_INVALID},
		{1, 0, &service, ERR_FIELD_INVALID},
		{0, 2, &service, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_pass);
		struct bench_complaint complaint = step_complaint(COMPLAINT_SUBMITTED);
		struct bench bench;

		complaint.team = rows[i].team;
		complaint.in_queue = rows[i].team == 0;
		bench_begin(&bench, row->method, *rows[i].who);
		step_put(&bench, row, STEP_VERSION);
		bench_complaint(&bench, STMT_complaint_get, &complaint);
		bench_row(&bench, STMT_complaint_officer, 1);
		if (rows[i].found != 0) {
			bench_row(&bench, STMT_team_get, town_id(TOWN_COMMUNITY, 1),
				town_id(TOWN_TEAM, rows[i].found), "二组");
		}
		check_refused(&bench, bench_ask(&bench), rows[i].expected,
			rows[i].expected == ERR_OK ? NULL : "team_id");
		CHECK(!check_failed());
		bench_end(&bench);
	}
}

/* --- suspend --- */

static void test_a_pause_has_a_reason_and_an_end(void)
{
	static const struct {
		int reason;
		int64_t until_us;
		enum err expected;
	} rows[] = {
		{11, TOWN_NOW + 1, ERR_OK},
		{14, TOWN_NOW + 7 * DAY, ERR_OK},
		{14, TOWN_NOW + 7 * DAY + 1, ERR_DENIED}, /* without the manager */
		{14, TOWN_NOW + 90 * DAY, ERR_DENIED},
		{12, TOWN_NOW, ERR_FIELD_INVALID},
		{12, TOWN_NOW - DAY, ERR_FIELD_INVALID},
		{12, 0, ERR_FIELD_INVALID},
		{12, TOWN_NOW + 90 * DAY + 1, ERR_FIELD_INVALID},
		{1, TOWN_NOW + DAY, ERR_FIELD_INVALID}, /* of a return */
		{3, TOWN_NOW + DAY, ERR_FIELD_INVALID},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct step_row row = *step_row_of(METHOD_complaint_suspend);
		const struct bench_complaint complaint = step_complaint(COMPLAINT_ACCEPTED);
		struct bench bench;

		row.number = rows[i].reason;
		bench_begin(&bench, row.method, leader);
		step_put(&bench, &row, STEP_VERSION);
		put_number(&bench, "until_us", rows[i].until_us);
		step_find(&bench, &row, &complaint, NULL);
		check_refused(&bench, bench_ask(&bench), rows[i].expected,
			rows[i].expected == ERR_OK ? NULL
			: rows[i].reason < 11      ? "reason"
									   : "until_us");
		CHECK(!check_failed());
		bench_end(&bench);
	}
}

/* All of its pauses count, and the one that is asked for. */
static void test_seven_days_of_pauses_in_all_are_the_leaders(void)
{
	static const struct {
		const struct access_grants *who;
		int64_t before_us, until_us;
		enum err expected;
	} rows[] = {
		{&leader, 6 * DAY, DAY, ERR_OK},
		{&leader, 6 * DAY, DAY + 1, ERR_DENIED},
		{&leader, 6 * DAY + 1, DAY, ERR_DENIED},
		{&leader, 80 * DAY, 1, ERR_DENIED},
		{&manager, 6 * DAY, DAY + 1, ERR_OK},
		{&manager, 80 * DAY, 90 * DAY, ERR_OK},
		{&manager, 80 * DAY, 90 * DAY + 1, ERR_FIELD_INVALID},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_suspend);
		const struct bench_complaint complaint = step_complaint(COMPLAINT_ACCEPTED);
		struct bench bench;

		bench_begin(&bench, row->method, *rows[i].who);
		step_put(&bench, row, STEP_VERSION);
		put_number(&bench, "until_us", TOWN_NOW + rows[i].until_us);
		bench_complaint(&bench, STMT_complaint_get, &complaint);
		bench_row(&bench, STMT_complaint_officer, 1);
		bench_around(&bench, NULL);
		bench_row(&bench, STMT_complaint_paused, rows[i].before_us);
		check_refused(&bench, bench_ask(&bench), rows[i].expected,
			rows[i].expected == ERR_OK ? NULL : "until_us");
		CHECK(!check_failed());
		bench_end(&bench);
	}
}

/* --- in time --- */

static void test_decide_and_reopen_are_bound_to_days(void)
{
	static const struct {
		enum method method;
		const struct access_grants *who;
		int64_t ago_us; /* asked, or closed */
		enum err expected;
		const char *field;
	} rows[] = {
		{METHOD_complaint_decide, &officer, 7 * DAY, ERR_OK},
		{METHOD_complaint_decide, &officer, 7 * DAY - 1, ERR_STEP_REFUSED, "pending_us"},
		{METHOD_complaint_reopen, &service, 15 * DAY, ERR_OK},
		{METHOD_complaint_reopen, &service, 15 * DAY + 1, ERR_STEP_REFUSED, "ended_us"},
		{METHOD_complaint_reopen, &inspector, 15 * DAY + 1, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(rows[i].method);
		struct bench_complaint complaint = step_complaint(row->from[0]);
		struct bench bench;

		complaint.pending_us = TOWN_NOW - rows[i].ago_us;
		complaint.ended_us = complaint.state < 100 ? 0 : TOWN_NOW - rows[i].ago_us;
		check_refused(
			&bench, ask(&bench, row, &complaint, *rows[i].who), rows[i].expected, rows[i].field);
		CHECK(!check_failed());
		bench_end(&bench);
	}
}

/* --- follow-up --- */

static const struct follow_up_case {
	const char *what;
	const struct access_grants *who;
	enum complaint_state state;
	int score;
	const char *words;
	int64_t ago_days;
	uint32_t worker;
	enum err expected;
	const char *field;
	bool reopens, was_handled;
} follow_ups[] = {
	{"content", &service, COMPLAINT_CLOSED, 5},
	{"so so", &inspector, COMPLAINT_CLOSED, 3, "还行"},
	{"not content", &service, COMPLAINT_CLOSED, 2, "水管还漏", .reopens = true},
	{"not at all, an inspector", &inspector, COMPLAINT_CLOSED, 1, "水管还漏", .reopens = true},
	{"not content, late", &service, COMPLAINT_CLOSED, 1, "水管还漏", 40, .reopens = true},
	{"not content without a word", &service, COMPLAINT_CLOSED, 2, .expected = ERR_FIELD_INVALID,
		.field = "words"},
	{"not content with what was out of scope", &service, COMPLAINT_CLOSED_OUT_OF_SCOPE, 1,
		"仍不满意"},
	{"no score", &service, COMPLAINT_CLOSED, 0, .expected = ERR_FIELD_RANGE, .field = "score"},
	{"six", &service, COMPLAINT_CLOSED, 6, .expected = ERR_FIELD_RANGE, .field = "score"},
	{"its own leader, who answers calls too", &service_and_leader, COMPLAINT_CLOSED, 5,
		.expected = ERR_DENIED},
	{"its own leader, a bad score", &service_and_leader, COMPLAINT_CLOSED, 1, "水管还漏",
		.expected = ERR_DENIED},
	{"who was there", &service, COMPLAINT_CLOSED, 5, .worker = 1, .expected = ERR_DENIED},
	{"who had a hand in it then", &service, COMPLAINT_CLOSED, 5, .was_handled = true,
		.expected = ERR_DENIED},
	{"who had a hand in it then, a bad score", &inspector, COMPLAINT_CLOSED, 1, "水管还漏",
		.was_handled = true, .expected = ERR_DENIED},
	{"the manager, who neither asks nor may", &manager, COMPLAINT_CLOSED, 5,
		.expected = ERR_DENIED},
	{"not closed yet", &service, COMPLAINT_WORK_DONE, 1, "水管还漏", .expected = ERR_STEP_REFUSED},
};

static void check_followed_up(const struct bench *bench, const struct follow_up_case *one)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(
		param_number(effect, 11), one->reopens ? COMPLAINT_STEP_REOPEN : COMPLAINT_STEP_FOLLOW_UP);
	CHECK_INT_EQ(param_number(effect, 13), one->reopens ? COMPLAINT_REOPENED : one->state);
	/* Reopened, it will be asked about again: then the score stands in its event alone. */
	CHECK_INT_EQ(param_is_null(effect, 33), one->reopens);
	CHECK_INT_EQ(param_is_null(effect, 34), one->reopens);
	CHECK(one->reopens || param_number(effect, 33) == one->score);
	CHECK(one->reopens || param_time(effect, 34) == TOWN_NOW);
	CHECK_INT_EQ(param_number(effect, 36), one->reopens);
	CHECK_INT_EQ(param_number(effect, 39), one->score);
}

static void test_who_follows_up_and_what_becomes_of_it(void)
{
	for (size_t i = 0; i < COUNT(follow_ups); i++) {
		const struct follow_up_case *one = &follow_ups[i];
		struct step_row row = *step_row_of(METHOD_complaint_follow_up);
		struct bench_complaint complaint = step_complaint(one->state);
		struct bench bench;

		row.number = one->score;
		row.text_field = one->words == NULL ? NULL : row.text_field;
		row.text = one->words;
		complaint.worker = one->worker;
		complaint.was_handled = one->was_handled;
		complaint.ended_us -= complaint.ended_us == 0 ? 0 : one->ago_days * DAY;
		check_refused(&bench, ask(&bench, &row, &complaint, *one->who), one->expected, one->field);
		if (!check_failed() && one->expected == ERR_OK) {
			check_followed_up(&bench, one);
		}
		if (check_failed()) {
			printf("# %s\n", one->what);
			return;
		}
		bench_end(&bench);
	}
}

/* --- who leads --- */

static void test_who_stands_where_the_leader_stands(void)
{
	static const struct {
		enum method method;
		int lead;
		bool has_no_officer;
		const struct access_grants *who;
		enum err expected;
	} rows[] = {
		{METHOD_complaint_verify, 1, false, &leader, ERR_OK},
		{METHOD_complaint_verify, 1, false, &officer, ERR_DENIED},
		{METHOD_complaint_verify, 2, false, &leader, ERR_NOT_FOUND},
		{METHOD_complaint_verify, 2, false, &officer, ERR_OK},
		{METHOD_complaint_verify, 2, false, &manager, ERR_DENIED},
		{METHOD_complaint_verify, 2, true, &manager, ERR_OK},
		{METHOD_complaint_verify, 3, false, &officer, ERR_NOT_FOUND},
		{METHOD_complaint_verify, 3, false, &manager, ERR_OK},
		{METHOD_complaint_verify, 4, false, &manager, ERR_NOT_FOUND},
		{METHOD_complaint_verify, 4, false, &director, ERR_OK},
		{METHOD_complaint_agree, 1, false, &officer, ERR_OK},
		{METHOD_complaint_agree, 1, true, &officer, ERR_DENIED},
		{METHOD_complaint_agree, 1, true, &manager, ERR_OK},
		{METHOD_complaint_agree, 2, false, &manager, ERR_OK},
		{METHOD_complaint_agree, 2, true, &director, ERR_OK},
		{METHOD_complaint_agree, 3, false, &director, ERR_OK},
		{METHOD_complaint_reject, 1, false, &manager, ERR_OK},
		{METHOD_complaint_reject, 1, false, &director, ERR_DENIED},
		{METHOD_complaint_reject, 4, false, &director, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(rows[i].method);
		struct bench_complaint complaint = step_complaint(row->from[0]);
		struct bench bench;

		complaint.lead = rows[i].lead;
		bench_begin(&bench, row->method, *rows[i].who);
		step_put(&bench, row, STEP_VERSION);
		bench_row(&bench, STMT_complaint_officer, (int)!rows[i].has_no_officer);
		bench_next(&bench, STMT_complaint_officer);
		step_find(&bench, row, &complaint, NULL);
		check_refused(&bench, bench_ask(&bench), rows[i].expected, NULL);
		if (check_failed()) {
			printf("# row %zu\n", i);
			return;
		}
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"what_may_be_a_master", test_what_may_be_a_master},
	{"no_other_step_guards_a_master", test_no_other_step_guards_a_master},
	{"pass_goes_to_another_team_that_is_there", test_pass_goes_to_another_team_that_is_there},
	{"a_pause_has_a_reason_and_an_end", test_a_pause_has_a_reason_and_an_end},
	{"seven_days_of_pauses_in_all_are_the_leaders",
		test_seven_days_of_pauses_in_all_are_the_leaders},
	{"decide_and_reopen_are_bound_to_days", test_decide_and_reopen_are_bound_to_days},
	{"who_follows_up_and_what_becomes_of_it", test_who_follows_up_and_what_becomes_of_it},
	{"who_stands_where_the_leader_stands", test_who_stands_where_the_leader_stands},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
