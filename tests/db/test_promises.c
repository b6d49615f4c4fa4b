/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves "all or nothing" of what clocks are reckoned by, through the real lanes and a real PostgreSQL: a set of
 * promises is approved by another person than the one who proposed it, of one day one, also where two servers
 * approve at once; a year's holidays are replaced wholly or not at all; service hours go by their version. Each
 * change that clocks go by raises the almanac and the turn, each that is refused raises neither. And how long a
 * complaint has been suspended is the sum of its pauses as they really were.
 */
#include <string.h>

#include "common/clock.h"
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define TODAY 20780 /* 2026-11-23, where the town is at TOWN_NOW */
#define BATCH 32
#define ACTS_MAX 2
#define HOUR (3600 * US_PER_S)

enum { MANAGER = 1, DIRECTOR = 2 };

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* What is asked for. */
struct act {
	enum stmt stmt;
	uint32_t key;
	uint32_t account; /* (the manager) */
	size_t writer;
	int32_t set_no;
	int32_t version;
	int32_t day;         /* of a set; of a year its one holiday */
	int open_min;        /* of hours, which are open for ten */
	enum verdict wanted; /* APPLIED, or STALE: the guard does not hold, and nothing has changed */
};

static void add_head(struct query *query, const struct act *act)
{
	uint8_t hash[32] = {0};
	bool is_hours = act->stmt == STMT_community_hours;

	query_uuid(query, is_hours ? town_id(TOWN_COMMUNITY, 1) : uuid_nil);
	query_uuid(query, is_hours ? town_id(TOWN_COMMUNITY, 1) : town_id(TOWN_RECORD, act->key));
	query_uuid(query, town_id(TOWN_ACCOUNT, act->account == 0 ? MANAGER : act->account));
	query_uuid(query, town_id(TOWN_RECORD, act->key));
	query_bytes(query, span_of(hash, sizeof hash));
	query_bytes(query, span_of("reply", 5));
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
}

/* Two rows, so that terms are cut in the right places. */
static void add_proposal(struct query *query, const struct act *act)
{
	const int kinds[] = {0, 1}, none[] = {0, 0}, urgencies[] = {1, 2}, calendars[] = {2, 3};
	const int terms[] = {1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 2, 0, 2, 0};
	const int64_t minutes[] = {1, 2, 3, 4, 5, 6, 7, 0, 45, 0, 0, 0, 0, 0};

	query_int4(query, act->set_no);
	query_day(query, act->day);
	query_text(query, STR("试行"));
	query_int2s(query, kinds, COUNT(kinds));
	query_int2s(query, none, COUNT(none));
	query_int2s(query, none, COUNT(none));
	query_int2s(query, urgencies, COUNT(urgencies));
	query_int2s(query, calendars, COUNT(calendars));
	query_int2s(query, terms, COUNT(terms));
	query_int8s(query, minutes, COUNT(minutes));
}

static void add_year(struct query *query, const struct act *act)
{
	const int64_t days[] = {act->day, TODAY + 1};
	const int is_off[] = {1, 0};
	const struct str names[] = {STR("元旦"), STR("调休")};

	query_int2(query, 2026);
	query_int4(query, act->version);
	query_int8s(query, days, COUNT(days));
	query_int2s(query, is_off, COUNT(is_off));
	query_texts(query, names, COUNT(names));
}

static void prepare(struct job *job, const struct act *act)
{
	struct query *query;

	job_init(job);
	query = job_query(job, act->stmt);
	add_head(query, act);
	switch ((int)act->stmt) {
	case STMT_promise_propose:
		add_proposal(query, act);
		break;
	case STMT_promise_approve:
		query_int4(query, act->set_no);
		query_int4(query, act->version);
		break;
	case STMT_promise_end:
		query_int4(query, act->set_no);
		query_int4(query, act->version);
		query_text(query, STR("太慢"));
		query_int2(query, 3);
		break;
	case STMT_holiday_load:
		add_year(query, act);
		break;
	case STMT_community_hours:
		query_int4(query, act->version);
		query_int2(query, act->open_min);
		query_int2(query, act->open_min + 600);
		break;
	}
	query_trace_if_last(query, town_id(TOWN_RECORD, act->key));
	job->errand.key = (struct errand_key){uuid_nil, town_id(TOWN_RECORD, act->key)};
}

/* VERDICT_NONE: the moment was to blame, and it is tried again. REFUSED: a constraint had the last word. */
static enum verdict verdict_of(const struct job *job)
{
	if (job->errand.outcome == ERRAND_DONE) {
		return query_rows(&job->queries[0]) > 0 ? APPLIED : STALE;
	}
	return job->errand.outcome == ERRAND_REFUSED ? REFUSED : VERDICT_NONE;
}

static void run(const struct act *acts, size_t count, enum verdict *verdicts)
{
	struct job jobs[ACTS_MAX];
	bool is_tried;

	for (size_t i = 0; i < count; i++) {
		prepare(&jobs[i], &acts[i]);
		verdicts[i] = VERDICT_NONE;
	}
	do {
		is_tried = false;
		for (size_t i = 0; i < count; i++) {
			if (verdicts[i] == VERDICT_NONE) {
				job_write(&lanes, acts[i].writer, &jobs[i]);
				is_tried = true;
			}
		}
		lanes_run(&lanes);
		for (size_t i = 0; i < count; i++) {
			verdicts[i] = verdicts[i] == VERDICT_NONE ? verdict_of(&jobs[i]) : verdicts[i];
		}
	} while (is_tried);
	for (size_t i = 0; i < count; i++) {
		job_fini(&jobs[i]);
	}
}

static void begin(void)
{
	(void)pg_run(super,
		"DELETE FROM event; DELETE FROM applied; DELETE FROM promise WHERE set_no > 1;"
		" DELETE FROM promise_set WHERE set_no > 1; TRUNCATE holiday, holiday_year;"
		" UPDATE community SET open_min = 510, close_min = 1230, version = 1;"
		" UPDATE clock_turn SET turn = 1, almanac = 1, reckoned = 1");
}

/* Almanac, turn, up to which all were reckoned; events and keys. */
static const char *now_there(void)
{
	return pg_run(super,
		"SELECT concat_ws(' ', almanac, turn, reckoned, (SELECT count(*) FROM event),"
		" (SELECT count(*) FROM applied)) FROM clock_turn");
}

/* One after the other; each is followed by what is there then. */
static void run_all(const struct act *acts, size_t count, const char *const *there)
{
	for (size_t i = 0; i < count; i++) {
		enum verdict verdict;

		run(&acts[i], 1, &verdict);
		CHECK_INT_EQ(verdict, acts[i].wanted);
		CHECK_STR_EQ(str_from_c(now_there()), str_from_c(there[i]));
		if (check_failed()) {
			printf("# act %zu\n", i);
			return;
		}
	}
}

#define PROPOSE STMT_promise_propose
#define APPROVE STMT_promise_approve
#define REJECT STMT_promise_end

static void test_a_set_needs_a_second_person(void)
{
	static const struct act acts[] = {
		{PROPOSE, 1, .set_no = 2, .day = TODAY, .wanted = APPLIED},
		{PROPOSE, 2, .set_no = 2, .day = TODAY, .wanted = STALE}, /* somebody took the number */
		{PROPOSE, 3, .set_no = 3, .day = TODAY, .account = DIRECTOR, .wanted = APPLIED},
		{APPROVE, 4, .set_no = 2, .version = 1, .wanted = STALE}, /* by who proposed it */
		{APPROVE, 5, .set_no = 2, .version = 2, .account = DIRECTOR, .wanted = STALE},
		{APPROVE, 1, .set_no = 3, .version = 1, .wanted = STALE}, /* a key that was there */
		{APPROVE, 6, .set_no = 2, .version = 1, .account = DIRECTOR, .wanted = APPLIED},
		{APPROVE, 7, .set_no = 2, .version = 2, .account = DIRECTOR, .wanted = STALE},
		{APPROVE, 8, .set_no = 3, .version = 1, .wanted = STALE}, /* the day has one */
		{REJECT, 9, .set_no = 3, .version = 1, .wanted = APPLIED},
		{REJECT, 10, .set_no = 2, .version = 2, .wanted = STALE},
		{PROPOSE, 11, .set_no = 4, .day = TODAY - 1, .wanted = APPLIED},
		{APPROVE, 12, .set_no = 4, .version = 1, .account = DIRECTOR, .wanted = STALE}, /* over */
	};
	static const char *const there[] = {"1 1 1 1 1", "1 1 1 1 1", "1 1 1 2 2", "1 1 1 2 2",
		"1 1 1 2 2", "1 1 1 2 2", "2 2 2 3 3", "2 2 2 3 3", "2 2 2 3 3", "2 2 2 4 4", "2 2 2 4 4",
		"2 2 2 5 5", "2 2 2 5 5"};

	begin();
	run_all(acts, COUNT(acts), there);
	CHECK_STR_EQ(
		str_from_c(pg_run(super, "SELECT string_agg(concat_ws(' ', row_no, kind, urgency, calendar,"
								 " terms, minutes), '; ' ORDER BY row_no) FROM promise"
								 " WHERE set_no = 2")),
		"1 0 1 2 {1,1,1,1,1,1,1} {1,2,3,4,5,6,7}; 2 1 2 3 {0,1,0,2,0,2,0} {0,45,0,0,0,0,0}");
	CHECK_STR_EQ(str_from_c(pg_run(super, "SELECT string_agg(concat(topic, ':', step), ' '"
										  " ORDER BY seq) FROM event")),
		"8:1 8:1 8:2 8:3 8:1");
}

/* Whatever the statement says, the table has the last word. */
static void test_the_table_refuses_the_same_person(void)
{
	PGresult *result;

	begin();
	(void)pg_run(super, "INSERT INTO promise_set (set_no, valid_from, state, note, proposed_by,"
						" proposed_at, version) SELECT 2, '2099-01-01', 1, '', account_id, now(), 1"
						" FROM account ORDER BY login LIMIT 1");
	result = PQexec(super, "UPDATE promise_set SET state = 2, decided_by = proposed_by,"
						   " decided_at = now() WHERE set_no = 2");
	CHECK_STR_EQ(str_from_c(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)),
		"promise_set_second_person");
	PQclear(result);
}

static void test_of_one_day_one_set_whoever_approves(void)
{
	for (size_t writer = 0; writer < 2; writer++) {
		const struct act proposals[] = {{PROPOSE, 1, .set_no = 2, .day = TODAY + 1},
			{PROPOSE, 2, .set_no = 3, .day = TODAY + 1}};
		const struct act acts[] = {{APPROVE, 3, .set_no = 2, .version = 1, .account = DIRECTOR},
			{APPROVE, 4, .set_no = 3, .version = 1, .account = DIRECTOR, .writer = writer}};
		enum verdict verdicts[ACTS_MAX];

		begin();
		run(proposals, 2, verdicts);
		run(acts, 2, verdicts);
		CHECK((verdicts[0] == APPLIED) != (verdicts[1] == APPLIED));
		CHECK_STR_EQ(str_from_c(now_there()), "2 2 2 3 3");
		CHECK_STR_EQ(
			str_from_c(pg_run(super, "SELECT count(*) FROM promise_set WHERE state = 2")), "2");
	}
}

static void test_a_year_is_replaced_wholly(void)
{
	static const struct act acts[] = {
		{STMT_holiday_load, 1, .version = 1, .day = TODAY, .wanted = STALE}, /* there is none */
		{STMT_holiday_load, 2, .day = TODAY, .wanted = APPLIED},
		{STMT_holiday_load, 3, .day = TODAY + 7, .wanted = STALE},
		{STMT_holiday_load, 4, .version = 1, .day = TODAY + 7, .wanted = APPLIED},
		{STMT_holiday_load, 5, .version = 1, .day = TODAY + 14, .wanted = STALE},
	};
	static const char *const there[] = {
		"1 1 1 0 0", "2 2 1 1 1", "2 2 1 1 1", "3 3 1 2 2", "3 3 1 2 2"};

	begin();
	run_all(acts, COUNT(acts), there);
	CHECK_STR_EQ(
		str_from_c(pg_run(super, "SELECT string_agg(concat_ws(' ', year, day, is_off, name),"
								 " '; ' ORDER BY day) FROM holiday")),
		"2026 2026-11-24 f 调休; 2026 2026-11-30 t 元旦");
	CHECK_STR_EQ(str_from_c(pg_run(super, "SELECT version FROM holiday_year")), "2");
}

static void test_two_servers_load_one_year_once(void)
{
	const struct act acts[] = {{STMT_holiday_load, 1, .day = TODAY},
		{STMT_holiday_load, 2, .day = TODAY + 7, .writer = 1}};
	enum verdict verdicts[ACTS_MAX];

	begin();
	run(acts, 2, verdicts);
	CHECK((verdicts[0] == APPLIED) != (verdicts[1] == APPLIED));
	CHECK_STR_EQ(str_from_c(now_there()), "2 2 1 1 1");
	CHECK_STR_EQ(str_from_c(pg_run(super, "SELECT count(*) FROM holiday")), "2");
}

static void test_hours_go_by_their_version(void)
{
	static const struct act acts[] = {
		{STMT_community_hours, 1, .version = 2, .open_min = 600, .wanted = STALE},
		{STMT_community_hours, 2, .version = 1, .open_min = 600, .wanted = APPLIED},
		{STMT_community_hours, 3, .version = 1, .open_min = 540, .wanted = STALE},
		{STMT_community_hours, 2, .version = 2, .open_min = 540,
			.wanted = STALE}, /* its key again */
		{STMT_community_hours, 4, .version = 2, .open_min = 540, .wanted = APPLIED},
	};
	static const char *const there[] = {
		"1 1 1 0 0", "2 2 1 1 1", "2 2 1 1 1", "2 2 1 1 1", "3 3 1 2 2"};

	begin();
	run_all(acts, COUNT(acts), there);
	CHECK_STR_EQ(str_from_c(pg_run(super, "SELECT string_agg(concat_ws(' ', open_min, close_min,"
										  " version), '; ' ORDER BY short_no) FROM community")),
		"540 1140 3; 510 1230 1");
}

/* --- how long it rested --- */

static int64_t paused_hours(void)
{
	struct job job;
	int64_t us;

	job_init(&job);
	query_uuid(job_query(&job, STMT_complaint_paused), town_id(TOWN_COMMUNITY, 1));
	query_uuid(&job.queries[0], town_id(TOWN_RECORD, 50));
	query_time(&job.queries[0], TOWN_NOW);
	job_read(&lanes, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	us = row_int8(&job.queries[0], 0, 0);
	job_fini(&job);
	return us / HOUR;
}

/* So many hours before now; until as many behind it. */
static void add_event(int step, int from, int to, int hours_ago, int until_hours)
{
	const char *sql = town_text(
		"INSERT INTO event (community_id, at, topic, subject_id, step, state_from, state_to, "
		"version,"
		" account_id, device_id, grant_id, until) SELECT community_id, timestamptz '2026-11-23 "
		"11:20Z'"
		" - interval '%d hours', 1, 'a5000000-0000-0000-0000-000000000032', %d, %d, %d, 1,"
		" community_id, community_id, community_id, CASE WHEN %d > 0 THEN timestamptz"
		" '2026-11-23 11:20Z' + interval '%d hours' - interval '%d hours' END FROM community"
		" WHERE name = '花园小区'",
		hours_ago, step, from, to, until_hours, until_hours, hours_ago);

	(void)pg_run(super, sql);
}

static void test_pauses_count_as_they_were(void)
{
	begin();
	CHECK_INT_EQ(paused_hours(), 0);
	add_event(24, 2, 11, 200, 48);
	add_event(25, 11, 2, 152, 0); /* its own end */
	CHECK_INT_EQ(paused_hours(), 48);
	add_event(24, 2, 11, 100, 48);
	add_event(25, 11, 2, 90, 0); /* sooner */
	CHECK_INT_EQ(paused_hours(), 58);
	add_event(24, 2, 11, 60, 20); /* over, but nobody has said so yet */
	CHECK_INT_EQ(paused_hours(), 78);
	add_event(38, 11, 11, 50, 0); /* an alarm ends no pause */
	CHECK_INT_EQ(paused_hours(), 78);
	add_event(25, 11, 2, 30, 0); /* late, by the server */
	CHECK_INT_EQ(paused_hours(), 78);
	add_event(26, 2, 104, 20, 0); /* what is merged rests for other reasons */
	CHECK_INT_EQ(paused_hours(), 78);
}

static const struct test tests[] = {
	{"a_set_needs_a_second_person", test_a_set_needs_a_second_person},
	{"the_table_refuses_the_same_person", test_the_table_refuses_the_same_person},
	{"of_one_day_one_set_whoever_approves", test_of_one_day_one_set_whoever_approves},
	{"a_year_is_replaced_wholly", test_a_year_is_replaced_wholly},
	{"two_servers_load_one_year_once", test_two_servers_load_one_year_once},
	{"hours_go_by_their_version", test_hours_go_by_their_version},
	{"pauses_count_as_they_were", test_pauses_count_as_they_were},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_promises", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
