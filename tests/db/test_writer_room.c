/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the writing lane does with commands whose arrays have no room (256 submissions of the longest texts): they
 * go one by one, in one commit; and where not even one has, nobody is told what is not so. The room is made small.
 */
#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SMALL_BYTES 16384 /* three or so */

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

static void submit(uint32_t first, uint32_t count)
{
	struct command commands[BATCH] = {{.record = 0}};
	enum verdict verdicts[BATCH];

	assert(count <= BATCH);
	for (uint32_t i = 0; i < count; i++) {
		commands[i] = (struct command){.stmt = STMT_complaint_submit, .record = first + i};
	}
	commands_run(&lanes, commands, count, verdicts);
	for (uint32_t i = 0; i < count; i++) {
		CHECK_INT_EQ(verdicts[i], APPLIED);
	}
}

/* Without asking again: what the lane says. */
static enum errand_outcome submit_once(uint32_t record)
{
	struct command command = {.stmt = STMT_complaint_submit, .record = record};
	struct job job;
	enum errand_outcome outcome;

	job_init(&job);
	command_job(&command, &job);
	job_write(&lanes, 0, &job);
	lanes_run(&lanes);
	outcome = job.errand.outcome;
	job_fini(&job);
	return outcome;
}

/* Room for the arrays of three submissions, and not of a batch: what cannot go as one goes one by one, in the same commit. */
static void test_a_run_that_is_too_large_goes_one_by_one(void)
{
	town_clear(super);
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
	lanes.writers.each[0].send_bytes_max = SMALL_BYTES;
	submit(1, BATCH);
	CHECK_INT_EQ(lanes.writers.each[0].batch_count, 1);
	CHECK_INT_EQ(lanes.writers.each[0].lost_count, 0);
	CHECK_INT_EQ(town_count(super, "complaint"), BATCH);
	CHECK_INT_EQ(town_count(super, "(SELECT DISTINCT xid FROM event) AS x"), 1);
	/* Not even one: the connection is given up, and nobody is told what is not so. */
	lanes.writers.each[0].send_bytes_max = 64;
	CHECK_INT_EQ(submit_once(BATCH + 1), ERRAND_REDO);
	CHECK_INT_EQ(town_count(super, "complaint"), BATCH);
	lanes.writers.each[0].send_bytes_max = SMALL_BYTES;
	submit(BATCH + 1, 1);
	CHECK_INT_EQ(town_count(super, "complaint"), BATCH + 1);
	lanes_close(&lanes);
}

static const struct test tests[] = {
	{"a_run_that_is_too_large_goes_one_by_one", test_a_run_that_is_too_large_goes_one_by_one},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_writer_room", &database);
	super = pg_connect(database.super);
	town_build(super);
	failed = check_main(tests, COUNT(tests));
	PQfinish(super);
	return failed;
}
