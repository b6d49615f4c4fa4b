/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that owners of merged complaints are told what became of their master, on a real PostgreSQL and by the job's
 * own decision: a step leaves a notice exactly where complaint_tells_merged says so and something is merged into it;
 * each owner is told once in their language, in portions, with two servers at it in one moment; nobody at night.
 */
#include <stdlib.h>
#include <string.h>

#include "server/domain/complaint_record.h"
#include "server/job/merged_job.h"
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/owners.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define MASTER 1000 /* its number, behind those that are merged into it */
#define HOUR_US (INT64_C(3600) * US_PER_S)

#define NOW "timestamptz '2026-11-23 11:20:00+00'" /* TOWN_NOW: 19:20 in community 1 */
#define COMMUNITY "'a2000000-0000-0000-0000-000000000001'::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;
static struct owners owners;

/* A master of the state, and `count` that are merged into it, every third of whose owners reads English. */
static void begin(int state, uint32_t count)
{
	town_clear(super);
	owners.server.now.utc_us = TOWN_NOW;
	(void)pg_run(super,
		town_text(
			"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind,"
			" channel, urgency, body, submitted_at, changed_at, team_id, state, state_before,"
			" master_id, merged_count, ended_at, answer, advice, language) SELECT " COMMUNITY
			", " RECORD("n") ", '2026-11-01', n, 3, 2, 1, 1, '停水', " NOW ", " NOW
							 ", 'a3000000-0000-0000-0000-000000000001', CASE WHEN n = 1000 THEN %d "
	                         "ELSE 104 END,"
							 " CASE WHEN n < 1000 THEN 2 END, CASE WHEN n < 1000 THEN " RECORD(
								 "1000") " END,"
										 " CASE WHEN n = 1000 THEN %u ELSE 0 END, CASE WHEN n < "
	                                     "1000 THEN " NOW " END,"
										 " CASE WHEN n = 1000 THEN '今晚八点来水' END, CASE WHEN n "
	                                     "= 1000 THEN '请找供水公司' END,"
										 " CASE WHEN n %% 3 = 0 THEN 2 ELSE 1 END"
										 " FROM (SELECT generate_series(1, %u) AS n UNION ALL "
	                                     "SELECT 1000) m",
			state, count, count));
	for (uint32_t n = 1; n <= count; n++) {
		owners_add(&owners, 1, n, town_text("+86138%08u", n));
	}
}

static void notice(int step)
{
	(void)pg_run(
		super, town_text("INSERT INTO merged_notice (community_id, complaint_id, version, step,"
						 " due_at) VALUES (" COMMUNITY ", " RECORD("1000") ", 4, %d, " NOW ")",
				   step));
}

static size_t run(void)
{
	return portions_run(&owners, &lanes, &merged_portion);
}

/* --- the notice --- */

/* Every step, by the statement that leaves something behind; with one merged into it, and with none. */
static void test_a_notice_is_left_where_the_domain_says_so(void)
{
	size_t left_count = 0;

	for (size_t i = 0; i < COMPLAINT_STEP_COUNT; i++) {
		for (uint32_t merged = 0; merged < 2; merged++) {
			const struct command command = {
				.stmt = STMT_complaint_step_full,
				.record = MASTER,
				.key = 11,
				.version = 3,
				.from = 2,
				.to = 3,
				.step = (int)complaint_steps[i],
			};
			int expected = merged > 0 && complaint_tells_merged(complaint_steps[i]);
			enum verdict verdict;

			begin(2, merged);
			commands_run(&lanes, &command, 1, &verdict);
			CHECK_INT_EQ(verdict, APPLIED);
			CHECK_INT_EQ(
				town_count(
					super, town_text("merged_notice WHERE complaint_id = " RECORD(
										 "1000") " AND version = 4 AND step = %d AND due_at = " NOW,
							   (int)complaint_steps[i])),
				expected);
			CHECK_INT_EQ(town_count(super, "merged_notice"), expected);
			left_count += (size_t)expected;
			if (check_failed()) {
				printf("# %s\n", complaint_step_name((int)complaint_steps[i]));
				return;
			}
		}
	}
	CHECK_INT_EQ(left_count, 5);
}

/* A step that comes to nothing leaves none. */
static void test_an_old_version_leaves_no_notice(void)
{
	const struct command command = {.stmt = STMT_complaint_step_full,
		.record = MASTER,
		.key = 11,
		.version = 2,
		.from = 7,
		.to = 100,
		.step = COMPLAINT_STEP_CONFIRM};
	enum verdict verdict;

	begin(7, 1);
	commands_run(&lanes, &command, 1, &verdict);
	CHECK_INT_EQ(verdict, STALE);
	CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
}

/* --- what is said --- */

static void test_each_step_says_its_own_in_the_owners_language(void)
{
	static const struct {
		enum complaint_step step;
		const char *zh, *en; /* the message's beginning */
	} rows[] = {
		{COMPLAINT_STEP_SEND,
			"6 1 +8613800000001 "
	        "【花园小区】您的诉求20261101-0001与同类诉求合并处理，答复如下：今晚八点来水",
			"6 2 +8613800000003 [花园小区] Your request 20261101-0003 was dealt with together with "
	        "others"
			" of the same matter. Our answer: 今晚八点来水"},
		{COMPLAINT_STEP_ADVISE,
			"5 1 +8613800000001 "
	        "【花园小区】您的诉求20261101-0001与同类诉求合并处理，不在物业服务范围内，"
			"我们的建议：请找供水公司",
			"5 2 +8613800000003 [花园小区] Your request 20261101-0003 was dealt with together with "
	        "others"
			" of the same matter, which is outside our services. Our advice: 请找供水公司"},
		{COMPLAINT_STEP_AGREE,
			"10 1 +8613800000001 【花园小区】您的诉求20261101-0001与同类诉求合并处理，现已",
			"10 2 +8613800000003 [花园小区] Your request 20261101-0003 was dealt with together "
	        "with others"
			" of the same matter, and is closed now."},
		{COMPLAINT_STEP_CONFIRM,
			"10 1 +8613800000001 【花园小区】您的诉求20261101-0001与同类诉求合并处理，现已",
			"10 2 +8613800000003 [花园小区] Your request 20261101-0003 was dealt with together "
	        "with others"
			" of the same matter, and is closed now."},
		{COMPLAINT_STEP_DECIDE,
			"14 1 +8613800000001 【花园小区】您的诉求20261101-0001与同类诉求合并处理，现已",
			"14 2 +8613800000003 [花园小区] Your request 20261101-0003 was dealt with together "
	        "with others"
			" of the same matter, and is closed now."},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(100, 3);
		notice((int)rows[i].step);
		CHECK_INT_EQ(run(), 1);
		CHECK(strstr(owners_told(&owners, 1, 1), rows[i].zh) == owners_told(&owners, 1, 1));
		CHECK(strstr(owners_told(&owners, 1, 3), rows[i].en) == owners_told(&owners, 1, 3));
		CHECK_INT_EQ(town_count(super, "outgoing"), 3);
		CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
		/* The master's own owner is told by the step. */
		CHECK_STR_EQ(owners_told(&owners, 1, MASTER), "-");
		if (check_failed()) {
			printf(
				"# %s: %s\n", complaint_step_name((int)rows[i].step), owners_told(&owners, 1, 3));
			return;
		}
	}
}

/* Taken back before it was passed on, an answer is none. */
static void test_an_answer_that_is_gone_is_not_told(void)
{
	begin(12, 3);
	(void)pg_run(super, "UPDATE complaint SET answer = NULL");
	notice(COMPLAINT_STEP_SEND);
	CHECK_INT_EQ(run(), 1);
	CHECK_INT_EQ(town_count(super, "outgoing"), 0);
	CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
}

/* --- to whom --- */

static void test_only_who_can_be_written_to_and_is_still_merged(void)
{
	begin(100, 6);
	(void)pg_run(super, "DELETE FROM complaint_contact WHERE complaint_id IN (" RECORD(
							"1") ", " RECORD("2") ", " RECORD("3") ")");
	owners_add(&owners, 1, 2, NULL);
	owners_add_faulty(&owners, 1, 3);
	(void)pg_run(super, "UPDATE complaint SET state = 2, state_before = NULL, master_id = NULL,"
						" ended_at = NULL WHERE day_no = 5");
	notice(COMPLAINT_STEP_CONFIRM);
	CHECK_INT_EQ(run(), 1);
	CHECK_STR_EQ(pg_run(super, "SELECT string_agg(ltrim(right(complaint_id::text, 12), '0'), ' '"
							   " ORDER BY complaint_id) FROM outgoing"),
		"4 6");
	CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
}

/* --- once, in portions --- */

static void test_many_are_told_in_portions(void)
{
	static const struct {
		uint32_t count;
		size_t turns;
	} rows[] = {{1, 1}, {31, 1}, {32, 2}, {33, 2}, {64, 3}, {70, 3}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(100, rows[i].count);
		notice(COMPLAINT_STEP_CONFIRM);
		CHECK_INT_EQ(run(), rows[i].turns);
		CHECK_INT_EQ(town_count(super, "outgoing"), (int)rows[i].count);
		CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT complaint_id FROM outgoing) o"),
			(int)rows[i].count);
		CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
		CHECK_INT_EQ(run(), 0);
		if (check_failed()) {
			printf("# %u\n", (unsigned)rows[i].count);
			return;
		}
	}
}

/* Both have read the same portion before either wrote; and one that was away comes with an old one. */
static void test_two_servers_tell_each_once(void)
{
	for (int round = 0; round < 8 && !check_failed(); round++) {
		struct portion here, there;

		begin(100, 70);
		notice(COMPLAINT_STEP_SEND);
		CHECK_INT_EQ(portion_look(&here, &owners, &lanes, &merged_portion), 32);
		CHECK_INT_EQ(portion_look(&there, &owners, &lanes, &merged_portion), 32);
		portion_write(&here, &lanes, 0);
		if (round % 2 == 1) {
			lanes_run(&lanes);
			(void)run();
		}
		portion_write(&there, &lanes, 1);
		lanes_run(&lanes);
		CHECK_INT_EQ(portion_done(&here) + portion_done(&there), 1);
		portion_fini(&here);
		portion_fini(&there);
		(void)run();
		CHECK_INT_EQ(town_count(super, "outgoing"), 70);
		CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT complaint_id FROM outgoing) o"), 70);
		CHECK_INT_EQ(town_count(super, "merged_notice"), 0);
	}
}

static void test_nobody_is_told_at_night(void)
{
	begin(100, 40);
	notice(COMPLAINT_STEP_CONFIRM);
	owners.server.now.utc_us = TOWN_NOW + 2 * HOUR_US; /* 21:20 */
	CHECK_INT_EQ(run(), 1);
	CHECK_INT_EQ(town_count(super, "outgoing"), 0);
	CHECK_STR_EQ(
		pg_run(super, "SELECT to_char(due_at, 'MMDD HH24:MI') FROM merged_notice"), "1124 01:00");
	owners.server.now.utc_us = TOWN_NOW + 14 * HOUR_US;
	CHECK_INT_EQ(run(), 2);
	CHECK_INT_EQ(town_count(super, "outgoing"), 40);
}

static const struct test tests[] = {
	{"a_notice_is_left_where_the_domain_says_so", test_a_notice_is_left_where_the_domain_says_so},
	{"an_old_version_leaves_no_notice", test_an_old_version_leaves_no_notice},
	{"each_step_says_its_own_in_the_owners_language",
		test_each_step_says_its_own_in_the_owners_language},
	{"an_answer_that_is_gone_is_not_told", test_an_answer_that_is_gone_is_not_told},
	{"only_who_can_be_written_to_and_is_still_merged",
		test_only_who_can_be_written_to_and_is_still_merged},
	{"many_are_told_in_portions", test_many_are_told_in_portions},
	{"two_servers_tell_each_once", test_two_servers_tell_each_once},
	{"nobody_is_told_at_night", test_nobody_is_told_at_night},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_merged", &database);
	super = pg_connect(database.super);
	(void)pg_run(super, "SET timezone = 'UTC'");
	town_build(super);
	owners_init(&owners, super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	owners_fini(&owners);
	PQfinish(super);
	return failed;
}
