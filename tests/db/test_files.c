/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the statements about files, through the real lanes and a real PostgreSQL: nine of a complaint and never ten,
 * in one batch and on two writers, which stand for two servers; chunks in their order, each once, whoever sends them
 * twice; an end that keeps what it should and leaves nothing of what was sent; the record of who read; what is thrown
 * out when its time is over, and that its key is then as good as new.
 */
#include <stdlib.h>

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

/* --- nine --- */

/* Twenty at once, on one writer or on two; what is told to look again does so. */
static void check_race(size_t writer_count)
{
	enum { ALL = 20 };
	static struct job jobs[ALL];
	int begun_count = 0;

	begin();
	for (uint32_t i = 0; i < ALL; i++) {
		file_job_begin(&jobs[i], FILE_JOB_NO + i, true, FILE_BEFORE);
		job_write(&lanes, i % writer_count, &jobs[i]);
	}
	lanes_run(&lanes);
	for (size_t i = 0; i < ALL; i++) {
		/* Locked by the other, or its place was taken in this moment: as request_step.c, up to a bound. */
		for (int tries = 0; tries < ALL && (jobs[i].errand.outcome == ERRAND_REDO ||
											   query_rows(&jobs[i].queries[0]) == 0);
			 tries++) {
			job_write(&lanes, i % writer_count, &jobs[i]);
			lanes_run(&lanes);
		}
		begun_count +=
			jobs[i].errand.outcome == ERRAND_DONE && query_rows(&jobs[i].queries[0]) == 1;
		job_fini(&jobs[i]);
	}
	CHECK_INT_EQ(begun_count, FILES_MAX);
	CHECK_INT_EQ(town_count(super, "file"), FILES_MAX);
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(slot_no::text, ' ' ORDER BY slot_no) FROM file_slot"),
		"1 2 3 4 5 6 7 8 9");
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 6 AND step = 1"), FILES_MAX);
}

static void test_nine_files_and_never_ten(void)
{
	check_race(1);
	check_race(2);
	/* Signatures have places of their own, three. */
	for (uint32_t i = 0; i < 5; i++) {
		CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + 40 + i, true, FILE_SIGNATURE), i < 3);
	}
	CHECK_INT_EQ(town_count(super, "file"), FILES_MAX + 3);
}

static void test_a_place_is_one_files(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 0); /* its key is applied */
	CHECK_INT_EQ(town_count(super, "file_slot"), 1);
	/* Not of a complaint that has ended. */
	(void)pg_run(super, "UPDATE complaint SET state = 100, ended_at = now(), close_mode = 1");
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + 1, true, FILE_BEFORE), 0);
	CHECK_INT_EQ(town_count(super, "file_slot"), 1);
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + 1, false, FILE_BEFORE), 1);
}

/* --- chunks --- */

static const char *chunks_now(void)
{
	return pg_run(super, "SELECT coalesce(string_agg(format('%s:%s %s', chunk_no, length(content),"
						 " get_byte(content, 0)), ', ' ORDER BY chunk_no), '-') FROM file_chunk");
}

static void test_chunks_come_in_order_each_once(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, FILE_CHUNK_BYTES, FILE_CHUNK_BYTES),
		0);                                                                 /* not the first */
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 2, 0, FILE_CHUNK_BYTES), 0); /* somebody else's */
	CHECK_STR_EQ(chunks_now(), "-");
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, 0, FILE_CHUNK_BYTES), 1);
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, 0, FILE_CHUNK_BYTES), 0); /* again */
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, FILE_CHUNK_BYTES, FILE_CHUNK_BYTES), 1);
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, 2 * FILE_CHUNK_BYTES, 1), 1);
	CHECK_STR_EQ(chunks_now(), "0:262144 1, 1:262144 2, 2:1 3");
	CHECK_STR_EQ(
		pg_run(super, "SELECT format('%s %s', received_bytes, state) FROM file"), "524289 1");
}

/* The same chunk from two connections in one moment: once. */
static void test_a_chunk_that_comes_twice_at_once_is_there_once(void)
{
	uint8_t *content = calloc(1, FILE_CHUNK_BYTES);
	struct job jobs[4];
	size_t put_count = 0;

	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		file_job_put(&jobs[i], FILE_JOB_NO, 1, 0, span_of(content, FILE_CHUNK_BYTES));
		job_file(&lanes, &jobs[i]);
	}
	lanes_settle(&lanes, jobs, COUNT(jobs));
	for (size_t i = 0; i < COUNT(jobs); i++) {
		put_count += jobs[i].errand.outcome == ERRAND_DONE && query_rows(&jobs[i].queries[0]) == 1;
		job_fini(&jobs[i]);
	}
	CHECK_INT_EQ(put_count, 1);
	CHECK_STR_EQ(chunks_now(), "0:262144 0");
	free(content);
}

/* --- the end --- */

static void test_what_was_sent_goes_where_something_else_is_kept(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO), 0); /* not all of it is there */
	file_put_all(&lanes, FILE_JOB_NO);
	CHECK_INT_EQ(file_store(&lanes, FILE_JOB_NO, FILE_JOB_NO + 1), 1);
	CHECK_INT_EQ(town_count(super, "file_chunk"), 4);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO + 1), 1);
	CHECK_STR_EQ(chunks_now(), "0:3 80");
	CHECK_STR_EQ(
		pg_run(super, "SELECT format('%s %s %s %s', state, kept_bytes, loose_until IS NULL,"
					  " width) FROM file"),
		"2 3 t 20");
	/* Nothing changes it any more. */
	CHECK_INT_EQ(file_store(&lanes, FILE_JOB_NO, FILE_JOB_NO + 2), 0);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO + 2), 0);
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, 2 * FILE_CHUNK_BYTES, 1), 0);
	CHECK_STR_EQ(chunks_now(), "0:3 80");
	CHECK_INT_EQ(file_purge(&lanes, TOWN_NOW + 1000 * FILE_JOB_HOUR), 0);
}

static void test_what_was_sent_may_be_what_is_kept(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_DOCUMENT), 1);
	file_put_all(&lanes, FILE_JOB_NO);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO), 1);
	CHECK_STR_EQ(chunks_now(), "0:262144 1, 1:262144 2, 2:1 3");
}

static void test_a_refused_file_gives_its_place_back(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
	file_put_all(&lanes, FILE_JOB_NO);
	CHECK_INT_EQ(file_refuse(&lanes, FILE_JOB_NO, FILE_FAULT_BROKEN), 1);
	CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s', state, fault) FROM file"), "3 6");
	CHECK_INT_EQ(town_count(super, "file_slot"), 0);
	CHECK_INT_EQ(town_count(super, "file_chunk"), 0);
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 0, TOWN_NOW), 0);
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 6 AND step = 4"), 1);
	CHECK_INT_EQ(file_purge(&lanes, TOWN_NOW + FILE_JOB_HOUR), 0);
	CHECK_INT_EQ(file_purge(&lanes, TOWN_NOW + FILE_JOB_HOUR + 1), 1);
	CHECK_INT_EQ(town_count(super, "file"), 0);
}

/* --- who read --- */

static void test_who_read_is_on_record_once_in_ten_minutes(void)
{
	const int64_t minute = 60 * US_PER_S;
	const char *readers =
		"SELECT string_agg(right(account_id::text, 1), '' ORDER BY seq) FROM event"
		" WHERE topic = 6 AND step = 3";

	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_DOCUMENT), 1);
	file_put_all(&lanes, FILE_JOB_NO);
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 0, TOWN_NOW), 0); /* not ready yet */
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO), 1);
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 6 AND step = 3"), 0);
	CHECK_INT_EQ(
		file_read(&lanes, FILE_JOB_NO, 1, 2, TOWN_NOW), 1); /* whichever chunk comes first */
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 0, TOWN_NOW), 1);
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 1, TOWN_NOW + 9 * minute), 1);
	CHECK_STR_EQ(pg_run(super, readers), "1");
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 2, 1, TOWN_NOW), 1);
	CHECK_STR_EQ(pg_run(super, readers), "12");
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 1, TOWN_NOW + 10 * minute), 1);
	CHECK_STR_EQ(pg_run(super, readers), "121");
	CHECK_INT_EQ(file_read(&lanes, FILE_JOB_NO, 1, 3, TOWN_NOW), 0); /* there is no such chunk */
	CHECK_STR_EQ(pg_run(super, readers), "121");
}

/* --- what is loose --- */

static void test_what_nobody_finishes_or_uses_goes(void)
{
	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);      /* never finished */
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + 1, false, FILE_BEFORE), 1); /* never submitted */
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + 2, true, FILE_DOCUMENT), 1);
	file_put_all(&lanes, FILE_JOB_NO + 1);
	file_put_all(&lanes, FILE_JOB_NO + 2);
	CHECK_INT_EQ(file_put(&lanes, FILE_JOB_NO, 1, 0, FILE_CHUNK_BYTES), 1);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO + 1, FILE_JOB_NO + 1), 1);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO + 2, FILE_JOB_NO + 2), 1);
	CHECK_INT_EQ(file_purge(&lanes, TOWN_NOW + 24 * FILE_JOB_HOUR), 0);
	CHECK_INT_EQ(file_purge(&lanes, TOWN_NOW + 24 * FILE_JOB_HOUR + 1), 2);
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(ltrim(right(file_id::text, 12), '0'), ' ') FROM file"),
		"2be");
	CHECK_INT_EQ(town_count(super, "file_slot"), 1);
	CHECK_INT_EQ(town_count(super, "file_chunk"), 3);
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 6 AND step = 5"), 2);
	/* What was its key can begin the same file anew. */
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, true, FILE_BEFORE), 1);
}

/* --- with a new complaint --- */

static void test_files_go_with_the_complaint_that_names_them(void)
{
	const struct uuid good[] = {
		town_id(TOWN_RECORD, FILE_JOB_NO + 1), town_id(TOWN_RECORD, FILE_JOB_NO)};
	const struct uuid bad[] = {
		town_id(TOWN_RECORD, FILE_JOB_NO), town_id(TOWN_RECORD, FILE_JOB_NO + 9)};
	struct command submit = {.stmt = STMT_complaint_submit, .file_count = 2};
	enum verdict verdict;

	begin();
	for (uint32_t i = 0; i < 2; i++) {
		CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO + i, false, FILE_DOCUMENT), 1);
		file_put_all(&lanes, FILE_JOB_NO + i);
		CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO + i, FILE_JOB_NO + i), 1);
	}
	for (uint32_t i = 0; i < 3; i++) {
		submit.record = 2 + i; /* the last finds that they are somebody's already */
		submit.files = i == 0 ? bad : good;
		commands_run(&lanes, &submit, 1, &verdict);
		CHECK_INT_EQ(verdict, i == 1 ? APPLIED : STALE);
	}
	CHECK_INT_EQ(town_count(super, "complaint"), 2);
	CHECK_STR_EQ(
		pg_run(super,
			"SELECT string_agg(format('%s %s %s', right(holder_id::text, 1), slot_no,"
			" ltrim(right(file_id::text, 12), '0')), ', ' ORDER BY slot_no) FROM file_slot"),
		"3 1 2bd, 3 2 2bc");
	CHECK_INT_EQ(
		town_count(super, "file WHERE complaint_id IS NOT NULL AND loose_until IS NULL"), 2);
}

/* In one batch as well: who comes first has it, and the other makes nothing. */
static void test_two_complaints_cannot_name_one_file(void)
{
	const struct uuid file = town_id(TOWN_RECORD, FILE_JOB_NO);
	struct command commands[4];
	enum verdict verdicts[COUNT(commands)];
	size_t applied_count = 0;

	begin();
	CHECK_INT_EQ(file_begin(&lanes, FILE_JOB_NO, false, FILE_DOCUMENT), 1);
	file_put_all(&lanes, FILE_JOB_NO);
	CHECK_INT_EQ(file_end(&lanes, FILE_JOB_NO, FILE_JOB_NO), 1);
	for (uint32_t i = 0; i < COUNT(commands); i++) {
		commands[i] = (struct command){.stmt = STMT_complaint_submit, .record = 2 + i};
		commands[i].files = i % 2 == 0 ? &file : NULL;
		commands[i].file_count = i % 2 == 0 ? 1 : 0;
	}
	commands_run(&lanes, commands, COUNT(commands), verdicts);
	for (size_t i = 0; i < COUNT(commands); i++) {
		applied_count += verdicts[i] == APPLIED;
		CHECK_INT_EQ(verdicts[i], i == 2 ? STALE : APPLIED);
	}
	CHECK_INT_EQ(applied_count, 3);
	CHECK_INT_EQ(town_count(super, "complaint"), 1 + applied_count);
	CHECK_INT_EQ(atoi(pg_run(super, "SELECT max(day_no) FROM complaint")), 1 + (int)applied_count);
	CHECK_INT_EQ(town_count(super, "file_slot"), 1);
	CHECK_INT_EQ(town_count(super, "file WHERE complaint_id IS NOT NULL"), 1);
}

static const struct test tests[] = {
	{"nine_files_and_never_ten", test_nine_files_and_never_ten},
	{"a_place_is_one_files", test_a_place_is_one_files},
	{"chunks_come_in_order_each_once", test_chunks_come_in_order_each_once},
	{"a_chunk_that_comes_twice_at_once_is_there_once",
		test_a_chunk_that_comes_twice_at_once_is_there_once},
	{"what_was_sent_goes_where_something_else_is_kept",
		test_what_was_sent_goes_where_something_else_is_kept},
	{"what_was_sent_may_be_what_is_kept", test_what_was_sent_may_be_what_is_kept},
	{"a_refused_file_gives_its_place_back", test_a_refused_file_gives_its_place_back},
	{"who_read_is_on_record_once_in_ten_minutes", test_who_read_is_on_record_once_in_ten_minutes},
	{"what_nobody_finishes_or_uses_goes", test_what_nobody_finishes_or_uses_goes},
	{"two_complaints_cannot_name_one_file", test_two_complaints_cannot_name_one_file},
	{"files_go_with_the_complaint_that_names_them",
		test_files_go_with_the_complaint_that_names_them},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_files", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 2, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
