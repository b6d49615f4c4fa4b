/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaints_collect on a real PostgreSQL: from how many households on, known by dwelling or telephone and never
 * counted twice, within which time, at which place, of which categories and kinds complaints become a collective one;
 * that what comes later joins it; that each is found once, also by two servers at one moment, with one event
 * that names the first of them. And complaint_earlier: what a household had before, by dwelling and telephone.
 */
#include <stdlib.h>

#include "server/domain/complaint_record.h"
#include "server/domain/joining.h"
#include "tests/check.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define NOW "timestamptz '2026-11-23 11:20:00+00'" /* TOWN_NOW */
#define COMMUNITY(c) "('a2000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define TEAM(c) "('a3000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* 501 and 511 buildings, 502 and 512 their entrances, 601 to 609 and 611 to 619 dwellings; 521 a gate. */
static void build_places(void)
{
	(void)pg_run(super,
		"INSERT INTO place (community_id, place_id, kind, code, parent_id, created_at) "
		"SELECT " COMMUNITY("c") ", " RECORD(
			"n") ", kind, n::text, CASE WHEN parent > 0 "
				 "THEN " RECORD("parent") " END, " NOW " FROM (SELECT 1 AS c, 501 AS n, 1 "
										  "AS kind, 0 AS parent UNION ALL "
										  "VALUES (1, 511, 1, 0),"
										  " (1, 502, 2, 501), (1, 512, 2, "
										  "511), (1, 521, 4, 0), (2, 501, 1, "
										  "0), (2, 502, 2, 501)"
										  " UNION ALL SELECT c, 600 + d, 3, "
										  "502 FROM generate_series(1, 2) c, "
										  "generate_series(1, 9) d"
										  " UNION ALL SELECT 1, 610 + d, 3, "
										  "512 FROM generate_series(1, 9) d) "
										  "p");
}

static void clear(void)
{
	(void)pg_run(super, "UPDATE complaint SET collective_id = NULL; DELETE FROM collective");
	town_clear(super);
}

/*
 * Rows (community, number, place, telephone, minutes ago, category); the telephone 0 is none. More columns are as
 * usual: a repair, by telephone, submitted.
 */
static void add(const char *values)
{
	static char sql[4096];

	(void)snprintf(sql, sizeof sql,
		"WITH v (c, n, place, phone, ago, category) AS (VALUES %s),"
		" x AS (INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, "
		"channel,"
		" urgency, body, submitted_at, changed_at, team_id, place_id, state, category) "
		"SELECT " COMMUNITY("c") ", " RECORD(
			"n") ", '2026-11-23', n, 1, 2, 1, 1, '停水', " NOW " - ago * interval '1 minute', " NOW
				 " - interval '1 day', " TEAM("c") ", " RECORD(
					 "place") ", 1, category FROM v)"
							  " INSERT INTO complaint_contact (community_id, complaint_id, "
							  "wrapped_key, phone_index) SELECT " COMMUNITY("c") ", " RECORD(
								  "n") ", 'k', sha256(phone::text::bytea) FROM v WHERE phone > 0",
		values);
	(void)pg_run(super, sql);
}

static void put(struct job *job)
{
	struct query *query = job_query(job, STMT_complaints_collect);

	query_time(query, TOWN_NOW);
	query_time(query, TOWN_NOW - JOINING_COLLECTIVE_HOURS * JOINING_HOUR_US);
	query_int4(query, JOINING_COLLECTIVE_HOUSEHOLDS);
	query_int2s(query, complaint_unasked_kinds, COMPLAINT_UNASKED_COUNT);
}

/* As chore.c sends it. Returns how many it found. */
static int collect(void)
{
	struct job job;
	int count;

	job_init(&job);
	put(&job);
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	count = row_int4(&job.queries[0], 0, 0);
	job_fini(&job);
	return count;
}

/* "households: members" of each, by its first one. */
static const char *found_now(void)
{
	return pg_run(super,
		"SELECT coalesce(string_agg(format('%s.%s at %s of %s: %s', right(k.community_id::text, 1),"
		" f.day_no, p.code, k.household_count, (SELECT string_agg(c.day_no::text, ' ' ORDER BY "
		"c.day_no)"
		" FROM complaint c WHERE c.community_id = k.community_id AND c.collective_id = "
		"k.collective_id)),"
		" '; ' ORDER BY k.community_id, f.day_no), '-') FROM collective k JOIN complaint f"
		" ON f.community_id = k.community_id AND f.complaint_id = k.first_id JOIN place p"
		" ON p.community_id = k.community_id AND p.place_id = k.place_id");
}

static const struct {
	const char *what;
	const char *values;
	const char *found;
} cases[] = {
	{"five dwellings",
		"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,5,201)",
		"1.1 at 501 of 5: 1 2 3 4 5"},
	{"four", "(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201)", "-"},
	{"one of them twice",
		"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,604,0,5,201)",
		"-"},
	{"five telephones at the entrance",
		"(1,1,502,1,9,201), (1,2,502,2,8,201), (1,3,502,3,7,201),"
		" (1,4,502,4,6,201), (1,5,502,5,5,201)",
		"1.1 at 501 of 5: 1 2 3 4 5"},
	{"nobody knows who",
		"(1,1,502,0,9,201), (1,2,502,0,8,201), (1,3,502,0,7,201), (1,4,502,0,6,201),"
		" (1,5,502,0,5,201)",
		"-"},
	{"a household with two telephones",
		"(1,1,601,1,9,201), (1,2,601,2,8,201), (1,3,603,3,7,201),"
		" (1,4,604,4,6,201), (1,5,605,5,5,201)",
		"-"},
	{"a telephone with two dwellings",
		"(1,1,601,1,9,201), (1,2,602,1,8,201), (1,3,603,3,7,201),"
		" (1,4,604,4,6,201), (1,5,605,5,5,201)",
		"-"},
	{"dwellings and an entrance",
		"(1,1,601,1,9,201), (1,2,602,2,8,201), (1,3,502,3,7,201),"
		" (1,4,604,4,6,201), (1,5,501,5,5,201)",
		"1.1 at 501 of 5: 1 2 3 4 5"},
	{"at a gate",
		"(1,1,521,1,9,201), (1,2,521,2,8,201), (1,3,521,3,7,201), (1,4,521,4,6,201),"
		" (1,5,521,5,5,201)",
		"1.1 at 521 of 5: 1 2 3 4 5"},
	{"in two buildings",
		"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,611,0,6,201),"
		" (1,5,612,0,5,201)",
		"-"},
	{"in two communities",
		"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (2,4,604,0,6,201),"
		" (2,5,605,0,5,201)",
		"-"},
	{"categories of a group",
		"(1,1,601,0,9,200), (1,2,602,0,8,201), (1,3,603,0,7,202), (1,4,604,0,6,203),"
		" (1,5,605,0,5,201)",
		"1.1 at 501 of 5: 1 2 3 4 5"},
	{"of two groups",
		"(1,1,601,0,9,101), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,5,201)",
		"-"},
	{"nobody knows what about",
		"(1,1,601,0,9,9900), (1,2,602,0,8,9900), (1,3,603,0,7,9900),"
		" (1,4,604,0,6,9900), (1,5,605,0,5,9900)",
		"-"},
	{"just within a day",
		"(1,1,601,0,1439,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,0,201)",
		"1.1 at 501 of 5: 1 2 3 4 5"},
	{"a day ago",
		"(1,1,601,0,1440,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,0,201)",
		"-"},
	{"two of them",
		"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,5,201), (1,6,611,0,9,201), (1,7,612,0,8,201), (1,8,613,0,7,201),"
		" (1,9,614,0,6,201), (1,10,615,0,5,201)",
		"1.1 at 501 of 5: 1 2 3 4 5; 1.6 at 511 of 5: 6 7 8 9 10"},
};

static void test_what_is_collective_and_what_is_not(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		clear();
		add(cases[i].values);
		(void)collect();
		if (strcmp(found_now(), cases[i].found) != 0) {
			printf("# %s\n", cases[i].what);
		}
		CHECK_STR_EQ(found_now(), cases[i].found);
	}
}

#define FIVE \
	"(1,1,601,0,9,201), (1,2,602,0,8,201), (1,3,603,0,7,201), (1,4,604,0,6,201), " \
	"(1,5,605,0,5,201)"

/* One of the five is of another kind, came otherwise, or is no complaint any more. */
static void test_opinions_history_and_what_came_to_nothing_do_not_count(void)
{
	static const char *const changes[] = {"kind = 4", "kind = 5", "kind = 6", "channel = 5",
		"state = 102, ended_at = now()", "state = 103, ended_at = now()", "place_id = NULL"};

	for (size_t i = 0; i < COUNT(changes); i++) {
		char sql[128];

		clear();
		add(FIVE);
		(void)snprintf(sql, sizeof sql, "UPDATE complaint SET %s WHERE day_no = 3", changes[i]);
		(void)pg_run(super, sql);
		CHECK_INT_EQ(collect(), 0);
		CHECK_STR_EQ(found_now(), "-");
	}
	clear();
	add(FIVE);
	(void)pg_run(super, "UPDATE complaint SET state = 100, ended_at = now() WHERE day_no = 3");
	CHECK_INT_EQ(collect(), 1); /* closed already, and said all the same */
}

static void test_it_is_found_once_and_told_once(void)
{
	clear();
	add(FIVE);
	CHECK_INT_EQ(collect(), 1);
	CHECK_INT_EQ(collect(), 0);
	/* What comes later joins it, and nobody is told again. */
	add("(1,6,606,0,4,203), (1,7,601,0,3,201), (1,8,601,0,2,101)");
	CHECK_INT_EQ(collect(), 0);
	CHECK_STR_EQ(found_now(), "1.1 at 501 of 5: 1 2 3 4 5 6 7");
	CHECK_STR_EQ(pg_run(super, "SELECT string_agg(format('%s %s %s>%s v%s %s %s %s %s', topic, "
							   "step, state_from, state_to,"
							   " version, actor, score, number, e.subject_id = k.collective_id AND "
							   "e.other_id = k.first_id"
							   " AND at = " NOW "), '; ') FROM event e, collective k"),
		"11 36 1>1 v1 3 5 20261123-0001 t");
	/* The complaints are what they were: nobody who is at work on one is in the way of it. */
	CHECK_INT_EQ(town_count(super, "complaint WHERE version <> 1 OR changed_at >= " NOW), 0);
}

/* A day later it is another one. */
static void test_what_comes_a_day_later_is_another_one(void)
{
	clear();
	add(FIVE);
	CHECK_INT_EQ(collect(), 1);
	(void)pg_run(super, "UPDATE complaint SET submitted_at = submitted_at - interval '1 day'");
	add("(1,11,601,0,9,201), (1,12,602,0,8,201), (1,13,603,0,7,201), (1,14,604,0,6,201),"
		" (1,15,605,0,5,201)");
	CHECK_INT_EQ(collect(), 1);
	CHECK_STR_EQ(found_now(), "1.1 at 501 of 5: 1 2 3 4 5; 1.11 at 501 of 5: 11 12 13 14 15");
}

static void test_two_servers_find_it_once(void)
{
	for (int round = 0; round < 50; round++) {
		struct job jobs[2];
		int found = 0;

		clear();
		add(FIVE);
		for (size_t i = 0; i < 2; i++) {
			job_init(&jobs[i]);
			put(&jobs[i]);
			job_write(&lanes, i, &jobs[i]);
		}
		lanes_settle(&lanes, jobs, 2);
		for (size_t i = 0; i < 2; i++) {
			assert(jobs[i].errand.outcome == ERRAND_DONE);
			found += row_int4(&jobs[i].queries[0], 0, 0);
			job_fini(&jobs[i]);
		}
		found += collect(); /* what each left to the other */
		CHECK_INT_EQ(found, 1);
		CHECK_STR_EQ(found_now(), "1.1 at 501 of 5: 1 2 3 4 5");
		CHECK_INT_EQ(town_count(super, "event"), 1);
	}
}

/* --- what a household had before --- */

static const char *earlier(uint32_t place, const char *phone)
{
	static char out[128];
	struct query *query;
	struct job job;
	size_t len = 0;

	job_init(&job);
	query = job_query(&job, STMT_complaint_earlier);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid_or_null(query, place == 0 ? uuid_nil : town_id(TOWN_RECORD, place));
	if (phone == NULL) {
		query_null(query);
	} else {
		uint8_t hash[32] = {(uint8_t)phone[0]};

		query_bytes(query, span_of(hash, sizeof hash));
	}
	query_time(query, TOWN_NOW - 30 * JOINING_DAY_US);
	job_read(&lanes, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	out[0] = '\0';
	for (size_t i = 0; i < query_rows(query); i++) {
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%u", i == 0 ? "" : " ",
			(unsigned)row_uuid(query, i, 0).bytes[UUID_BYTES - 1]);
	}
	job_fini(&job);
	return out;
}

static void test_a_household_is_known_by_dwelling_and_by_its_own_telephone(void)
{
	clear();
	/* 1 and 2 of the dwelling; 3 of the entrance; 4 to 6 of other dwellings, by the telephone 'a'. */
	add("(1,1,601,0,9,201), (1,2,601,0,8,201), (1,3,502,0,7,201), (1,4,604,0,6,201),"
		" (1,5,605,0,5,201), (1,6,606,0,4,201), (1,7,601,0,3,201), (1,8,601,0,3,201)");
	(void)pg_run(super,
		"UPDATE complaint SET state = 100, ended_at = " NOW " - day_no * interval '1 day';"
		"UPDATE complaint SET ended_at = " NOW " - interval '30 days' WHERE day_no = 2;"
		"UPDATE complaint SET reporter = 2 WHERE day_no = 5;"
		"UPDATE complaint SET state = 1, ended_at = NULL WHERE day_no = 7;"
		"UPDATE complaint SET state = 103 WHERE day_no = 8;"
		"INSERT INTO complaint_contact (community_id, complaint_id, wrapped_key, phone_index)"
		" SELECT community_id, complaint_id, 'k', '\\x61'::bytea || decode(repeat('00', 31), 'hex')"
		" FROM complaint WHERE day_no BETWEEN 4 AND 6");
	CHECK_STR_EQ(earlier(601, NULL), "1");
	CHECK_STR_EQ(earlier(502, NULL), ""); /* no household lives there */
	CHECK_STR_EQ(earlier(0, "a"), "4 6");
	CHECK_STR_EQ(earlier(601, "a"), "1 4 6");
	CHECK_STR_EQ(earlier(609, "b"), "");
}

static const struct test tests[] = {
	{"what_is_collective_and_what_is_not", test_what_is_collective_and_what_is_not},
	{"opinions_history_and_what_came_to_nothing_do_not_count",
		test_opinions_history_and_what_came_to_nothing_do_not_count},
	{"it_is_found_once_and_told_once", test_it_is_found_once_and_told_once},
	{"what_comes_a_day_later_is_another_one", test_what_comes_a_day_later_is_another_one},
	{"two_servers_find_it_once", test_two_servers_find_it_once},
	{"a_household_is_known_by_dwelling_and_by_its_own_telephone",
		test_a_household_is_known_by_dwelling_and_by_its_own_telephone},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_collective", &database);
	super = pg_connect(database.super);
	town_build(super);
	build_places();
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
