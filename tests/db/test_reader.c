/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the reading lane: what one errand does wrong, or cannot have, is no matter of the others in its
 * group; a lost connection is made good without anybody noticing; each group begins with rights_epoch;
 * and errands are turned away when the database is, in time and not before. How: statements that
 * PostgreSQL refuses, locks and dead backends of a second connection, and a clock that the test moves.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define SQL_MAX 512
#define NOWHERE "host=/nonexistent dbname=none user=guanjia_app"

static struct pg_database database;
static PGconn *super;
static PGconn *other;
static struct lanes lanes;

static void begin(void)
{
	town_clear(super);
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
}

static void end(void)
{
	lanes_close(&lanes);
}

/* A job that reads both accounts, the first of them twice over. */
static void make_good(struct job *job)
{
	job_init(job);
	query_uuid(job_query(job, STMT_account_get), town_id(TOWN_ACCOUNT, 1));
	query_uuid(job_query(job, STMT_account_get), town_id(TOWN_ACCOUNT, 2));
	(void)job_query(job, STMT_account_list);
}

static void check_good(const struct job *job)
{
	CHECK_INT_EQ(job->errand.outcome, ERRAND_DONE);
	CHECK_STR_EQ(row_text(&job->queries[0], 0, 1), "wang.lin");
	CHECK_STR_EQ(row_text(&job->queries[1], 0, 1), "ma.jun");
	CHECK_INT_EQ(query_rows(&job->queries[2]), 2);
}

/* Its second statement has a text that is none: 22021, and its own fault. */
static void make_bad(struct job *job)
{
	job_init(job);
	query_uuid(job_query(job, STMT_account_get), town_id(TOWN_ACCOUNT, 1));
	query_text(job_query(job, STMT_login_account), STR("\xff"));
	(void)job_query(job, STMT_account_list);
}

/* --- groups --- */

#define GROUP 5

/* Every way in which some of five errands are bad. */
static void check_group(unsigned bad_mask)
{
	uint64_t group_count = lanes.reader.group_count;
	struct job jobs[GROUP];
	int bad_before = 0;

	for (unsigned i = 0; i < GROUP; i++) {
		if ((bad_mask >> i & 1) != 0) {
			make_bad(&jobs[i]);
		} else {
			make_good(&jobs[i]);
		}
		job_read(&lanes, &jobs[i]);
	}
	lanes_run(&lanes);
	for (unsigned i = 0; i < GROUP; i++) {
		if ((bad_mask >> i & 1) != 0) {
			CHECK_INT_EQ(jobs[i].errand.outcome, ERRAND_REFUSED);
			CHECK_INT_EQ(jobs[i].errand.err, ERR_INTERNAL);
		} else {
			check_good(&jobs[i]);
		}
		CHECK_INT_EQ(jobs[i].errand.sent_count, 1); /* what others did costs nobody a try */
		bad_before += (bad_mask >> i & 1) != 0;
		job_fini(&jobs[i]);
	}
	/* One group, and another one for each failure that left somebody unanswered. */
	CHECK_INT_EQ(lanes.reader.group_count - group_count,
		1 + bad_before - (int)(bad_mask >> (GROUP - 1) & 1));
}

static void test_a_bad_statement_is_refused_and_the_others_are_answered(void)
{
	begin();
	for (unsigned bad_mask = 0; bad_mask < 1U << GROUP; bad_mask++) {
		check_group(bad_mask);
		if (check_failed()) {
			printf("# bad ones: mask %u\n", bad_mask);
			return;
		}
	}
	end();
}

/* Somebody keeps a lock on crews: who wants crews is told so, at once, and nobody else has to wait. */
static void test_what_cannot_be_had_now_holds_nobody_else_up(void)
{
	struct job locked, jobs[3];

	begin();
	(void)pg_run(other, "BEGIN; LOCK TABLE crew IN ACCESS EXCLUSIVE MODE");
	make_good(&jobs[0]);
	job_init(&locked);
	(void)job_query(&locked, STMT_crew_list);
	make_good(&jobs[1]);
	make_good(&jobs[2]);
	job_read(&lanes, &jobs[0]);
	job_read(&lanes, &locked);
	job_read(&lanes, &jobs[1]);
	job_read(&lanes, &jobs[2]);
	lanes_run(&lanes);
	(void)pg_run(other, "ROLLBACK");
	for (size_t i = 0; i < COUNT(jobs); i++) {
		check_good(&jobs[i]);
		job_fini(&jobs[i]);
	}
	CHECK_INT_EQ(locked.errand.outcome, ERRAND_REFUSED);
	CHECK_INT_EQ(locked.errand.err, ERR_TRY_LATER);
	CHECK_INT_EQ(locked.errand.sent_count, 1);
	job_read(&lanes, &locked);
	lanes_run(&lanes);
	CHECK_INT_EQ(locked.errand.outcome, ERRAND_DONE);
	CHECK_INT_EQ(query_rows(&locked.queries[0]), 1);
	job_fini(&locked);
	end();
}

static void test_many_errands_go_in_few_groups(void)
{
	enum { MANY = 200 };
	struct job *jobs = calloc(MANY, sizeof *jobs);

	assert(jobs != NULL);
	begin();
	for (size_t i = 0; i < MANY; i++) {
		make_good(&jobs[i]);
		job_read(&lanes, &jobs[i]);
	}
	lanes_run(&lanes);
	for (size_t i = 0; i < MANY; i++) {
		check_good(&jobs[i]);
		CHECK_INT_EQ(jobs[i].errand.sent_count, 1);
		job_fini(&jobs[i]);
	}
	CHECK_INT_EQ(lanes.reader.group_count, 4); /* 64 a group */
	CHECK_INT_EQ(lanes.reader.query_count, 3 * MANY);
	end();
	free(jobs);
}

/* --- many as one --- */

#define OUT_OF_RANGE \
	INT64_C(-300000000000000000) /* before 4713 BC, which PostgreSQL has not: 22008 */

/* What stands around a place nobody knows, in a community: its name, or nothing where there is none. */
static void ask_around(struct job *job, uint32_t community, int64_t now_us)
{
	struct query *query = job_query(job, STMT_place_around);

	query_uuid(query, town_id(TOWN_COMMUNITY, community));
	query_uuid_or_null(query, uuid_nil);
	query_time(query, now_us);
}

static void check_around(const struct query *query, uint32_t community)
{
	static const char *const names[] = {"", "花园小区", "港湾小区"};
	bool is_known = community == 1 || community == 2;

	CHECK_INT_EQ(query_rows(query), is_known);
	if (is_known && query_rows(query) == 1) {
		CHECK_STR_EQ(row_text(query, 0, 0), names[community]);
		CHECK(row_is_null(query, 0, 3)); /* no place */
	}
}

static void test_many_asked_as_one_get_their_own_rows(void)
{
	static const uint32_t communities[] = {2, 1, 3, 1, 2, 4};
	struct job jobs[COUNT(communities)];

	begin();
	for (size_t i = 0; i < COUNT(jobs); i++) {
		job_init(&jobs[i]);
		ask_around(&jobs[i], communities[i], TOWN_NOW);
		ask_around(&jobs[i], communities[COUNT(jobs) - 1 - i], TOWN_NOW);
		job_read(&lanes, &jobs[i]);
	}
	lanes_run(&lanes);
	CHECK_INT_EQ(lanes.reader.group_count, 1);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		CHECK_INT_EQ(jobs[i].errand.outcome, ERRAND_DONE);
		check_around(&jobs[i].queries[0], communities[i]);
		check_around(&jobs[i].queries[1], communities[COUNT(jobs) - 1 - i]);
	}
	job_fini(&jobs[0]); /* who is done first leaves the others theirs */
	check_around(&jobs[1].queries[0], communities[1]);
	for (size_t i = 1; i < COUNT(jobs); i++) {
		job_fini(&jobs[i]);
	}
	end();
}

/* Of one of the group: refused alone, or answered, and sent once. */
static void check_share(struct job *job, bool is_bad)
{
	CHECK_INT_EQ(job->errand.outcome, is_bad ? ERRAND_REFUSED : ERRAND_DONE);
	CHECK_INT_EQ(job->errand.sent_count, 1);
	if (!is_bad) {
		check_around(&job->queries[0], 1);
		CHECK_INT_EQ(query_rows(&job->queries[1]), 2);
	}
}

/* False where the machine stood still meanwhile: that says nothing of who was sent how often. */
static bool ask_with_bad(unsigned bad_mask)
{
	struct job jobs[GROUP];
	bool stood_still;

	begin();
	for (unsigned i = 0; i < GROUP; i++) {
		job_init(&jobs[i]);
		ask_around(&jobs[i], 1, (bad_mask >> i & 1) != 0 ? OUT_OF_RANGE : TOWN_NOW);
		(void)job_query(&jobs[i], STMT_account_list);
		job_read(&lanes, &jobs[i]);
	}
	lanes_run(&lanes);
	stood_still = lanes_stood_still(&lanes);
	for (unsigned i = 0; i < GROUP; i++) {
		if (!stood_still) {
			check_share(&jobs[i], (bad_mask >> i & 1) != 0);
		}
		job_fini(&jobs[i]);
	}
	end();
	return !stood_still;
}

static void test_one_bad_among_many_asked_as_one_is_refused_alone(void)
{
	unsigned bad_mask = 0;

	while (bad_mask < 1U << GROUP && !check_failed()) {
		if (ask_with_bad(bad_mask)) {
			bad_mask++;
		}
	}
}

/* --- the epoch --- */

static void test_every_group_begins_with_the_epoch(void)
{
	const struct command grants[] = {{.stmt = STMT_grant_add, .record = 7},
		{.stmt = STMT_crew_create, .record = 8}, {.stmt = STMT_grant_add, .record = 9, .role = 3}};
	static const uint64_t epochs[] = {1, 2, 2, 3};
	enum verdict verdict;
	struct job job;

	begin();
	for (size_t i = 0; i < COUNT(epochs); i++) {
		job_init(&job); /* one that asks nothing still learns the epoch */
		if (i % 2 != 0) {
			(void)job_query(&job, STMT_account_list);
		}
		job_read(&lanes, &job);
		lanes_run(&lanes);
		CHECK_INT_EQ(job.errand.outcome, ERRAND_DONE);
		CHECK_INT_EQ(job.errand.epoch, epochs[i]);
		CHECK_INT_EQ(lanes.reader.epoch, epochs[i]);
		job_fini(&job);
		if (i < COUNT(grants)) {
			commands_run(&lanes, &grants[i], 1, &verdict);
			CHECK_INT_EQ(verdict, APPLIED);
		}
	}
	end();
}

/* --- the connection dies --- */

/* Ends the reader's backend, and the writer's too where asked to. */
static void kill_lanes(bool with_writer)
{
	char sql[SQL_MAX];

	(void)snprintf(sql, sizeof sql,
		"SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
		" WHERE datname = current_database() AND usename = 'guanjia_app' AND pid <> %d",
		with_writer ? 0 : PQbackendPID(lanes.writers.each[0].pg.pg));
	assert(strcmp(pg_run(super, sql), "0") != 0);
}

static void test_reads_are_sent_again_over_a_new_connection(void)
{
	struct job jobs[2];

	begin();
	make_good(&jobs[0]);
	make_good(&jobs[1]);
	job_read(&lanes, &jobs[0]);
	job_read(&lanes, &jobs[1]);
	kill_lanes(false);
	lanes_flush(&lanes);
	lanes_run(&lanes);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		check_good(&jobs[i]);
		job_fini(&jobs[i]);
	}
	CHECK(lanes_logged(&lanes, "db.lost conn=0 lane=read"));
	end();
}

/* Its first statement is answered and its second waits for a lock when the backend ends. */
static void test_a_half_answered_errand_is_asked_anew(void)
{
	struct job job;

	begin();
	(void)pg_run(other, "BEGIN; LOCK TABLE crew IN ACCESS EXCLUSIVE MODE");
	job_init(&job);
	(void)job_query(&job, STMT_account_list);
	(void)job_query(&job, STMT_crew_list);
	job_read(&lanes, &job);
	while (lanes.pending_count > 0 &&
		   town_count(super, "pg_stat_activity WHERE wait_event_type = 'Lock'"
							 " AND datname = current_database()") == 0) {
		lanes_turn(&lanes);
	}
	kill_lanes(false);
	(void)pg_run(other, "ROLLBACK");
	lanes_run(&lanes);
	/* Where the machine was slow the lock's wait was over before: then it was refused. */
	CHECK_INT_EQ(
		job.errand.outcome, lanes_logged(&lanes, "sqlstate=55P03") ? ERRAND_REFUSED : ERRAND_DONE);
	CHECK_INT_EQ(query_rows(&job.queries[0]), 2);
	CHECK_INT_EQ(query_rows(&job.queries[1]), job.errand.outcome == ERRAND_DONE ? 1 : 0);
	job_fini(&job);
	end();
}

/* --- no database --- */

static void hand_in_both(struct job *read, struct job *written)
{
	const struct command command = {.stmt = STMT_crew_create, .record = 5};

	make_good(read);
	job_init(written);
	command_job(&command, written);
	job_read(&lanes, read);
	job_write(&lanes, 0, written);
}

static void fini_both(struct job *read, struct job *written)
{
	job_fini(read);
	job_fini(written);
}

static void test_without_a_database_errands_are_turned_away(void)
{
	struct job read, written;

	lanes_open(&lanes, NOWHERE, 1, BATCH);
	hand_in_both(&read, &written);
	lanes_turn(&lanes);
	lanes_skip(&lanes, 500 * US_PER_MS);
	lanes_turn(&lanes);
	CHECK_INT_EQ(lanes.pending_count, 2); /* a restart is waited for */
	lanes_skip(&lanes, 1100 * US_PER_MS);
	lanes_turn(&lanes);
	lanes_turn(&lanes);
	CHECK_INT_EQ(lanes.pending_count, 0);
	CHECK_INT_EQ(read.errand.outcome, ERRAND_DOWN);
	CHECK_INT_EQ(written.errand.outcome, ERRAND_DOWN);
	fini_both(&read, &written);
	hand_in_both(&read, &written); /* and now at once */
	lanes_flush(&lanes);
	CHECK_INT_EQ(lanes.pending_count, 0);
	CHECK_INT_EQ(written.errand.outcome, ERRAND_DOWN);
	fini_both(&read, &written);
	CHECK(!reader_is_up(&lanes.reader) && !writer_is_up(&lanes.writers.each[0]));
	lanes_close(&lanes);
}

static void test_what_expires_is_turned_away_earlier(void)
{
	struct job read, written;

	lanes_open(&lanes, NOWHERE, 1, BATCH);
	hand_in_both(&read, &written);
	read.errand.expires_mono_us = 0;
	lanes_flush(&lanes);
	CHECK_INT_EQ(read.errand.outcome, ERRAND_DOWN);
	CHECK_INT_EQ(lanes.pending_count, 1);
	written.errand.expires_mono_us = 0;
	lanes_flush(&lanes);
	CHECK_INT_EQ(written.errand.outcome, ERRAND_DOWN);
	fini_both(&read, &written);
	lanes_close(&lanes);
}

static void test_a_restart_is_waited_for(void)
{
	char elsewhere[PG_STRING_MAX + 16];
	PGconn *admin;
	struct job read, written;

	(void)snprintf(elsewhere, sizeof elsewhere, "%s dbname=postgres", database.super);
	admin = pg_connect(elsewhere);
	begin();
	make_good(&read);
	job_read(&lanes, &read);
	lanes_run(&lanes);
	CHECK_INT_EQ(lanes.reader.epoch, 1);
	job_fini(&read);
	(void)pg_run(admin, "ALTER DATABASE test_db_reader ALLOW_CONNECTIONS false");
	kill_lanes(true);
	hand_in_both(&read, &written);
	while (reader_is_up(&lanes.reader) || writer_is_up(&lanes.writers.each[0])) {
		lanes_turn(&lanes);
	}
	CHECK_INT_EQ(lanes.reader.epoch, 0); /* what comes back may be an older one */
	(void)pg_run(admin, "ALTER DATABASE test_db_reader ALLOW_CONNECTIONS true");
	PQfinish(admin);
	lanes_run(&lanes);
	check_good(&read);
	CHECK(written.errand.outcome == ERRAND_DONE || written.errand.outcome == ERRAND_REDO);
	fini_both(&read, &written);
	end();
}

static const struct test tests[] = {
	{"a_bad_statement_is_refused_and_the_others_are_answered",
		test_a_bad_statement_is_refused_and_the_others_are_answered},
	{"what_cannot_be_had_now_holds_nobody_else_up",
		test_what_cannot_be_had_now_holds_nobody_else_up},
	{"many_errands_go_in_few_groups", test_many_errands_go_in_few_groups},
	{"many_asked_as_one_get_their_own_rows", test_many_asked_as_one_get_their_own_rows},
	{"one_bad_among_many_asked_as_one_is_refused_alone",
		test_one_bad_among_many_asked_as_one_is_refused_alone},
	{"every_group_begins_with_the_epoch", test_every_group_begins_with_the_epoch},
	{"reads_are_sent_again_over_a_new_connection", test_reads_are_sent_again_over_a_new_connection},
	{"a_half_answered_errand_is_asked_anew", test_a_half_answered_errand_is_asked_anew},
	{"without_a_database_errands_are_turned_away", test_without_a_database_errands_are_turned_away},
	{"what_expires_is_turned_away_earlier", test_what_expires_is_turned_away_earlier},
	{"a_restart_is_waited_for", test_a_restart_is_waited_for},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_reader", &database);
	super = pg_connect(database.super);
	other = pg_connect(database.super);
	town_build(super);
	failed = check_main(tests, COUNT(tests));
	PQfinish(other);
	PQfinish(super);
	return failed;
}
