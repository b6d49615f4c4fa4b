/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that owners who do not answer are reminded, on a real PostgreSQL and by the job's own decision: exactly those
 * whom complaint_decide would let the server remind, each once, with two servers at it in one moment; the latest that
 * is due after a week's downtime, in portions; nobody at night; and that asking, by whatever way, sets the first one.
 */
#include <stdlib.h>

#include "server/domain/complaint_record.h"
#include "server/domain/reminder.h"
#include "server/job/reminder_job.h"
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/owners.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SQL_MAX 4096
#define HOUR_US (INT64_C(3600) * US_PER_S)
#define DAY_US (24 * HOUR_US)

#define NOW "timestamptz '2026-11-23 11:20:00+00'" /* TOWN_NOW: 19:20 in community 1, 11:20 in 2 */
#define COMMUNITY(c) "('a2000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define TEAM(c) "('a3000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

/* Complaints n of community c at version 3; `from` ends in a name with these columns, c and n. */
#define ADD(columns, from) \
	"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, " \
	"urgency," \
	" body, submitted_at, changed_at, team_id, " columns ") SELECT " COMMUNITY("c") ", " RECORD( \
		"n::integer") ", '2026-11-01', n, 3, 2, 1, 1, '路灯不亮', '2026-11-01 08:00:00+00'," \
					  " '2026-11-01 08:00:00+00', " TEAM("c") ", " columns " FROM " from

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;
static struct owners owners;

static void begin(const char *add)
{
	town_clear(super);
	owners.server.now.utc_us = TOWN_NOW;
	(void)pg_run(super, add);
}

static size_t run(void)
{
	return portions_run(&owners, &lanes, &reminder_portion);
}

static const char *complaints_now(void)
{
	return pg_run(super,
		"SELECT string_agg(format('%s.%s v%s %s%s', right(community_id::text, 1), day_no, version,"
		" coalesce(to_char(remind_at, 'MMDD HH24:MI'), '-'),"
		" CASE WHEN changed_at = " NOW " THEN ' changed' ELSE '' END), '; '"
		" ORDER BY community_id, day_no) FROM complaint");
}

static const char *events_now(void)
{
	return pg_run(super, "SELECT coalesce(string_agg(format('%s.%s %s %s>%s v%s %s %s day %s %s',"
						 " right(community_id::text, 1), right(number, 1), step, state_from, "
						 "state_to, version, actor,"
						 " number, score, account_id = device_id AND device_id = grant_id), '; '"
						 " ORDER BY community_id, number), '-') FROM event");
}

/* --- what is set when an owner is asked --- */

/* The two statements of a step, and what the server takes back by itself, say what the domain says. */
static void check_first(int64_t pending_us)
{
	CHECK_INT_EQ(town_count(super, "complaint WHERE state = 7"), 1);
	CHECK_INT_EQ(
		town_count(super, town_text("complaint WHERE state = 7 AND pending_at = " NOW
									" AND (extract(epoch FROM remind_at) * 1000000)::bigint = %lld",
							  (long long)reminder_first_us(pending_us))),
		1);
}

static void test_asking_sets_the_first_reminder(void)
{
	static const enum stmt stmts[] = {STMT_complaint_step, STMT_complaint_step_full};

	for (size_t i = 0; i < COUNT(stmts); i++) {
		const struct command ask = {
			.stmt = stmts[i], .record = 1, .key = 11, .version = 3, .from = 6, .to = 7};
		const struct command close = {
			.stmt = stmts[i], .record = 1, .key = 12, .version = 4, .from = 7, .to = 100};
		enum verdict verdict;

		begin(ADD("state", "(VALUES (1, 1, 6)) r (c, n, state)"));
		commands_run(&lanes, &ask, 1, &verdict);
		CHECK_INT_EQ(verdict, APPLIED);
		check_first(TOWN_NOW);
		commands_run(&lanes, &close, 1, &verdict);
		CHECK_INT_EQ(verdict, APPLIED);
		CHECK_INT_EQ(town_count(super, "complaint WHERE remind_at IS NOT NULL"), 0);
		CHECK_INT_EQ(town_count(super, "complaint WHERE state = 100"), 1);
	}
}

static void take_back(enum stmt stmt)
{
	struct job job;

	job_init(&job);
	query_time(job_query(&job, stmt), TOWN_NOW);
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_DONE);
	job_fini(&job);
}

static void test_what_comes_back_to_the_owner_begins_anew(void)
{
	begin(ADD("state, state_before, suspend_reason, suspended_until, pending_at",
		"(VALUES (1, 1, 11, 7, 1, " NOW ", " NOW " - interval '5 days'),"
		" (1, 2, 11, 3, 1, " NOW ", " NOW " - interval '5 days')) r (c, n, state, state_before,"
		" suspend_reason, suspended_until, pending_at)"));
	take_back(STMT_complaints_resume);
	check_first(TOWN_NOW);
	CHECK_INT_EQ(town_count(super, "complaint WHERE remind_at IS NULL"), 1);

	begin(ADD("state, state_before, master_id, merged_count",
		"(VALUES (1, 1, 103, NULL, NULL, 1), (1, 2, 104, 7, " RECORD(
			"1") ", 0)) r (c, n, state, state_before, master_id, merged_count)"));
	take_back(STMT_complaints_unmerge);
	check_first(TOWN_NOW);
	CHECK_INT_EQ(town_count(super, "complaint WHERE remind_at IS NULL"), 1);
}

/* --- whom the server reminds is whom the table lets it --- */

/* Every state; a time that is past, now, to come, none. The table says it once more, row by row. */
static void test_who_is_reminded_is_who_may_be(void)
{
	static const int64_t offsets[] = {-30 * DAY_US, -1, 0, 1, INT64_MAX}; /* the last: none */
	size_t may_count = 0;

	begin("SELECT 1");
	for (uint32_t i = 0; i < COMPLAINT_STATE_COUNT * COUNT(offsets); i++) {
		enum complaint_state state = complaint_states[i / COUNT(offsets)];
		int64_t offset_us = offsets[i % COUNT(offsets)];
		bool is_side = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED;

		(void)pg_run(super,
			town_text(ADD("state, state_before, suspended_until, master_id, pending_at, remind_at",
						  "(SELECT 1 AS c, %u AS n, %d AS state, %s::smallint AS state_before,"
						  " %s::timestamptz AS suspended_until, %s::uuid AS master_id, " NOW
						  " - interval '31 days' AS pending_at, (%s)::timestamptz AS remind_at) r"),
				i + 1, (int)state, is_side ? "2" : "NULL",
				state == COMPLAINT_SUSPENDED ? "now()" : "NULL",
				state == COMPLAINT_MERGED ? "'a5000000-0000-0000-0000-000000000001'" : "NULL",
				offset_us == INT64_MAX
					? "NULL"
					: town_text(NOW " + %lld * interval '1 microsecond'", (long long)offset_us)));
		owners_add(&owners, 1, i + 1, "+8613812345678");
	}
	(void)run();
	for (uint32_t i = 0; i < COMPLAINT_STATE_COUNT * COUNT(offsets) && !check_failed(); i++) {
		int64_t offset_us = offsets[i % COUNT(offsets)];
		const struct complaint_ask ask = {
			.state = complaint_states[i / COUNT(offsets)],
			.state_before = COMPLAINT_ACCEPTED,
			.step = COMPLAINT_STEP_REMIND,
			.lead = LEAD_LEADER,
			.pending_us = TOWN_NOW - 31 * DAY_US,
			.remind_us = offset_us == INT64_MAX ? 0 : TOWN_NOW + offset_us,
			.now_us = TOWN_NOW,
			.is_system = true,
		};
		struct complaint_verdict verdict;
		bool may = complaint_decide(&ask, &verdict) == ERR_OK;

		may_count += may;
		CHECK_INT_EQ(town_count(super, town_text("event WHERE step = 31 AND state_from = %d AND"
												 " subject_id = " RECORD("%u"),
										   (int)ask.state, i + 1)),
			may);
		CHECK_INT_EQ(strcmp(owners_told(&owners, 1, i + 1), "-") != 0, may);
	}
	CHECK_INT_EQ(may_count, 3);
	CHECK_INT_EQ(town_count(super, "event"), 3);
	/* What a server of before left behind is forgotten, without a word. */
	CHECK_INT_EQ(town_count(super, "complaint WHERE remind_at <= " NOW), 0);
}

/* --- once --- */

#define FOUR \
	ADD("state, language, pending_at, remind_at", \
		"(VALUES (1, 1, 7, 1, " NOW " - interval '1 day', " NOW "), (1, 2, 7, 2, " NOW \
		" - interval '3 days', " NOW "), (1, 3, 7, 1, " NOW " - interval '7 days', " NOW \
		"), (2, 1, 7, 1, " NOW " - interval '9 days', " NOW " - interval '8 days'))" \
		" r (c, n, state, language, pending_at, remind_at)")

static void begin_four(void)
{
	begin(FOUR);
	owners_add(&owners, 1, 1, "+8613800000001");
	owners_add(&owners, 1, 2, "+8613800000002");
	owners_add(&owners, 1, 3, "+8613800000003");
	owners_add(&owners, 2, 1, "+8613800000004");
}

static void check_four(void)
{
	CHECK_STR_EQ(complaints_now(), "1.1 v4 1125 11:20 changed; 1.2 v4 1127 11:20 changed;"
								   " 1.3 v4 - changed; 2.1 v4 - changed");
	CHECK_STR_EQ(events_now(),
		"1.1 31 7>7 v4 3 20261101-0001 day 1 t; 1.2 31 7>7 v4 3 20261101-0002 day 3 t;"
		" 1.3 31 7>7 v4 3 20261101-0003 day 7 t; 2.1 31 7>7 v4 3 20261101-0001 day 7 t");
	CHECK_INT_EQ(town_count(super, "outgoing"), 4);
	CHECK(
		strstr(owners_told(&owners, 1, 1),
			"15 1 +8613800000001 【花园小区】您的诉求20261101-0001") == owners_told(&owners, 1, 1));
	CHECK(strstr(owners_told(&owners, 1, 2),
			  "16 2 +8613800000002 [花园小区] Once more: your request 20261101-0002") ==
		  owners_told(&owners, 1, 2));
	CHECK(strstr(owners_told(&owners, 1, 3), "17 1 +8613800000003 【花园小区】最后提醒") ==
		  owners_told(&owners, 1, 3));
	CHECK(strstr(owners_told(&owners, 2, 1), "17 1 +8613800000004 【港湾小区】最后提醒") ==
		  owners_told(&owners, 2, 1));
}

static void test_each_is_reminded_of_its_day_in_its_language(void)
{
	begin_four();
	CHECK_INT_EQ(run(), 1);
	check_four();
	CHECK_INT_EQ(run(), 0);
	check_four();
}

/* Both have read the same before either wrote: whatever the order, once. */
static void test_two_servers_remind_once(void)
{
	for (int round = 0; round < 8 && !check_failed(); round++) {
		struct portion here, there;

		begin_four();
		CHECK_INT_EQ(portion_look(&here, &owners, &lanes, &reminder_portion), 4);
		CHECK_INT_EQ(portion_look(&there, &owners, &lanes, &reminder_portion), 4);
		portion_write(&here, &lanes, round % 2 == 0 ? 0 : 1);
		if (round >= 4) {
			lanes_run(&lanes); /* one after the other */
		}
		portion_write(&there, &lanes, round % 2 == 0 ? 1 : 0);
		lanes_run(&lanes);
		CHECK_INT_EQ(portion_done(&here) + portion_done(&there), 4);
		portion_fini(&here);
		portion_fini(&there);
		check_four();
	}
}

/* The owner answers between the look and the write. */
static void test_who_answers_meanwhile_is_not_reminded(void)
{
	struct portion portion;

	begin_four();
	CHECK_INT_EQ(portion_look(&portion, &owners, &lanes, &reminder_portion), 4);
	(void)pg_run(super, "UPDATE complaint SET state = 100, version = version + 1, remind_at = NULL,"
						" ended_at = now() WHERE day_no = 1");
	portion_write(&portion, &lanes, 0);
	lanes_run(&lanes);
	CHECK_INT_EQ(portion_done(&portion), 2);
	portion_fini(&portion);
	CHECK_STR_EQ(owners_told(&owners, 1, 1), "-");
	CHECK_STR_EQ(owners_told(&owners, 2, 1), "-");
	CHECK_INT_EQ(town_count(super, "event"), 2);
}

/* --- who cannot be reminded, and when nobody is --- */

static void test_who_has_no_telephone_waits_for_a_decision_all_the_same(void)
{
	begin(FOUR);
	owners_add(&owners, 1, 2, NULL);
	owners_add_faulty(&owners, 1, 3);
	(void)run();
	CHECK_STR_EQ(complaints_now(), "1.1 v3 1125 11:20; 1.2 v3 1127 11:20; 1.3 v3 -; 2.1 v3 -");
	CHECK_INT_EQ(town_count(super, "outgoing") + town_count(super, "event"), 0);
}

/* Two hours later it is 21:20 in one community, and 13:20 in the other. */
static void test_nobody_is_reminded_at_night(void)
{
	begin_four();
	owners.server.now.utc_us = TOWN_NOW + 2 * HOUR_US;
	CHECK_INT_EQ(run(), 1);
	CHECK_STR_EQ(
		complaints_now(), "1.1 v3 1124 01:00; 1.2 v3 1124 01:00; 1.3 v3 1124 01:00; 2.1 v4 -");
	CHECK_INT_EQ(town_count(super, "outgoing"), 1);
	CHECK_INT_EQ(run(), 0);
	owners.server.now.utc_us = TOWN_NOW + 13 * HOUR_US + 40 * 60 * US_PER_S; /* 09:00 there */
	CHECK_INT_EQ(run(), 1);
	CHECK_STR_EQ(events_now(),
		"1.1 31 7>7 v4 3 20261101-0001 day 1 t; 1.2 31 7>7 v4 3 20261101-0002 day 3 t;"
		" 1.3 31 7>7 v4 3 20261101-0003 day 7 t; 2.1 31 7>7 v4 3 20261101-0001 day 7 t");
}

/* --- many --- */

static void test_after_a_week_away_each_is_reminded_once_in_portions(void)
{
	begin(ADD("state, pending_at, remind_at",
		"(SELECT 1 AS c, n, 7 AS state, " NOW " - interval '8 days' - n * interval '1 minute'"
		" AS pending_at, " NOW " - interval '7 days' - n * interval '1 minute' AS remind_at"
		" FROM generate_series(1, 100) AS n) r"));
	for (uint32_t n = 1; n <= 100; n++) {
		owners_add(&owners, 1, n, "+8613812345678");
	}
	CHECK_INT_EQ(run(), 4); /* 32, 32, 32, 4 */
	CHECK_INT_EQ(town_count(super, "outgoing WHERE kind = 17"), 100);
	CHECK_INT_EQ(town_count(super, "outgoing"), 100);
	CHECK_INT_EQ(town_count(super, "event WHERE step = 31 AND score = 7 AND version = 4"), 100);
	CHECK_INT_EQ(town_count(super, "complaint WHERE remind_at IS NULL AND version = 4"), 100);
	CHECK_INT_EQ(run(), 0);
}

/* What waits does not cost what does not: the index has nothing else in it. */
static void test_nothing_due_reads_nothing(void)
{
	begin(ADD("state, pending_at, remind_at",
		"(SELECT 1 AS c, n, CASE WHEN n % 2 = 0 THEN 7 ELSE 2 END AS state, " NOW " AS pending_at,"
		" CASE WHEN n % 2 = 0 THEN " NOW " + interval '1 day' END AS remind_at"
		" FROM generate_series(1, 2000) AS n) r"));
	(void)pg_run(super, "ANALYZE complaint");
	CHECK_INT_EQ(run(), 0);
	CHECK_STR_EQ(pg_run(super, "SELECT reltuples::integer FROM pg_class WHERE relname ="
							   " 'complaint_remind'"),
		"1000");
}

static const struct test tests[] = {
	{"asking_sets_the_first_reminder", test_asking_sets_the_first_reminder},
	{"what_comes_back_to_the_owner_begins_anew", test_what_comes_back_to_the_owner_begins_anew},
	{"who_is_reminded_is_who_may_be", test_who_is_reminded_is_who_may_be},
	{"each_is_reminded_of_its_day_in_its_language",
		test_each_is_reminded_of_its_day_in_its_language},
	{"two_servers_remind_once", test_two_servers_remind_once},
	{"who_answers_meanwhile_is_not_reminded", test_who_answers_meanwhile_is_not_reminded},
	{"who_has_no_telephone_waits_for_a_decision_all_the_same",
		test_who_has_no_telephone_waits_for_a_decision_all_the_same},
	{"nobody_is_reminded_at_night", test_nobody_is_reminded_at_night},
	{"after_a_week_away_each_is_reminded_once_in_portions",
		test_after_a_week_away_each_is_reminded_once_in_portions},
	{"nothing_due_reads_nothing", test_nothing_due_reads_nothing},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_reminders", &database);
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
