/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves how clocks are kept in the database (product.md row C8): they follow the events, whoever left them; of
 * two servers that look at once one writes, so each alarm is told once; a year's holidays that come later are
 * reckoned with; and what is asked every second needs no walk over complaints. How: the job's own statements and
 * cards, by two followers that stand for two servers, and a time that the test chooses.
 */
#include "server/job/clock_cards.h"

#include <string.h>

#include "common/clock.h"
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SQL_MAX 1024
#define MINUTE (60 * US_PER_S)
#define BYTES_MAX (4 * 1024 * 1024)
#define TOWN_ONE "a0000000-0000-0000-0000-000000000001" /* accounts */
#define TOWN_TWO "a0000000-0000-0000-0000-000000000002"
#define TURNS_MAX 3000 /* a turn with nothing to do waits for 20 ms */

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

enum { LOOK_TURN, LOOK_EVENTS, LOOK_DUE, LOOK_RUNNING };

/* What one server's job knows between reading and writing. */
struct follower {
	struct almanac almanac;
	struct arena arena;
	struct clock_cards *cards;
	int64_t turn;
	int64_t now_us;
};

static void begin(void)
{
	town_clear(super);
	(void)pg_run(super, "TRUNCATE complaint_clock, holiday, holiday_year;"
						" UPDATE clock_turn SET turn = 1, era = feed_era_now(), seq = 0,"
						" xid = pg_current_xact_id()");
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
}

static void end(void)
{
	lanes_close(&lanes);
}

static void learn(struct follower *follower)
{
	struct job job;

	job_init(&job);
	almanac_ask(job.queries, &job.arena, TOWN_NOW);
	job.errand.query_count = ALMANAC_QUERY_COUNT;
	job_read(&lanes, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	*follower = (struct follower){.turn = 0};
	if (!almanac_take(&follower->almanac, job.queries, 1, TOWN_NOW)) {
		unreachable();
	}
	job_fini(&job);
}

static void read_rows(struct job *job, int64_t now_us)
{
	job_init(job);
	(void)job_query(job, STMT_clock_turn);
	(void)job_query(job, STMT_clock_events);
	query_time(job_query(job, STMT_clock_due), now_us);
	query_uuid(job_query(job, STMT_clock_running), uuid_nil);
	query_uuid(&job->queries[LOOK_RUNNING], uuid_nil);
	job_read(&lanes, job);
	lanes_settle(&lanes, job, 1);
	assert(job->errand.outcome == ERRAND_DONE);
}

/*
 * Until everything committed so far is below the oldest running transaction: tests share a PostgreSQL, and
 * somebody else's may be in the middle of theirs.
 */
static void await_horizon(void)
{
	char sql[SQL_MAX];

	(void)snprintf(sql, sizeof sql, "SELECT pg_snapshot_xmin(pg_current_snapshot()) > '%s'::xid8",
		pg_run(super, "SELECT pg_current_xact_id()"));
	for (int i = 0; i < TURNS_MAX && strcmp(pg_run(super, sql), "t") != 0; i++) {
		lanes_turn(&lanes);
	}
}

/* Reads and reckons; the write is another step, so that somebody may come between. */
static void look(struct follower *follower, int64_t now_us)
{
	struct clock_turn turn;
	struct job job;

	await_horizon();
	read_rows(&job, now_us);
	turn = (struct clock_turn){row_int8(&job.queries[LOOK_TURN], 0, 0),
		row_int8(&job.queries[LOOK_TURN], 0, 1), row_xid(&job.queries[LOOK_TURN], 0, 3),
		row_int8(&job.queries[LOOK_TURN], 0, 4), row_int8(&job.queries[LOOK_TURN], 0, 7)};
	arena_init(&follower->arena, BYTES_MAX);
	follower->cards = clock_cards_new(&follower->arena, &follower->almanac, &turn,
		query_rows(&job.queries[LOOK_EVENTS]) + query_rows(&job.queries[LOOK_DUE]) +
			query_rows(&job.queries[LOOK_RUNNING]));
	assert(follower->cards != NULL);
	follower->turn = turn.turn;
	follower->now_us = now_us;
	clock_cards_follow(follower->cards, &job.queries[LOOK_EVENTS]);
	clock_cards_look_up(follower->cards, &job.queries[LOOK_DUE]);
	clock_cards_reckon(follower->cards, &job.queries[LOOK_RUNNING]);
	clock_cards_fire(follower->cards, now_us);
	assert(!follower->cards->is_behind);
	job_fini(&job);
}

/* Was it this one who wrote? */
static bool write_down(struct follower *follower)
{
	struct job job;
	bool is_done;

	job_init(&job);
	clock_cards_write(
		follower->cards, job_query(&job, STMT_clock_write), follower->turn, follower->now_us);
	job_write(&lanes, 0, &job);
	lanes_settle(&lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	is_done = query_rows(&job.queries[0]) == 1;
	job_fini(&job);
	arena_fini(&follower->arena);
	return is_done;
}

static void keep(struct follower *follower, int64_t now_us)
{
	bool is_done;

	look(follower, now_us);
	is_done = write_down(follower);
	CHECK(is_done);
}

/* Complaints (kind 1), since those have every clock. */
static void submit(uint32_t record, int64_t submitted_us)
{
	const struct command command = {
		.stmt = STMT_complaint_submit, .record = record, .submitted_us = submitted_us};
	enum verdict verdict;

	commands_run(&lanes, &command, 1, &verdict);
	assert(verdict == APPLIED);
	(void)pg_run(super, "UPDATE complaint SET kind = 1");
}

static void step(uint32_t record, int version, int from)
{
	const struct command command = {.stmt = STMT_complaint_step,
		.record = record,
		.key = record + 100 + (uint32_t)version,
		.version = version,
		.from = from};
	enum verdict verdict;

	commands_run(&lanes, &command, 1, &verdict);
	assert(verdict == APPLIED);
}

static struct str ask(const char *sql)
{
	return str_from_c(pg_run(super, sql));
}

#define MINUTES_OF(array, number) \
	"SELECT extract(epoch FROM " array "[" number "] - c.submitted_at)::int / 60" \
	" FROM complaint_clock JOIN complaint c USING (community_id, complaint_id)"

static void test_clocks_follow_the_events(void)
{
	struct follower follower;

	begin();
	learn(&follower);
	submit(1, 0);
	keep(&follower, TOWN_NOW);
	CHECK_STR_EQ(ask(MINUTES_OF("due_at", "2")), "30"); /* 19:20, open until 20:30 */
	CHECK_STR_EQ(ask(MINUTES_OF("due_at", "5")), "1440");
	CHECK_STR_EQ(ask("SELECT met_at[1] IS NOT NULL AND met_at[2] IS NULL AND from_at[6] IS NULL"
					 " AND running = 2 AND running_due = due_at[2] FROM complaint_clock"),
		"t");
	step(1, 1, 1); /* accepted */
	keep(&follower, TOWN_NOW + MINUTE);
	CHECK_STR_EQ(ask("SELECT met_at[2] IS NOT NULL AND from_at[6] IS NOT NULL AND running = 3"
					 " FROM complaint_clock"),
		"t");
	keep(&follower, TOWN_NOW + MINUTE); /* nothing has happened */
	CHECK_STR_EQ(ask("SELECT turn FROM clock_turn"), "4");
	almanac_fini(&follower.almanac);
	end();
}

static void test_of_two_servers_one_writes(void)
{
	struct follower first, second;
	bool has_first, has_second;

	begin();
	learn(&first);
	learn(&second);
	submit(1, 0);
	submit(2, 0);
	keep(&first, TOWN_NOW);
	look(&first, TOWN_NOW + 20 * MINUTE);
	look(&second, TOWN_NOW + 20 * MINUTE);
	has_second = write_down(&second);
	has_first = write_down(&first);
	CHECK(has_second && !has_first);
	CHECK_STR_EQ(ask("SELECT count(*) || ' ' || min(clock) || ' ' || min(percent) FROM event"
					 " WHERE step = 38"),
		"2 2 50");
	keep(&first, TOWN_NOW + 20 * MINUTE);
	CHECK_STR_EQ(ask("SELECT count(*) FROM event WHERE step = 38"), "2");
	almanac_fini(&first.almanac);
	almanac_fini(&second.almanac);
	end();
}

/* Two hours in which nobody looked: of each clock the highest threshold. */
static void test_a_silence_makes_no_storm(void)
{
	struct follower follower;

	begin();
	learn(&follower);
	for (uint32_t record = 1; record <= 30; record++) {
		submit(record, 0);
	}
	keep(&follower, TOWN_NOW + 120 * MINUTE);
	CHECK_STR_EQ(ask("SELECT string_agg(DISTINCT clock || ':' || percent, ' ') || ' ' || count(*)"
					 " FROM event WHERE step = 38"),
		"2:200 30");
	keep(&follower, TOWN_NOW + 121 * MINUTE);
	CHECK_STR_EQ(ask("SELECT count(*) FROM event WHERE step = 38"), "30");
	CHECK_STR_EQ(
		ask("SELECT count(*) FROM event e JOIN complaint c ON c.complaint_id = e.subject_id"
			" WHERE step = 38 AND e.version = c.version AND e.actor = 3"
			" AND e.team_id = c.team_id"),
		"30");
	almanac_fini(&follower.almanac);
	end();
}

/* On working days of a year that nobody knows: the Monday turns out to be off. */
static void test_a_year_that_comes_later_is_reckoned_with(void)
{
	struct follower follower;

	begin();
	(void)pg_run(super, "UPDATE promise SET calendar = 3 WHERE set_no = 1 AND row_no = 4");
	learn(&follower);
	submit(1, 0);
	keep(&follower, TOWN_NOW);
	CHECK_STR_EQ(ask("SELECT provisional <> 0 FROM complaint_clock"), "t");
	CHECK_STR_EQ(ask(MINUTES_OF("due_at", "2")), "30");
	almanac_fini(&follower.almanac);
	(void)pg_run(super,
		"INSERT INTO holiday_year VALUES (2026, '00000000-0000-0000-0000-000000000000', now(), 1);"
		" INSERT INTO holiday VALUES (2026, '2026-11-23', true, '测试')");
	learn(&follower);
	keep(&follower, TOWN_NOW);
	CHECK_STR_EQ(ask("SELECT provisional = 0 AND due_at[2] = '2026-11-24 09:00+08'"
					 " FROM complaint_clock"),
		"t");
	(void)pg_run(super, "UPDATE promise SET calendar = 2 WHERE set_no = 1 AND row_no = 4");
	almanac_fini(&follower.almanac);
	end();
}

/* A set that begins tomorrow: what was submitted before keeps the old one, also when it is looked at then. */
static void test_a_set_is_for_what_is_submitted_from_its_day_on(void)
{
	struct follower follower;

	begin();
	(void)pg_run(super,
		"INSERT INTO promise_set VALUES (2, '2026-11-24', 2, '', '" TOWN_ONE "', now(), '" TOWN_TWO
		"', now(), 2); INSERT INTO promise VALUES (2, 1, 0, 0, 0, 1, 1, '{1,1,0,0,0,0,0}',"
		" '{15,45,0,0,0,0,0}'), (2, 2, 2, 0, 0, 1, 1, '{1,1,0,0,0,0,0}', '{15,50,0,0,0,0,0}')");
	learn(&follower);
	submit(1, 0);
	keep(&follower, TOWN_NOW);
	submit(2, TOWN_NOW + 5 * 60 * MINUTE); /* 00:20 there */
	keep(&follower, TOWN_NOW + 5 * 60 * MINUTE);
	CHECK_STR_EQ(
		ask("SELECT string_agg(concat_ws(' ', k.set_no, k.row_no, extract(epoch FROM k.due_at[2]"
			" - c.submitted_at)::int / 60), '; ' ORDER BY c.submitted_at)"
			" FROM complaint_clock k JOIN complaint c USING (community_id, complaint_id)"),
		"1 4 30; 2 1 45");
	step(1, 1, 1); /* accepted tomorrow, by the old set */
	keep(&follower, TOWN_NOW + 6 * 60 * MINUTE);
	CHECK_STR_EQ(
		ask("SELECT count(*) FROM complaint_clock WHERE set_no = 1 AND from_at[6] IS NOT NULL"),
		"1");
	(void)pg_run(super, "TRUNCATE complaint_clock; DELETE FROM promise WHERE set_no = 2;"
						" DELETE FROM promise_set WHERE set_no = 2");
	almanac_fini(&follower.almanac);
	end();
}

/*
 * A holiday that is announced late moves what runs, whoever of two servers writes it; what was told stays told,
 * and what was not is told at its new time.
 */
static void test_what_runs_is_reckoned_again_by_whoever_is_first(void)
{
	struct follower first, second;
	bool has_first, has_second;

	begin();
	(void)pg_run(super, "UPDATE promise SET calendar = 3 WHERE set_no = 1 AND row_no = 4;"
						" INSERT INTO holiday_year VALUES (2026, '" TOWN_ONE "', now(), 1)");
	learn(&first);
	for (uint32_t record = 1; record <= 30; record++) {
		submit(record, 0);
	}
	keep(&first, TOWN_NOW);
	keep(&first, TOWN_NOW + 20 * MINUTE); /* 50 % of each is told */
	(void)pg_run(super, "INSERT INTO holiday VALUES (2026, '2026-11-23', true, '测试')");
	almanac_fini(&first.almanac);
	learn(&first);
	learn(&second);
	look(&first, TOWN_NOW + 40 * MINUTE);
	look(&second, TOWN_NOW + 40 * MINUTE);
	CHECK_INT_EQ(first.cards->held_count, 30);
	CHECK_INT_EQ(first.cards->alarm_count, 0); /* due tomorrow now */
	has_second = write_down(&second);
	has_first = write_down(&first);
	CHECK(has_second && !has_first);
	look(&first, TOWN_NOW + 40 * MINUTE);
	CHECK_INT_EQ(first.cards->held_count, 0); /* all of them are as they should be */
	(void)write_down(&first);
	CHECK_STR_EQ(ask("SELECT count(*) FROM complaint_clock WHERE due_at[2] = '2026-11-24 09:00+08'"
					 " AND next_at = '2026-11-24 07:20+08' AND provisional = 0"),
		"30");
	keep(&second,
		TOWN_NOW + 13 * 60 * MINUTE + 34 * MINUTE); /* 80 % of half an hour from 08:30 on */
	CHECK_STR_EQ(ask("SELECT string_agg(DISTINCT clock || ':' || percent, ' ') || ' ' || count(*)"
					 " FROM event WHERE step = 38 AND clock = 2"),
		"2:50 2:80 60");
	(void)pg_run(super, "UPDATE promise SET calendar = 2 WHERE set_no = 1 AND row_no = 4");
	almanac_fini(&first.almanac);
	almanac_fini(&second.almanac);
	end();
}

/* What was imported was dealt with elsewhere, long ago. */
static void test_history_has_no_clocks(void)
{
	struct follower follower;

	begin();
	learn(&follower);
	submit(1, 0);
	(void)pg_run(super, "UPDATE complaint SET channel = 5");
	keep(&follower, TOWN_NOW + 120 * MINUTE);
	CHECK_STR_EQ(ask("SELECT count(*) FROM complaint_clock"), "0");
	CHECK_STR_EQ(ask("SELECT count(*) FROM event WHERE step = 38"), "0");
	almanac_fini(&follower.almanac);
	end();
}

static const struct test tests[] = {
	{"clocks_follow_the_events", test_clocks_follow_the_events},
	{"of_two_servers_one_writes", test_of_two_servers_one_writes},
	{"a_silence_makes_no_storm", test_a_silence_makes_no_storm},
	{"a_year_that_comes_later_is_reckoned_with", test_a_year_that_comes_later_is_reckoned_with},
	{"a_set_is_for_what_is_submitted_from_its_day_on",
		test_a_set_is_for_what_is_submitted_from_its_day_on},
	{"what_runs_is_reckoned_again_by_whoever_is_first",
		test_what_runs_is_reckoned_again_by_whoever_is_first},
	{"history_has_no_clocks", test_history_has_no_clocks},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_clocks", &database);
	super = pg_connect(database.super);
	town_build(super);
	failed = check_main(tests, COUNT(tests));
	PQfinish(super);
	return failed;
}
