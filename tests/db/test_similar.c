/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint_similar on a real PostgreSQL: of complaints in and out of a building, in every state, of every
 * age, category, team, reporter and lead, exactly those are found that may be the same matter as one at the place
 * and that whoever asks would be shown by a list; those of the place itself first, then the newest.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define DAY (INT64_C(24) * 3600 * US_PER_S)
#define NOW "timestamptz '2026-11-23 11:20:00+00'" /* TOWN_NOW */
#define COMMUNITY(c) "('a2000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define TEAM(c) "('a3000000-0000-0000-0000-00000000000' || " c ")::uuid"
#define RECORD(n) "('a5000000-0000-0000-0000-' || lpad(to_hex(" n "), 12, '0'))::uuid"

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* 501: building 3, 502 its entrance, 503 and 504 dwellings, 505 the lift; 511: building 4, 512 its entrance. */
static void build_places(void)
{
	(void)pg_run(super,
		"INSERT INTO place (community_id, place_id, kind, code, parent_id, created_at) "
		"SELECT " COMMUNITY("c") ", " RECORD("n") ", kind, code, CASE WHEN parent > 0 THEN " RECORD(
			"parent") " END, " NOW " FROM (VALUES (1, 501, 1, '3', 0), (1, 502, 2, '3-2', 501), "
					  "(1, 503, 3, '3-2-501', 502),"
					  " (1, 504, 3, '3-2-502', 502), (1, 505, 4, '电梯', 502), (1, 511, 1, '4', 0),"
					  " (1, 512, 2, '4-1', 511), (1, 521, 4, '南门', 0), (2, 501, 1, '3', 0))"
					  " p (c, n, kind, code, parent)");
}

struct asked {
	uint32_t place;
	int from, to;  /* categories; 0: any */
	bool is_whole; /* else the leader of team 1 */
	bool is_managed;
	bool sees_protected;
};

/* The last digits of those that are found, in their order. */
static const char *find(const struct asked *asked)
{
	static char out[512];
	struct uuid team = town_id(TOWN_TEAM, 1);
	bool is_leader = !asked->is_whole && !asked->is_managed;
	struct query *query;
	struct job job;
	size_t len = 0;

	job_init(&job);
	query = job_query(&job, STMT_complaint_similar);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_bool(query, asked->is_whole);
	query_bool(query, asked->is_managed);
	query_uuids(query, NULL, 0);
	query_uuids(query, &team, is_leader ? 1 : 0);
	query_uuids(query, NULL, 0);
	query_time(query, TOWN_NOW - 30 * DAY);
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_uuid(query, town_id(TOWN_RECORD, asked->place));
	query_number_or_null(query, asked->from);
	query_number_or_null(query, asked->to);
	query_time(query, TOWN_NOW - 30 * DAY);
	query_bool(query, asked->sees_protected);
	job_read(&lanes, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	out[0] = '\0';
	for (size_t i = 0; i < query_rows(query); i++) {
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%u", i == 0 ? "" : " ",
			(unsigned)row_uuid(query, i, 1).bytes[UUID_BYTES - 1]);
		assert(len < sizeof out);
	}
	job_fini(&job);
	return out;
}

/* n, place, state, ended (days ago; 0: open), category, team, reporter, lead, respondent; older ones are higher. */
static void add(const char *values)
{
	static char sql[8192];

	(void)snprintf(sql, sizeof sql,
		"WITH v (c, n, place, state, ended, category, team, reporter, lead, respondent) AS (VALUES "
		"%s),"
		" x AS (INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, "
		"channel,"
		" urgency, body, submitted_at, changed_at, team_id, place_id, state, state_before, "
		"master_id,"
		" ended_at, category, reporter, lead, respondent_id)"
		" SELECT " COMMUNITY("c") ", " RECORD(
			"n") ", '2026-11-01', n, 1, 2, 1, 1, '电梯', " NOW " - n * interval '1 minute', " NOW
				 ", CASE WHEN team > 0 THEN " TEAM("team") " END, " RECORD(
					 "place") ", state, CASE WHEN state = 104 THEN 2 END,"
							  " CASE WHEN state = 104 THEN " RECORD(
								  "1") " END, CASE WHEN ended > 0 THEN " NOW
									   " - ended * interval '1 day' END, category, reporter, lead, "
									   "CASE WHEN respondent > 0 THEN"
									   " ('a0000000-0000-0000-0000-00000000000' || "
									   "respondent)::uuid END FROM v)"
									   " INSERT INTO complaint_search (community_id, complaint_id, "
									   "body, pairs)"
									   " SELECT " COMMUNITY("c") ", " RECORD(
										   "n") ", '电梯', '{1, 2}' FROM v",
		values);
	town_clear(super);
	(void)pg_run(super, sql);
}

static void test_what_is_in_the_building_is_found_and_nothing_else(void)
{
	add("(1, 1, 501, 2, 0, 101, 1, 1, 1, 0), (1, 2, 502, 2, 0, 101, 1, 1, 1, 0),"
		"(1, 3, 503, 2, 0, 101, 1, 1, 1, 0), (1, 4, 504, 2, 0, 101, 1, 1, 1, 0),"
		"(1, 5, 505, 2, 0, 101, 1, 1, 1, 0), (1, 11, 511, 2, 0, 101, 1, 1, 1, 0),"
		"(1, 12, 512, 2, 0, 101, 1, 1, 1, 0), (1, 21, 521, 2, 0, 101, 1, 1, 1, 0),"
		"(2, 31, 501, 2, 0, 101, 2, 1, 1, 0)");
	CHECK_STR_EQ(find(&(struct asked){503, .is_whole = true}), "3 1 2 4 5");
	CHECK_STR_EQ(find(&(struct asked){501, .is_whole = true}), "1 2 3 4 5");
	CHECK_STR_EQ(find(&(struct asked){505, .is_whole = true}), "5 1 2 3 4");
	CHECK_STR_EQ(find(&(struct asked){512, .is_whole = true}), "12 11");
	CHECK_STR_EQ(find(&(struct asked){521, .is_whole = true}), "21");
	CHECK_STR_EQ(find(&(struct asked){599, .is_whole = true}), "");
}

static void test_open_or_ended_within_thirty_days(void)
{
	add("(1, 1, 503, 1, 0, 101, 1, 1, 1, 0), (1, 2, 503, 100, 29.9, 101, 1, 1, 1, 0),"
		"(1, 3, 503, 100, 30, 101, 1, 1, 1, 0), (1, 4, 503, 105, 20, 101, 1, 1, 1, 0),"
		"(1, 5, 503, 101, 1, 101, 1, 1, 1, 0), (1, 6, 503, 102, 1, 101, 1, 1, 1, 0),"
		"(1, 7, 503, 103, 1, 101, 1, 1, 1, 0), (1, 8, 503, 104, 1, 101, 1, 1, 1, 0),"
		"(1, 9, 503, 12, 0, 101, 1, 1, 1, 0)");
	CHECK_STR_EQ(find(&(struct asked){503, .is_whole = true}), "1 2 4 5 9");
}

static void test_categories_of_the_group(void)
{
	add("(1, 1, 503, 1, 0, 100, 1, 1, 1, 0), (1, 2, 503, 1, 0, 104, 1, 1, 1, 0),"
		"(1, 3, 503, 1, 0, 203, 1, 1, 1, 0), (1, 4, 503, 1, 0, 9900, 1, 1, 1, 0)");
	CHECK_STR_EQ(find(&(struct asked){503, 100, 199, .is_whole = true}), "1 2");
	CHECK_STR_EQ(find(&(struct asked){503, 200, 299, .is_whole = true}), "3");
	CHECK_STR_EQ(find(&(struct asked){503, .is_whole = true}), "1 2 3 4");
}

/* Team 1 and 0, the queue; led by the director; about account 1, who asks; by protected and anonymous people. */
static void test_only_what_a_list_would_show(void)
{
	add("(1, 1, 503, 1, 0, 101, 1, 1, 1, 0), (1, 2, 503, 1, 0, 101, 0, 1, 1, 0),"
		"(1, 3, 503, 1, 0, 101, 1, 1, 2, 0), (1, 4, 503, 1, 0, 101, 1, 1, 4, 0),"
		"(1, 5, 503, 1, 0, 101, 1, 1, 1, 1), (1, 6, 503, 1, 0, 101, 1, 1, 1, 2),"
		"(1, 7, 503, 1, 0, 101, 1, 2, 1, 0), (1, 8, 503, 1, 0, 101, 1, 3, 1, 0)");
	CHECK_STR_EQ(find(&(struct asked){503}), "1 6 8");
	CHECK_STR_EQ(
		find(&(struct asked){503, .is_managed = true, .sees_protected = true}), "1 2 3 6 7 8");
	CHECK_STR_EQ(find(&(struct asked){503, .is_whole = true}), "1 2 3 4 6 8");
	CHECK_STR_EQ(
		find(&(struct asked){503, .is_whole = true, .sees_protected = true}), "1 2 3 4 6 7 8");
}

/* Of very many the newest, and neither the place nor what is around it takes the other's part. */
static void test_no_more_than_can_be_compared(void)
{
	town_clear(super);
	(void)pg_run(super,
		"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, "
		"urgency, body,"
		" submitted_at, changed_at, team_id, place_id, state, category) SELECT " COMMUNITY(
			"1") ", " RECORD("n") ", '2026-11-01', n, 1, 2, 1, 1, '电梯', " NOW
								  " - n * interval '1 minute', " NOW
								  ", " TEAM("1") ", " RECORD("CASE WHEN n <= 10 THEN 503 ELSE 502 "
															 "END") ", 1, 101 FROM "
																	"generate_series(1, 200) n;"
																	"INSERT INTO complaint_search "
																	"(community_id, complaint_id, "
																	"body, pairs)"
																	" SELECT community_id, "
																	"complaint_id, '电梯', '{1, "
																	"2}' FROM complaint");
	CHECK_STR_EQ(find(&(struct asked){503, .is_whole = true}),
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32"
		" 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61"
		" 62 63 64");
	/* Where the place itself is the busy one, those around it have their part. */
	CHECK_STR_EQ(find(&(struct asked){502, .is_whole = true}),
		"11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39"
		" 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 1 2 3 4 5 6 7"
		" 8 9 10");
	(void)pg_run(super, "UPDATE complaint SET place_id = " RECORD("503") " WHERE day_no <= 100");
	CHECK_STR_EQ(find(&(struct asked){502, .is_whole = true}),
		"101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122"
		" 123 124 125 126 127 128 129 130 131 132 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"
		" 20 21 22 23 24 25 26 27 28 29 30 31 32");
}

static const struct test tests[] = {
	{"what_is_in_the_building_is_found_and_nothing_else",
		test_what_is_in_the_building_is_found_and_nothing_else},
	{"open_or_ended_within_thirty_days", test_open_or_ended_within_thirty_days},
	{"categories_of_the_group", test_categories_of_the_group},
	{"only_what_a_list_would_show", test_only_what_a_list_would_show},
	{"no_more_than_can_be_compared", test_no_more_than_can_be_compared},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_similar", &database);
	super = pg_connect(database.super);
	town_build(super);
	build_places();
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
