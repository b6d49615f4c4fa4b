/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the lane of files promises: room for so many bytes and no more; no command waits while its connections
 * do; what is its own fault is refused, what is the moment's is to be looked at again.
 */
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/file_job.h"
#include "tests/server/pg.h"

#define BATCH 32

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* Complaint 1, submitted. */
static void begin(void)
{
	const struct command submit = {.stmt = STMT_complaint_submit, .record = 1};
	enum verdict verdict;

	town_clear(super);
	commands_run(&lanes, &submit, 1, &verdict);
	assert(verdict == APPLIED);
}

static void test_the_lane_has_room_for_so_much(void)
{
	size_t count = 0;

	while (count < 100 && file_lane_hold(&lanes.files, FILE_CHUNK_BYTES)) {
		count++;
	}
	CHECK_INT_EQ(count, 16); /* 4 MiB */
	CHECK(!file_lane_hold(&lanes.files, 1));
	file_lane_release(&lanes.files, FILE_CHUNK_BYTES);
	CHECK(!file_lane_hold(&lanes.files, FILE_CHUNK_BYTES + 1));
	CHECK(file_lane_hold(&lanes.files, FILE_CHUNK_BYTES));
	file_lane_release(&lanes.files, 16 * FILE_CHUNK_BYTES);
	CHECK_INT_EQ(lanes.files.held_bytes, 0);
}

/* A command is answered while both connections of files wait for a lock: they are nobody else's. */
static void test_a_file_that_waits_holds_up_no_command(void)
{
	const struct command crew = {.stmt = STMT_crew_create, .record = 5};
	PGconn *other = pg_connect(database.super);
	enum verdict verdict;
	struct job jobs[2];

	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	(void)pg_run(other, "BEGIN; SELECT FROM file FOR UPDATE");
	for (size_t i = 0; i < COUNT(jobs); i++) {
		file_job_put(&jobs[i], FILE_JOB_NO, 1, 0, span_of("x", 1));
		job_file(&lanes, &jobs[i]);
	}
	lanes_flush(&lanes);
	CHECK_INT_EQ(file_lane_flying(&lanes.files), 2);
	commands_run(&lanes, &crew, 1, &verdict);
	CHECK_INT_EQ(verdict, APPLIED);
	lanes_run(&lanes);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		CHECK_INT_EQ(jobs[i].errand.outcome, ERRAND_REDO); /* lock_timeout: look again */
		job_fini(&jobs[i]);
	}
	(void)pg_run(other, "ROLLBACK");
	PQfinish(other);
}

static void test_a_lost_connection_says_look_again(void)
{
	struct job job;

	begin();
	job_init(&job);
	query_time(job_query(&job, STMT_file_purge), TOWN_NOW);
	job_file(&lanes, &job);
	(void)pg_run(super, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
						" WHERE application_name = 'guanjiad'");
	lanes_run(&lanes);
	CHECK(job.errand.outcome == ERRAND_REDO || job.errand.outcome == ERRAND_DONE);
	job_fini(&job);
	lanes_wait_up(&lanes);
}

/* A constraint is the statement's own fault, and says so. */
static void test_a_bad_statement_is_refused_alone(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	for (int is_bad = 1; is_bad >= 0; is_bad--) {
		struct job job;

		file_job_put(&job, FILE_JOB_NO, 1, 0, is_bad ? span_of("", 0) : span_of("x", 1));
		job_file(&lanes, &job);
		lanes_run(&lanes);
		CHECK_INT_EQ(job.errand.outcome, is_bad ? ERRAND_REFUSED : ERRAND_DONE);
		CHECK(!is_bad || job.errand.err == ERR_CONFLICT);
		job_fini(&job);
	}
}

static const struct test tests[] = {
	{"the_lane_has_room_for_so_much", test_the_lane_has_room_for_so_much},
	{"a_file_that_waits_holds_up_no_command", test_a_file_that_waits_holds_up_no_command},
	{"a_lost_connection_says_look_again", test_a_lost_connection_says_look_again},
	{"a_bad_statement_is_refused_alone", test_a_bad_statement_is_refused_alone},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_file_lane", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
