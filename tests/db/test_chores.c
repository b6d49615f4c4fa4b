/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the server does by itself, on a real PostgreSQL: pauses that are over end, what was merged
 * into a complaint that came to nothing is taken out of it, and what is settled is archived: exactly that
 * which complaint_decide would let the server archive, one by one. Each is done once, a portion at a time.
 */
#include <openssl/sha.h>
#include <stdlib.h>

#include "server/domain/complaint_record.h"
#include "tests/check.h"
#include "tests/db/town.h"
#include "tests/db/lanes.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SQL_MAX 4096
#define PORTIONS_MAX 5

#define NOW "timestamptz '2026-11-23 11:20:00+00'" /* TOWN_NOW */
#define US "interval '1 microsecond'"
#define NOBODY "'00000000-0000-0000-0000-000000000000'"
#define COMMUNITY(c) "('a2000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define TEAM(c) "('a3000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

/* Complaints n of community c at version 3; `from` ends in a name with these columns, c and n. */
#define ADD(columns, from) \
	"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, channel, urgency," \
	" body, submitted_at, changed_at, team_id, " columns ") SELECT " COMMUNITY("c") ", " RECORD( \
		"n::integer") ", '2026-11-01', n, 3, 1, 1, '路灯不亮', '2026-11-01 08:00:00+00'," \
					  " '2026-11-01 08:00:00+00', " TEAM("c") ", " columns " FROM " from

#define EVENTS_SINCE \
	"SELECT coalesce(string_agg(format('%s.%s %s %s %s>%s v%s %s %s %s', " \
	"right(community_id::text," \
	" 1), ltrim(right(subject_id::text, 12), '0'), topic, step, state_from, state_to, version," \
	" actor, number, at = " NOW " AND account_id = " NOBODY " AND device_id = " NOBODY \
	" AND grant_id = " NOBODY "), '; ' ORDER BY community_id, subject_id), '-') FROM event"

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* As chore.c sends it. Returns how many it moved. */
static int run(enum stmt stmt)
{
	struct query *query;
	struct job job;
	int count;

	job_init(&job);
	query = job_query(&job, stmt);
	query_time(query, TOWN_NOW);
	if (stmt == STMT_complaints_archive) {
		query_int2s(query, complaint_unasked_kinds, COMPLAINT_UNASKED_COUNT);
	}
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	assert(query_rows(query) == 1);
	count = row_int4(query, 0, 0);
	job_fini(&job);
	return count;
}

/* --- resume --- */

static const char *paused_now(void)
{
	return pg_run(super,
		"SELECT string_agg(format('%s.%s %s v%s %s%s', right(community_id::text, 1), day_no, state,"
		" version, CASE WHEN pending_at = " NOW " THEN 'now' ELSE coalesce(to_char(pending_at,"
		" 'MMDD'), '-') END, CASE WHEN state_before IS NULL AND suspend_reason IS NULL"
		" AND suspended_until IS NULL THEN '' ELSE ' paused' END ||"
		" CASE WHEN changed_at = " NOW " THEN ' changed' ELSE '' END), '; '"
		" ORDER BY community_id, day_no) FROM complaint");
}

static void test_a_pause_that_is_over_ends(void)
{
	static const char after[] =
		"1.1 2 v4 - changed; 1.2 7 v4 now changed; 1.3 11 v3 1105 paused; 1.4 3 v4 1105 changed;"
		" 1.5 2 v3 1105; 2.1 7 v4 now changed";

	town_clear(super);
	(void)pg_run(
		super, ADD("kind, state, state_before, suspend_reason, suspended_until, pending_at",
				   "(VALUES (1, 1, 2, 11, 2, 1, " NOW ", NULL::timestamptz),"
				   " (1, 2, 2, 11, 7, 1, " NOW " - " US ", '2026-11-05 08:00:00+00'),"
				   " (1, 3, 2, 11, 7, 1, " NOW " + " US ", '2026-11-05 08:00:00+00'),"
				   " (1, 4, 2, 11, 3, 1, " NOW " - interval '9 days', '2026-11-05 08:00:00+00'),"
				   " (1, 5, 2, 2, NULL, NULL, NULL, '2026-11-05 08:00:00+00'),"
				   " (2, 1, 2, 11, 7, 1, " NOW ", NULL)) r (c, n, kind, state, state_before,"
				   " suspend_reason, suspended_until, pending_at)"));
	CHECK_INT_EQ(run(STMT_complaints_resume), 4);
	CHECK_STR_EQ(paused_now(), after);
	CHECK_STR_EQ(pg_run(super, EVENTS_SINCE),
		"1.1 1 25 11>2 v4 3 20261101-0001 t; 1.2 1 25 11>7 v4 3 20261101-0002 t;"
		" 1.4 1 25 11>3 v4 3 20261101-0004 t; 2.1 1 25 11>7 v4 3 20261101-0001 t");
	CHECK_INT_EQ(run(STMT_complaints_resume), 0);
	CHECK_STR_EQ(paused_now(), after);
	CHECK_INT_EQ(town_count(super, "event"), 4);
}

/* --- unmerge --- */

static const char *merged_now(void)
{
	return pg_run(super,
		"SELECT string_agg(format('%s.%s %s v%s +%s %s%s', right(community_id::text, 1), day_no,"
		" state, version, merged_count, CASE WHEN pending_at = " NOW
		" THEN 'now' ELSE coalesce(to_char(pending_at, 'MMDD'), '-') END,"
		" CASE WHEN state_before IS NULL AND master_id IS NULL AND ended_at IS NULL THEN ''"
		" ELSE ' ended' END), '; ' ORDER BY community_id, day_no) FROM complaint");
}

/* Masters are 1 to 7; what is merged into n, 10 n and what follows. 2.1 has the id of 1.1, but is open. */
static void test_what_came_to_nothing_lets_go(void)
{
	static const char after[] =
		"1.1 103 v3 +0 - ended; 1.2 102 v3 +0 - ended; 1.3 2 v3 +1 -; 1.4 100 v3 +1 - ended;"
		" 1.5 101 v3 +1 - ended; 1.6 105 v3 +1 - ended; 1.7 11 v3 +1 - ended;"
		" 1.10 2 v4 +0 1105; 1.11 7 v4 +0 now; 1.20 12 v4 +0 -; 1.30 104 v3 +0 - ended;"
		" 1.40 104 v3 +0 - ended; 1.50 104 v3 +0 - ended; 1.60 104 v3 +0 - ended;"
		" 1.70 104 v3 +0 - ended; 2.1 2 v3 +1 -; 2.10 104 v3 +0 - ended";

	town_clear(super);
	(void)pg_run(super,
		ADD("kind, state, state_before, master_id, merged_count, ended_at, pending_at,"
			" suspended_until",
			"(SELECT c, n, 2 AS kind, state, CASE WHEN state = 11 THEN 2 ELSE before END"
			" AS state_before, " RECORD(
				"master") " AS master_id, merged_count,"
						  " CASE WHEN state >= 100 THEN " NOW " - interval '1 day' END AS ended_at,"
						  " pending_at, CASE WHEN state = 11 THEN " NOW " + interval '1 day' END"
						  " AS suspended_until FROM (VALUES (1, 1, 103, NULL::integer, "
						  "NULL::integer, 2,"
						  " NULL::timestamptz), (1, 2, 102, NULL, NULL, 1, NULL), (1, 3, 2, NULL, "
						  "NULL, 1, NULL),"
						  " (1, 4, 100, NULL, NULL, 1, NULL), (1, 5, 101, NULL, NULL, 1, NULL),"
						  " (1, 6, 105, NULL, NULL, 1, NULL), (1, 7, 11, NULL, NULL, 1, NULL),"
						  " (1, 10, 104, 2, 1, 0, '2026-11-05 08:00:00+00'),"
						  " (1, 11, 104, 7, 1, 0, '2026-11-05 08:00:00+00'), (1, 20, 104, 12, 2, "
						  "0, NULL),"
						  " (1, 30, 104, 2, 3, 0, NULL), (1, 40, 104, 2, 4, 0, NULL), (1, 50, 104, "
						  "2, 5, 0, NULL),"
						  " (1, 60, 104, 2, 6, 0, NULL), (1, 70, 104, 2, 7, 0, NULL),"
						  " (2, 1, 2, NULL, NULL, 1, NULL), (2, 10, 104, 2, 1, 0, NULL))"
						  " v (c, n, state, before, master, merged_count, pending_at)) r"));
	CHECK_INT_EQ(run(STMT_complaints_unmerge), 3);
	CHECK_STR_EQ(merged_now(), after);
	CHECK_STR_EQ(pg_run(super, EVENTS_SINCE),
		"1.a 1 27 104>2 v4 3 20261101-0010 t; 1.b 1 27 104>7 v4 3 20261101-0011 t;"
		" 1.14 1 27 104>12 v4 3 20261101-0020 t");
	CHECK_INT_EQ(run(STMT_complaints_unmerge), 0);
	CHECK_STR_EQ(merged_now(), after);
	CHECK_INT_EQ(town_count(super, "event"), 3);
}

/* --- archive --- */

/* Each was submitted: what is archived has something to be hashed. */
static void add_events(void)
{
	(void)pg_run(super, "INSERT INTO event (community_id, at, topic, subject_id, step, state_to,"
						" version, account_id, device_id, grant_id) SELECT community_id,"
						" submitted_at, 1, complaint_id, 1, 1, 1, " NOBODY ", " NOBODY ", " NOBODY
						" FROM complaint");
}

/* Every state, 15 days to the microsecond, every kind, every way to close, followed up or not. */
static void add_every_case(void)
{
	char sql[SQL_MAX];
	char states[COMPLAINT_STATE_COUNT * 5 + 1] = "";

	for (size_t i = 0, len = 0; i < COMPLAINT_STATE_COUNT; i++) {
		len += (size_t)snprintf(
			states + len, sizeof states - len, i == 0 ? "%d" : ",%d", complaint_states[i]);
	}
	(void)snprintf(sql, sizeof sql,
		ADD("kind, state, state_before, suspended_until, master_id, ended_at, followed_up_at,"
			" close_mode",
			"(SELECT *, CASE WHEN state = 104 THEN " RECORD(
				"n::integer") " END AS master_id FROM"
							  " (SELECT 1 AS c, row_number() OVER () AS n, kind, state,"
							  " CASE WHEN state IN (11, 104) THEN 2 END AS state_before,"
							  " CASE WHEN state = 11 THEN " NOW " + interval '1 day' END"
							  " AS suspended_until, " NOW " - interval '360 hours' - past * " US
							  " AS ended_at, CASE WHEN is_followed_up THEN " NOW
							  " - interval '1 day'"
							  " END AS followed_up_at, close_mode"
							  " FROM unnest('{%s}'::integer[]) state, generate_series(1, 8) kind,"
							  " unnest('{NULL, -1, 0, 1, 86400000000}'::bigint[]) past,"
							  " unnest('{NULL, 1, 2, 3, 4}'::integer[]) close_mode,"
							  " (VALUES (true), (false)) f (is_followed_up)) q) r"),
		states);
	(void)pg_run(super, sql);
	add_events();
}

enum { CASE_STATE, CASE_VERSION, CASE_KIND, CASE_CLOSE_MODE, CASE_FOLLOWED, CASE_ENDED, CASE_HASH };

static PGresult *cases_now(void)
{
	PGresult *result =
		PQexec(super, "SELECT state, version, kind, coalesce(close_mode, 0), (followed_up_at IS "
					  "NOT NULL)::integer,"
					  " coalesce(extract(epoch FROM ended_at) * 1000000, 0)::bigint,"
					  " coalesce(length(archive_hash), 0) FROM complaint ORDER BY day_no");

	assert(PQresultStatus(result) == PGRES_TUPLES_OK);
	return result;
}

static int64_t number_of(const PGresult *result, int row, int column)
{
	return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

/* The state it goes to by the table of the flow, or 0. */
static int decided(const PGresult *before, int row)
{
	const struct complaint_record record = {
		.kind = (int)number_of(before, row, CASE_KIND),
		.close_mode = (int)number_of(before, row, CASE_CLOSE_MODE),
	};
	const struct complaint_ask ask = {
		.state = (enum complaint_state)number_of(before, row, CASE_STATE),
		.state_before = COMPLAINT_ACCEPTED,
		.version = 3,
		.version_expected = 3,
		.step = COMPLAINT_STEP_ARCHIVE,
		.lead = LEAD_LEADER,
		.has_team = true,
		.wants_follow_up = complaint_wants_follow_up(&record),
		.is_followed_up = number_of(before, row, CASE_FOLLOWED) != 0,
		.ended_us = number_of(before, row, CASE_ENDED),
		.now_us = TOWN_NOW,
		.is_system = true,
	};
	struct complaint_verdict verdict;

	return complaint_decide(&ask, &verdict) == ERR_OK ? (int)verdict.to : 0;
}

static void check_row(const PGresult *before, const PGresult *after, int row)
{
	int to = decided(before, row);

	CHECK_INT_EQ(
		number_of(after, row, CASE_STATE), to == 0 ? number_of(before, row, CASE_STATE) : to);
	CHECK_INT_EQ(number_of(after, row, CASE_VERSION), to == 0 ? 3 : 4);
	CHECK_INT_EQ(number_of(after, row, CASE_HASH), to == 0 ? 0 : 32);
	CHECK_INT_EQ(number_of(after, row, CASE_ENDED), number_of(before, row, CASE_ENDED));
}

/* Row by row. Returns how many were to be archived. */
static int check_rows(const PGresult *before, const PGresult *after)
{
	int decided_count = 0;

	for (int row = 0; row < PQntuples(before); row++) {
		check_row(before, after, row);
		if (check_failed()) {
			printf("# state %s kind %s closed %s followed %s ended %s\n",
				PQgetvalue(before, row, CASE_STATE), PQgetvalue(before, row, CASE_KIND),
				PQgetvalue(before, row, CASE_CLOSE_MODE), PQgetvalue(before, row, CASE_FOLLOWED),
				PQgetvalue(before, row, CASE_ENDED));
			break;
		}
		decided_count += decided(before, row) != 0;
	}
	return decided_count;
}

static void test_what_is_archived_is_what_may_be(void)
{
	PGresult *before, *after;
	int archived_count = 0;
	int case_count, decided_count;

	town_clear(super);
	add_every_case();
	before = cases_now();
	for (int i = 0, count = 1; i < PORTIONS_MAX && count > 0; i++) {
		count = run(STMT_complaints_archive);
		archived_count += count;
	}
	after = cases_now();
	case_count = PQntuples(before);
	assert(PQntuples(after) == case_count);
	decided_count = check_rows(before, after);
	PQclear(before);
	PQclear(after);
	CHECK_INT_EQ(case_count, COMPLAINT_STATE_COUNT * 5 * 8 * 5 * 2);
	/* Two states, two times: all 40 that were followed up, and of the others 15 of three kinds, 5 imported. */
	CHECK_INT_EQ(decided_count, 2 * 2 * (40 + 15 + 5));
	CHECK_INT_EQ(archived_count, decided_count);
	CHECK_INT_EQ(run(STMT_complaints_archive), 0);
	CHECK_INT_EQ(town_count(super, "event WHERE step <> 1"), decided_count);
	CHECK_INT_EQ(town_count(super, "event e JOIN complaint c ON c.complaint_id = e.subject_id"
								   " WHERE e.step = 29 AND e.state_from IN (100, 101)"
								   " AND e.state_to = 105 AND e.version = 4 AND c.state = 105"
								   " AND c.changed_at = e.at AND e.actor = 3 AND e.at = " NOW),
		decided_count);
}

/* --- what the hash is made of --- */

/*
 * Lines of the events of 1.1, in order, without a line feed at the end: number, microseconds, step, states
 * from and to, version, account, device, grant, actor, hash of the words; what is null is left out.
 */
static const char hashed[] =
	"999999|1793520000000001|1|1|1|a0000000-0000-0000-0000-000000000001"
	"|a1000000-0000-0000-0000-000000000001|00000000-0000-0000-0000-000000000000|1"
	"|abababababababababababababababababababababababababababababababab\n"
	"1000000|1793606400000000|8|7|100|3|00000000-0000-0000-0000-000000000000"
	"|00000000-0000-0000-0000-000000000000|00000000-0000-0000-0000-000000000000|2";

static void add_hashed(void)
{
	(void)pg_run(super,
		ADD("kind, state, ended_at, followed_up_at",
			"(SELECT c, n, 2 AS kind, 100 AS state, " NOW " - interval '16 days' AS ended_at, " NOW
			" AS followed_up_at FROM (VALUES (1, 1), (1, 2), (2, 1)) v (c, n)) r"));
	(void)pg_run(super,
		"INSERT INTO event (community_id, seq, at, topic, subject_id, step, state_from, state_to,"
		" version, account_id, device_id, grant_id, actor, text_hash) OVERRIDING SYSTEM VALUE"
		" SELECT " COMMUNITY("c") ", seq, '2026-11-01 08:00:00+00'::timestamptz + after, "
								  "1, " RECORD(
									  "n") ", step, state_from, state_to, version, who::uuid, "
										   "device::uuid, " NOBODY ", actor,"
										   " decode(words, 'hex') FROM (VALUES"
										   " (1, 1, 1000000, interval '1 day', 8, 7, 100, "
										   "3, " NOBODY ", " NOBODY ", 2, NULL),"
										   " (1, 1, 999999, " US ", 1, NULL, 1, 1, "
										   "'a0000000-0000-0000-0000-000000000001',"
										   " 'a1000000-0000-0000-0000-000000000001', 1, "
										   "repeat('ab', 32)),"
										   " (1, 2, 1000001, interval '0', 1, NULL, 1, 1, " NOBODY
										   ", " NOBODY ", 1, NULL),"
										   " (2, 1, 1000002, interval '0', 1, NULL, 1, 1, " NOBODY
										   ", " NOBODY ", 1, NULL))"
										   " v (c, n, seq, after, step, state_from, state_to, "
										   "version, who, device, actor,"
										   " words)");
}

static void test_the_hash_is_of_its_events_in_order(void)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];

	town_clear(super);
	add_hashed();
	CHECK_INT_EQ(run(STMT_complaints_archive), 3);
	SHA256((const uint8_t *)hashed, sizeof hashed - 1, hash);
	for (size_t i = 0; i < sizeof hash; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	}
	CHECK_STR_EQ(pg_run(super, "SELECT encode(archive_hash, 'hex') FROM complaint WHERE"
							   " community_id = " COMMUNITY("1") " AND day_no = 1"),
		hex);
	CHECK_STR_EQ(pg_run(super, "SELECT count(DISTINCT archive_hash)::text FROM complaint"), "3");
	CHECK_INT_EQ(run(STMT_complaints_archive), 0);
	CHECK_STR_EQ(pg_run(super, EVENTS_SINCE " WHERE step = 29"),
		"1.1 1 29 100>105 v4 3 20261101-0001 t; 1.2 1 29 100>105 v4 3 20261101-0002 t;"
		" 2.1 1 29 100>105 v4 3 20261101-0001 t");
}

/* --- portions --- */

#define MANY "generate_series(1, 450) n"

static const struct portion_case {
	const char *what;
	enum stmt stmt;
	const char *add;
	int counts[PORTIONS_MAX + 1];
	const char *never; /* rows that there are not after the first portion */
} portion_cases[] = {
	{"pauses", STMT_complaints_resume,
		ADD("kind, state, state_before, suspended_until",
			"(SELECT 1 AS c, n, 2 AS kind, 11 AS state, 2 AS state_before, " NOW
			" - n * interval '1 second' AS suspended_until FROM " MANY ") r"),
		{100, 100, 100, 100, 50, 0}, "complaint WHERE state = 11 AND day_no > 350"},
	{"masters", STMT_complaints_unmerge,
		ADD("kind, state, state_before, master_id, merged_count",
			"(SELECT 1 AS c, n, 2 AS kind, CASE n WHEN 450 THEN 103 ELSE 104 END AS state,"
			" CASE WHEN n < 450 THEN 2 END AS state_before, CASE WHEN n < 450 THEN " RECORD(
				"450") " END AS master_id, CASE n WHEN 450 THEN 449 ELSE 0 END AS merged_count"
					   " FROM " MANY ") r"),
		{100, 100, 100, 100, 49, 0}, "complaint WHERE merged_count NOT IN (0, 349)"},
	{"the archive", STMT_complaints_archive,
		ADD("kind, state, ended_at, followed_up_at",
			"(SELECT 1 AS c, n, 2 AS kind, 100 AS state, " NOW
			" - interval '20 days' - n * interval '1 second' AS ended_at, " NOW
			" AS followed_up_at FROM " MANY ") r"),
		{200, 200, 50, 0, 0, 0}, "complaint WHERE state = 100 AND day_no > 250"},
};

static void check_portion_case(const struct portion_case *one)
{
	town_clear(super);
	(void)pg_run(super, one->add);
	add_events();
	for (size_t i = 0; i < COUNT(one->counts); i++) {
		CHECK_INT_EQ(run(one->stmt), one->counts[i]);
		if (i == 0) {
			CHECK_INT_EQ(town_count(super, one->never), 0);
		}
	}
	CHECK_INT_EQ(
		town_count(super, "complaint WHERE merged_count <> 0 OR master_id IS NOT NULL"), 0);
	CHECK_INT_EQ(town_count(super, "event WHERE step <> 1"),
		town_count(super, "complaint WHERE version = 4"));
	CHECK_INT_EQ(town_count(super, "complaint WHERE version > 4"), 0);
}

static void test_many_are_moved_in_portions(void)
{
	for (size_t i = 0; i < COUNT(portion_cases); i++) {
		check_portion_case(&portion_cases[i]);
		if (check_failed()) {
			printf("# %s\n", portion_cases[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"a_pause_that_is_over_ends", test_a_pause_that_is_over_ends},
	{"what_came_to_nothing_lets_go", test_what_came_to_nothing_lets_go},
	{"what_is_archived_is_what_may_be", test_what_is_archived_is_what_may_be},
	{"the_hash_is_of_its_events_in_order", test_the_hash_is_of_its_events_in_order},
	{"many_are_moved_in_portions", test_many_are_moved_in_portions},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_chores", &database);
	super = pg_connect(database.super);
	(void)pg_run(super, "SET timezone = 'UTC'");
	town_build(super);
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
