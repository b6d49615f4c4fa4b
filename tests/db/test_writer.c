/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the writing lane does when things go wrong around it: connections that die before, during
 * and after a commit, locks that others hold, writers in opposite order. Nothing is done twice and
 * nothing is lost, whatever the lane was told. How: real backends are ended and real locks held from a
 * second connection, each at a moment that the test has waited for.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SQL_MAX 512
#define LOCK_THIRD \
	"BEGIN; SELECT 1 FROM complaint WHERE right(complaint_id::text, 1) = '3' FOR UPDATE"

#define SUBMIT .stmt = STMT_complaint_submit
#define STEP .stmt = STMT_complaint_step
#define CREW .stmt = STMT_crew_create

static struct pg_database database;
static PGconn *super;
static PGconn *other; /* somebody else at work, as the server's role */
static struct lanes lanes;

static void begin(void)
{
	town_clear(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
}

static void end(void)
{
	lanes_close(&lanes);
}

/* Complaints first .. first + count - 1. */
static void submit(uint32_t first, uint32_t count)
{
	struct command *commands = calloc(count, sizeof *commands);
	enum verdict *verdicts = calloc(count, sizeof *verdicts);

	assert(commands != NULL && verdicts != NULL);
	for (uint32_t i = 0; i < count; i++) {
		commands[i] = (struct command){SUBMIT, first + i};
	}
	commands_run(&lanes, commands, count, verdicts);
	free(commands);
	free(verdicts);
}

/* Hands the commands to their writers; the caller runs the lanes and ends the jobs. */
static void hand_in(const struct command *commands, size_t count, struct job *jobs)
{
	for (size_t i = 0; i < count; i++) {
		job_init(&jobs[i]);
		command_job(&commands[i], &jobs[i]);
		job_write(&lanes, commands[i].writer, &jobs[i]);
	}
}

static int writer_pid(size_t writer)
{
	return PQbackendPID(lanes.writers.each[writer].pg.pg);
}

/* Turns until somebody in this database waits for a lock, or nothing is pending any more. */
static bool wait_for_lock(void)
{
	while (lanes.pending_count > 0) {
		if (town_count(super, "pg_stat_activity WHERE datname = current_database() AND "
							  "wait_event_type = 'Lock'") > 0) {
			return true;
		}
		lanes_turn(&lanes);
	}
	return false;
}

/* --- batches --- */

/* Complaints that are made go before all others, as one. */
static void test_a_batch_is_sorted_by_community_then_record(void)
{
	const struct command commands[] = {
		{STEP, 5, .key = 25, .version = 1, .community = 1},
		{SUBMIT, 7, .community = 2},
		{SUBMIT, 4, .community = 1},
		{SUBMIT, 3, .community = 2},
		{CREW, 9},
		{SUBMIT, 6, .community = 1},
		{SUBMIT, 2, .community = 1},
	};
	enum verdict verdicts[COUNT(commands)];

	begin();
	submit(5, 1);
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	CHECK_STR_EQ(pg_run(super,
					 "SELECT string_agg(right(community_id::text, 1) || right(subject_id::text, 1),"
					 " ' ' ORDER BY seq) FROM event WHERE step <> 1 OR topic <> 1"),
		"09 15");
	CHECK_STR_EQ(
		pg_run(super,
			"SELECT string_agg(right(community_id::text, 1) || right(complaint_id::text, 1) ||"
			" day_no, ' ' ORDER BY community_id, complaint_id) FROM complaint"),
		"122 143 151 164 231 272");
	CHECK_INT_EQ(
		town_count(super, "event WHERE seq < (SELECT min(seq) FROM event WHERE topic <> 1)"), 6);
	CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT xid FROM event) AS x"), 2);
	end();
}

/* Those of one community share a commit, those of another have their own; the company is the first's. */
static void test_each_community_has_its_lane(void)
{
	const struct command commands[] = {
		{SUBMIT, 1, .community = 1},
		{SUBMIT, 2, .community = 2},
		{CREW, 3},
		{SUBMIT, 4, .community = 1},
	};
	struct job jobs[COUNT(commands)];

	begin();
	for (size_t i = 0; i < COUNT(commands); i++) {
		job_init(&jobs[i]);
		command_job(&commands[i], &jobs[i]);
		job_command(&lanes, &jobs[i]);
	}
	lanes_run(&lanes);
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(jobs[i].errand.outcome, ERRAND_DONE);
		job_fini(&jobs[i]);
	}
	CHECK_STR_EQ(pg_run(super,
					 "SELECT string_agg(who, ' ' ORDER BY who) FROM (SELECT string_agg("
					 "right(community_id::text, 1) || right(subject_id::text, 1), ',' ORDER BY seq)"
					 " AS who FROM event GROUP BY xid) AS x"),
		"11,14 22,03");
	end();
}

static void test_more_than_a_batch_goes_in_several(void)
{
	begin();
	submit(1, 3 * BATCH + 4);
	CHECK_INT_EQ(lanes.writers.each[0].batch_count, 4);
	CHECK_INT_EQ(lanes.writers.each[0].command_count, 3 * BATCH + 4);
	CHECK_INT_EQ(town_count(super, "event"), 3 * BATCH + 4);
	CHECK_STR_EQ(
		pg_run(super, "SELECT max(n) FROM (SELECT count(*) AS n FROM event GROUP BY xid) AS x"),
		"32");
	end();
}

/* Both want the same rows, in opposite order, and a deadlock would be found after 5 ms. */
static void check_race(uint32_t first)
{
	struct command commands[2 * BATCH];
	enum verdict verdicts[2 * BATCH];

	submit(first, BATCH);
	for (int state = 1; state <= 6; state++) {
		size_t applied_count = 0;

		for (uint32_t i = 0; i < BATCH; i++) {
			commands[i] = (struct command){STEP, first + i, .version = state, .from = state};
			commands[i].key = first + i + 1000 * (uint32_t)state;
			commands[2 * BATCH - 1 - i] = commands[i];
			commands[2 * BATCH - 1 - i].key += 1000000;
			commands[2 * BATCH - 1 - i].writer = 1;
		}
		commands_run(&lanes, commands, COUNT(commands), verdicts);
		for (size_t i = 0; i < COUNT(commands); i++) {
			CHECK(verdicts[i] == APPLIED || verdicts[i] == REPEAT || verdicts[i] == STALE);
			applied_count += verdicts[i] != STALE;
		}
		CHECK_INT_EQ(applied_count, BATCH);
	}
}

static void test_writers_in_opposite_order_never_deadlock(void)
{
	(void)pg_run(super, "ALTER DATABASE test_db_writer SET deadlock_timeout = '5ms'");
	begin();
	for (uint32_t set = 0; set < 4 && !check_failed(); set++) {
		check_race(100 + 100 * set);
	}
	(void)pg_run(super, "ALTER DATABASE test_db_writer RESET deadlock_timeout");
	CHECK(!lanes_logged(&lanes, "sqlstate=40P01"));
	CHECK_INT_EQ(town_count(super, "complaint WHERE state = 7 AND version = 7"), 4 * BATCH);
	CHECK_INT_EQ(town_count(super, "event"), 4 * BATCH * 7);
	end();
}

/* --- others hold what we want --- */

/* The same submit by somebody else, who has not committed yet. */
static void apply_aside(const struct command *command)
{
	const struct stmt_row *row = &stmt_rows[command->stmt];
	bool has_plain = stmt_has_plain(row);
	struct each each;
	struct query *query;
	int formats[STMT_PARAM_MAX];
	Oid oids[STMT_PARAM_MAX];
	PGresult *result;
	struct job job;

	job_init(&job);
	command_job(command, &job);
	query = &job.queries[0];
	for (size_t i = 0; i < query->param_count; i++) {
		oids[i] = has_plain ? stmt_oid(row->types[i]) : stmt_array_oid(row->types[i]);
		formats[i] = 1;
	}
	if (has_plain) {
		each = (struct each){command->stmt, query->values, query->lengths};
	} else if (!each_init(&each, &query, 1, query->arena)) {
		unreachable();
	}
	(void)pg_run(other, "BEGIN");
	result = PQexecParams(other, has_plain ? row->sql : stmt_each_sql(command->stmt, query->arena),
		(int)query->param_count, oids, each.values, each.lengths, formats, 1);
	assert(PQntuples(result) == 1);
	PQclear(result);
	job_fini(&job);
}

/* A list within a list goes as text. */
static void test_lists_of_numbers_arrive_as_they_are(void)
{
	const struct command submit = {.stmt = STMT_complaint_submit, .record = 1};
	enum verdict verdict;

	begin();
	commands_run(&lanes, &submit, 1, &verdict);
	CHECK_INT_EQ(verdict, APPLIED);
	CHECK_STR_EQ(pg_run(super, "SELECT pairs::text FROM complaint_search"),
		"{59624156212,0,9,10,-1,-9223372036854775808,9223372036854775807}");
	end();
}

static void test_a_key_that_somebody_holds_open_is_waited_for(void)
{
	static const struct {
		struct command command;
		const char *end;
		enum errand_outcome outcome; /* or REDO, where the wait was too long */
		bool is_done;
	} rows[] = {
		{{SUBMIT, 2}, "COMMIT", ERRAND_DONE, false},
		{{SUBMIT, 2}, "ROLLBACK", ERRAND_DONE, true},
		{{STEP, 1, .key = 9, .version = 1}, "COMMIT", ERRAND_DONE, false},
		{{STEP, 1, .key = 9, .version = 1}, "ROLLBACK", ERRAND_DONE, true},
		{{CREW, 5}, "COMMIT", ERRAND_DONE, false},
		{{CREW, 5}, "ROLLBACK", ERRAND_DONE, true},
	};

	begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct job job;
		enum verdict verdict;

		town_clear(super);
		submit(1, 1);
		apply_aside(&rows[i].command);
		hand_in(&rows[i].command, 1, &job);
		(void)wait_for_lock(); /* where the machine is slow the lane has given up by then: REDO */
		(void)pg_run(other, rows[i].end);
		lanes_run(&lanes);
		CHECK(job.errand.outcome == rows[i].outcome || job.errand.outcome == ERRAND_REDO);
		CHECK(job.errand.outcome == ERRAND_REDO ||
			  query_rows(&job.queries[0]) == (rows[i].is_done ? 1 : 0));
		job_fini(&job);
		commands_run(&lanes, &rows[i].command, 1, &verdict);
		CHECK(verdict == REPEAT || verdict == APPLIED);
		CHECK_INT_EQ(town_count(super, "event"), 2);
		CHECK_INT_EQ(town_count(super, "applied"), 2);
	}
	end();
}

/* lock_timeout: who wants what is locked has to look again, and the others do not wait for it. */
static void test_a_lock_that_is_kept_sends_back_who_wants_it(void)
{
	const struct command commands[] = {{SUBMIT, 8}, {STEP, 2, .key = 22, .version = 1},
		{STEP, 3, .key = 23, .version = 1}, {SUBMIT, 9, .community = 2}};
	struct job jobs[COUNT(commands)];
	enum verdict verdict;

	begin();
	submit(1, 3);
	(void)pg_run(other, LOCK_THIRD);
	hand_in(commands, COUNT(commands), jobs);
	lanes_run(&lanes);
	CHECK(lanes_logged(&lanes, "stmt=complaint_step sqlstate=55P03"));
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK_INT_EQ(jobs[i].errand.outcome, i == 2 ? ERRAND_REDO : ERRAND_DONE);
		CHECK_INT_EQ(query_rows(&jobs[i].queries[0]), i == 2 ? 0 : 1);
		job_fini(&jobs[i]);
	}
	CHECK_INT_EQ(town_count(super, "applied"), 3 + 3);
	(void)pg_run(other, "COMMIT");
	commands_run(&lanes, &commands[2], 1, &verdict);
	CHECK_INT_EQ(verdict, APPLIED);
	CHECK_INT_EQ(town_count(super, "event"), 3 + 4);
	end();
}

/* --- the connection dies --- */

static void kill_backend(int pid)
{
	char sql[SQL_MAX];

	(void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 10000)", pid);
	assert(strcmp(pg_run(super, sql), "t") == 0);
}

static void kill_before(size_t count)
{
	(void)count;
	kill_backend(writer_pid(0));
	lanes_flush(&lanes);
}

/* The second half of the batch waits for a lock when it happens. */
static void kill_midway(size_t count)
{
	int pid = writer_pid(0);

	(void)count;
	(void)pg_run(other, LOCK_THIRD);
	(void)wait_for_lock();
	kill_backend(pid);
	(void)pg_run(other, "ROLLBACK");
}

/* Committed, but the answer never arrives: its bytes are thrown away, and then the line is cut. */
static void kill_after(size_t count)
{
	int fd = PQsocket(lanes.writers.each[0].pg.pg);
	char bytes[4096];
	ssize_t len;

	lanes_flush(&lanes);
	while (town_count(super, "applied") < (int)count) {
		struct pollfd readable = {.fd = fd, .events = POLLIN};

		(void)poll(&readable, 1, 10000); /* the answer comes with the commit */
	}
	kill_backend(writer_pid(0));
	do {
		struct pollfd readable = {.fd = fd, .events = POLLIN};

		(void)poll(&readable, 1, 10000);
		len = recv(fd, bytes, sizeof bytes, 0);
	} while (len > 0);
}

struct kill_case {
	void (*kill)(size_t count);
	enum verdict again;
};

/* Not where the machine was so slow that the lane had given the locked one up before it was killed. */
static bool is_exact(void)
{
	return !lanes_logged(&lanes, "sqlstate=55P03");
}

static void check_kill(const struct kill_case *one)
{
	const struct command commands[] = {{STEP, 1, .key = 21, .version = 1}, {SUBMIT, 7},
		{STEP, 2, .key = 22, .version = 1}, {STEP, 3, .key = 23, .version = 1}, {CREW, 5},
		{STEP, 4, .key = 24, .version = 1}};
	struct job jobs[COUNT(commands)];
	enum verdict verdicts[COUNT(commands)];

	town_clear(super);
	submit(1, 4);
	hand_in(commands, COUNT(commands), jobs);
	one->kill(4 + COUNT(commands));
	lanes_run(&lanes);
	for (size_t i = 0; i < COUNT(commands); i++) {
		bool is_redo = jobs[i].errand.outcome == ERRAND_REDO;

		CHECK(is_redo || !is_exact());
		CHECK_INT_EQ(query_rows(&jobs[i].queries[0]), is_redo ? 0 : 1);
		job_fini(&jobs[i]);
	}
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	for (size_t i = 0; i < COUNT(commands); i++) {
		CHECK(verdicts[i] == APPLIED || verdicts[i] == REPEAT);
		CHECK(verdicts[i] == one->again || !is_exact());
	}
	CHECK_INT_EQ(town_count(super, "event"), 4 + COUNT(commands));
	CHECK_INT_EQ(town_count(super, "applied"), 4 + COUNT(commands));
	CHECK_INT_EQ(town_count(super, "complaint WHERE version = 2"), 4);
}

static void test_a_lost_connection_loses_and_repeats_nothing(void)
{
	static const struct kill_case cases[] = {
		{kill_before, APPLIED}, {kill_midway, APPLIED}, {kill_after, REPEAT}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		begin();
		check_kill(&cases[i]);
		if (check_failed()) {
			printf("# way to die %zu\n", i);
			return;
		}
		end();
	}
}

/* --- the rest --- */

static void test_stopping_tells_the_sent_from_the_unsent(void)
{
	const struct command commands[] = {{SUBMIT, 1}, {SUBMIT, 2}};
	struct job jobs[COUNT(commands)];

	begin();
	hand_in(commands, 1, jobs);
	lanes_flush(&lanes);
	hand_in(commands + 1, 1, jobs + 1);
	writer_stop(&lanes.writers.each[0]);
	CHECK_INT_EQ(jobs[0].errand.outcome, ERRAND_REDO); /* perhaps done */
	CHECK_INT_EQ(jobs[1].errand.outcome, ERRAND_DOWN);
	job_fini(&jobs[0]);
	job_fini(&jobs[1]);
	end();
}

static void test_statements_without_rows_are_done_too(void)
{
	static const enum stmt sweeps[] = {
		STMT_sweep_sessions, STMT_sweep_failures, STMT_sweep_applied};

	begin();
	submit(1, 1);
	for (size_t i = 0; i < COUNT(sweeps); i++) {
		struct job job;

		job_init(&job);
		query_time(job_query(&job, sweeps[i]), TOWN_NOW + 1);
		job_write(&lanes, 0, &job);
		lanes_run(&lanes);
		CHECK_INT_EQ(job.errand.outcome, ERRAND_DONE);
		CHECK_INT_EQ(query_rows(&job.queries[0]), 0);
		job_fini(&job);
	}
	CHECK_INT_EQ(town_count(super, "applied"), 0);
	CHECK_INT_EQ(town_count(super, "event"), 1);
	end();
}

static const struct test tests[] = {
	{"a_batch_is_sorted_by_community_then_record", test_a_batch_is_sorted_by_community_then_record},
	{"each_community_has_its_lane", test_each_community_has_its_lane},
	{"more_than_a_batch_goes_in_several", test_more_than_a_batch_goes_in_several},
	{"writers_in_opposite_order_never_deadlock", test_writers_in_opposite_order_never_deadlock},
	{"lists_of_numbers_arrive_as_they_are", test_lists_of_numbers_arrive_as_they_are},
	{"a_key_that_somebody_holds_open_is_waited_for",
		test_a_key_that_somebody_holds_open_is_waited_for},
	{"a_lock_that_is_kept_sends_back_who_wants_it",
		test_a_lock_that_is_kept_sends_back_who_wants_it},
	{"a_lost_connection_loses_and_repeats_nothing",
		test_a_lost_connection_loses_and_repeats_nothing},
	{"stopping_tells_the_sent_from_the_unsent", test_stopping_tells_the_sent_from_the_unsent},
	{"statements_without_rows_are_done_too", test_statements_without_rows_are_done_too},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_writer", &database);
	super = pg_connect(database.super);
	other = pg_connect(database.super);
	town_build(super);
	failed = check_main(tests, COUNT(tests));
	PQfinish(other);
	PQfinish(super);
	return failed;
}
