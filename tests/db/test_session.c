/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the statements about people, which the other tests of guards do not use: wrong passwords make
 * the next try wait, longer and longer, for the account's lane and for the source; a session is opened,
 * used and ended; leaving and a new password end them all. How: each statement is handed to the real
 * lane with a time of the test's choice, and the tables are looked at.
 */
#include <stdlib.h>

#include "tests/check.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define SECOND US_PER_S
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
#define DEVICE_LANE "device a1000000-0000-0000-0000-000000000001 at 192.0.2.7"

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;

/* Runs the job's one statement; its rows, or -1 where it was not done. */
static int run(struct job *job)
{
	int rows;

	job_write(&lanes, 0, job);
	lanes_settle(&lanes, job, 1);
	rows = job->errand.outcome == ERRAND_DONE ? (int)query_rows(&job->queries[0]) : -1;
	job_fini(job);
	return rows;
}

/* --- wrong passwords --- */

static int fail_login(struct uuid account_id, const char *lane, int64_t at_us)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_login_failed);
	query_uuid(query, account_id);
	query_text(query, str_from_c(lane));
	query_text(query, STR("192.0.2.7"));
	query_time(query, at_us);
	return run(&job);
}

/* Seconds that the next try must wait, counted from then; -1: no such row. */
static int wait_s(const char *of, int64_t at_us)
{
	char sql[512];

	(void)snprintf(sql, sizeof sql,
		"SELECT coalesce((SELECT extract(epoch FROM delay_until)::bigint FROM login_failure"
		" WHERE %s), %lld) - %lld",
		of, (long long)(at_us / SECOND - 1), (long long)(at_us / SECOND));
	return atoi(pg_run(super, sql));
}

#define OF_ACCOUNT "lane = '" DEVICE_LANE "'"
#define OF_SOURCE "account_id = '00000000-0000-0000-0000-000000000000'"

/* Free tries, then 1 s and twice as much each time, up to 5 minutes. */
static int expected_wait_s(int failures, int free_tries)
{
	int wait = failures <= free_tries ? 0 : 1;

	for (int i = free_tries + 1; i < failures && wait < 300; i++) {
		wait *= 2;
	}
	return wait > 300 ? 300 : wait;
}

static void test_each_wrong_password_makes_the_next_try_wait_longer(void)
{
	struct uuid account_id = town_id(TOWN_ACCOUNT, 1);

	town_clear(super);
	for (int n = 1; n <= 32; n++) {
		int64_t at_us = TOWN_NOW + n * 400 * SECOND;

		CHECK_INT_EQ(fail_login(account_id, DEVICE_LANE, at_us), 1);
		CHECK_INT_EQ(wait_s(OF_ACCOUNT, at_us), expected_wait_s(n, 3));
		CHECK_INT_EQ(wait_s(OF_SOURCE, at_us), expected_wait_s(n, 20));
	}
	CHECK_INT_EQ(town_count(super, "login_failure"), 2);
}

/* Whom nobody knows costs the source its tries and leaves no other trace. */
static void test_an_unknown_account_counts_for_its_source(void)
{
	town_clear(super);
	for (int n = 1; n <= 24; n++) {
		int64_t at_us = TOWN_NOW + n * SECOND;

		CHECK_INT_EQ(fail_login(uuid_nil, "source 192.0.2.7", at_us), 1);
		CHECK_INT_EQ(wait_s(OF_SOURCE, at_us), expected_wait_s(n, 20));
		CHECK_INT_EQ(town_count(super, "login_failure"), 1);
	}
}

static void test_lanes_of_an_account_wait_for_themselves(void)
{
	struct uuid account_id = town_id(TOWN_ACCOUNT, 1);

	town_clear(super);
	for (int n = 1; n <= 5; n++) {
		CHECK_INT_EQ(fail_login(account_id, "source 192.0.2.7", TOWN_NOW), 1);
	}
	CHECK_INT_EQ(fail_login(account_id, DEVICE_LANE, TOWN_NOW), 1);
	CHECK_INT_EQ(wait_s(OF_ACCOUNT, TOWN_NOW), 0);
	CHECK_INT_EQ(wait_s("lane = 'source 192.0.2.7' AND NOT " OF_SOURCE, TOWN_NOW), 2);
	CHECK_INT_EQ(wait_s(OF_SOURCE, TOWN_NOW), 0); /* six of twenty */
	CHECK_INT_EQ(fail_login(town_id(TOWN_ACCOUNT, 2), DEVICE_LANE, TOWN_NOW), 1);
	CHECK_INT_EQ(town_count(super, "login_failure"), 4);
}

static void test_an_hour_after_the_wait_it_is_forgotten(void)
{
	static const struct {
		int64_t later_us;
		int count;
	} rows[] = {{HOUR - SECOND, 7}, {HOUR, 7}, {HOUR + 1, 1}, {DAY, 1}};
	struct uuid account_id = town_id(TOWN_ACCOUNT, 1);

	for (size_t i = 0; i < COUNT(rows); i++) {
		town_clear(super);
		for (int n = 1; n <= 6; n++) {
			(void)fail_login(account_id, DEVICE_LANE, TOWN_NOW);
		}
		/* The sixth waits four seconds; the hour counts from their end. */
		(void)fail_login(account_id, DEVICE_LANE, TOWN_NOW + 4 * SECOND + rows[i].later_us);
		CHECK_INT_EQ(town_count(super, "login_failure"), 2);
		CHECK_INT_EQ(
			atoi(pg_run(super, "SELECT failed_count FROM login_failure WHERE " OF_ACCOUNT)),
			rows[i].count);
	}
}

/* --- sessions --- */

struct opening {
	int version;
	const char *rehash; /* NULL: none */
	uint8_t token;
};

static int open_session(const struct opening *opening)
{
	uint8_t token_hash[32] = {opening->token};
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_session_open);
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_text(query, STR("counter"));
	query_bytes(query, span_of(token_hash, sizeof token_hash));
	query_time(query, TOWN_NOW);
	query_time(query, TOWN_NOW + 8 * HOUR);
	query_int4(query, opening->version);
	query_text_or_null(query, str_from_c(opening->rehash));
	query_trace_if_last(query, town_id(TOWN_RECORD, 5000));
	return run(&job);
}

/* session_touch or session_end. */
static int use_session(enum stmt stmt, uint8_t token, int64_t at_us)
{
	uint8_t token_hash[32] = {token};
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, stmt);
	query_bytes(query, span_of(token_hash, sizeof token_hash));
	query_time(query, at_us);
	query_trace_if_last(query, town_id(TOWN_RECORD, 5001));
	return run(&job);
}

static const char *sessions_now(void)
{
	return pg_run(super,
		"SELECT format('%s open, %s ended, epoch %s', count(*) FILTER (WHERE ended_at IS NULL),"
		" count(ended_at), (SELECT epoch FROM rights_epoch)) FROM session");
}

static void test_a_session_opens_for_who_works_here_on_a_good_device(void)
{
	static const struct {
		const char *before;
		struct opening opening;
		int rows;
		const char *password;
	} rows[] = {
		{"SELECT 1", {1, NULL, 1}, 1, "-"},
		{"SELECT 1", {1, "newer", 1}, 1, "newer"},
		{"SELECT 1", {2, "newer", 1}, 0, "-"}, /* changed meanwhile */
		{"UPDATE account SET state = 2", {1, "newer", 1}, 0, "-"},
		{"UPDATE device SET revoked_at = now()", {1, "newer", 1}, 0, "-"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		town_clear(super);
		(void)fail_login(town_id(TOWN_ACCOUNT, 1), DEVICE_LANE, TOWN_NOW);
		(void)pg_run(super, rows[i].before);
		CHECK_INT_EQ(open_session(&rows[i].opening), rows[i].rows);
		CHECK_INT_EQ(town_count(super, "session"), rows[i].rows);
		CHECK_INT_EQ(town_count(super, "event WHERE topic = 5 AND step = 1"), rows[i].rows);
		/* A login clears the lane it came by, not the source's. */
		CHECK_INT_EQ(town_count(super, "login_failure WHERE " OF_ACCOUNT), 1 - rows[i].rows);
		CHECK_INT_EQ(town_count(super, "login_failure WHERE " OF_SOURCE), 1);
		CHECK_STR_EQ(pg_run(super, "SELECT password FROM account WHERE login = 'wang.lin'"),
			rows[i].password);
		(void)pg_run(super, "UPDATE device SET revoked_at = NULL");
	}
}

static void test_a_session_is_used_and_ended_once(void)
{
	town_clear(super);
	CHECK_INT_EQ(open_session(&(struct opening){1, NULL, 1}), 1);
	CHECK_INT_EQ(use_session(STMT_session_touch, 1, TOWN_NOW + 2 * SECOND), 1);
	CHECK_INT_EQ(use_session(STMT_session_touch, 1, TOWN_NOW + SECOND), 0); /* never back */
	CHECK_INT_EQ(use_session(STMT_session_touch, 2, TOWN_NOW + 3 * SECOND), 0);
	CHECK_INT_EQ(town_count(super, "session WHERE seen_at = started_at + interval '2 s'"), 1);
	CHECK_STR_EQ(sessions_now(), "1 open, 0 ended, epoch 1");
	CHECK_INT_EQ(use_session(STMT_session_end, 2, TOWN_NOW), 0);
	CHECK_INT_EQ(use_session(STMT_session_end, 1, TOWN_NOW), 1);
	CHECK_STR_EQ(sessions_now(), "0 open, 1 ended, epoch 2");
	CHECK_INT_EQ(use_session(STMT_session_end, 1, TOWN_NOW), 0);
	CHECK_STR_EQ(sessions_now(), "0 open, 1 ended, epoch 2");
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 5 AND step = 2"), 1);
}

/* account_leave or account_password of account 1. */
static int change_account(enum stmt stmt, int version)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, stmt);
	query_uuid(query, uuid_nil);
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_uuid(query, town_id(TOWN_ACCOUNT, 2));
	query_uuid(query, town_id(TOWN_RECORD, 40 + (uint32_t)version));
	query_bytes(query, span_of((uint8_t[32]){0}, 32));
	query_bytes(query, span_of("reply", 5));
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
	query_int4(query, version);
	if (stmt == STMT_account_password) {
		query_text(query, STR("newer"));
	}
	query_trace_if_last(query, town_id(TOWN_RECORD, 5002));
	return run(&job);
}

static void test_leaving_and_a_new_password_end_every_session(void)
{
	static const struct {
		enum stmt stmt;
		const char *account;
	} rows[] = {{STMT_account_leave, "2 2 -"}, {STMT_account_password, "1 2 newer"}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		town_clear(super);
		(void)open_session(&(struct opening){1, NULL, 1});
		(void)open_session(&(struct opening){1, NULL, 2});
		(void)use_session(STMT_session_end, 2, TOWN_NOW);
		(void)open_session(&(struct opening){1, NULL, 3});
		CHECK_STR_EQ(sessions_now(), "2 open, 1 ended, epoch 2");
		CHECK_INT_EQ(change_account(rows[i].stmt, 2), 0); /* not that version */
		CHECK_STR_EQ(sessions_now(), "2 open, 1 ended, epoch 2");
		CHECK_INT_EQ(change_account(rows[i].stmt, 1), 1);
		CHECK_STR_EQ(sessions_now(), "0 open, 3 ended, epoch 3");
		CHECK_STR_EQ(pg_run(super, "SELECT format('%s %s %s', state, version, password)"
								   " FROM account WHERE login = 'wang.lin'"),
			rows[i].account);
		CHECK_INT_EQ(change_account(rows[i].stmt, 1), 0); /* the key was applied */
		CHECK_STR_EQ(sessions_now(), "0 open, 3 ended, epoch 3");
	}
}

static const struct test tests[] = {
	{"each_wrong_password_makes_the_next_try_wait_longer",
		test_each_wrong_password_makes_the_next_try_wait_longer},
	{"an_unknown_account_counts_for_its_source", test_an_unknown_account_counts_for_its_source},
	{"lanes_of_an_account_wait_for_themselves", test_lanes_of_an_account_wait_for_themselves},
	{"an_hour_after_the_wait_it_is_forgotten", test_an_hour_after_the_wait_it_is_forgotten},
	{"a_session_opens_for_who_works_here_on_a_good_device",
		test_a_session_opens_for_who_works_here_on_a_good_device},
	{"a_session_is_used_and_ended_once", test_a_session_is_used_and_ended_once},
	{"leaving_and_a_new_password_end_every_session",
		test_leaving_and_a_new_password_end_every_session},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_session", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 1, 32);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
