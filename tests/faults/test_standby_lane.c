/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the lanes do where a commit waits for a standby that is not there, where the server has
 * become read-only, and where a host of the string is no help: real lanes on a PostgreSQL of the test's
 * own, whose synchronous standby nobody is; only the clock is the test's.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "tests/check.h"

#include "server/db/migrate.h"
#include "tests/db/command.h"
#include "tests/db/town.h"
#include "tests/live/replica.h"
#include "tests/server/pg.h"

#define CREW .stmt = STMT_crew_create
#define LESS_THAN_A_DEADLINE_US (9 * US_PER_S)

static struct live_cluster cluster;
static struct lanes lanes;
static PGconn *super;

/* In force for whoever connects, and for whoever waits, when it returns. */
static void set(const char *setting, const char *value)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char sql[128];
	char answer[64];

	(void)snprintf(sql, sizeof(sql), "ALTER SYSTEM SET %s = '%s'", setting, value);
	(void)pg_run(super, sql);
	(void)pg_run(super, "SELECT pg_reload_conf()");
	(void)snprintf(sql, sizeof(sql), "SHOW %s", setting);
	while (strcmp(live_ask_node(&cluster, sql, answer), value) != 0) {
		assert(live_left_ms(until_us) > 0);
	}
}

static void begin(void)
{
	set("synchronous_standby_names", "");
	town_clear(super);
	lanes_open(&lanes, cluster.embedded.app, 1, 32);
	lanes_wait_up(&lanes);
}

static void write_crew(struct job *job, uint32_t number)
{
	const struct command command = {CREW, number};

	job_init(job);
	command_job(&command, job);
	job_write(&lanes, 0, job);
}

static struct writer *writer(void)
{
	return &lanes.writers.each[0];
}

/* Turns until the lane's commit waits for the standby. */
static bool wait_for_wait(void)
{
	while (lanes.pending_count > 0) {
		if (town_count(super, "pg_stat_activity WHERE wait_event = 'SyncRep'") > 0) {
			return true;
		}
		lanes_turn(&lanes);
	}
	return false;
}

static void hold(void)
{
	writer_hold(writer(), writer_backend(writer()), clock_now().mono_us + lanes.skipped_us);
}

static void test_wait_outlives_deadline_and_statement_timeout(void)
{
	struct job first;
	struct job second;

	begin();
	set("synchronous_standby_names", "nobody");
	write_crew(&first, 1);
	CHECK(wait_for_wait());
	for (int turn = 0; turn < 4; turn++) { /* statement_timeout is one second */
		hold();
		lanes_skip(&lanes, LESS_THAN_A_DEADLINE_US);
		for (int i = 0; i < 20; i++) {
			lanes_turn(&lanes);
		}
		CHECK_INT_EQ(first.done_count, 0);
	}
	CHECK(writer_is_up(writer()));
	write_crew(&second, 2);
	lanes_turn(&lanes);
	CHECK_INT_EQ(second.done_count, 1); /* nobody waits behind it */
	CHECK_INT_EQ(second.errand.outcome, ERRAND_DOWN);
	set("synchronous_standby_names", "");
	lanes_run(&lanes);
	CHECK_INT_EQ(first.errand.outcome, ERRAND_DONE);
	CHECK(!lanes_logged(&lanes, "db.lost"));
	job_fini(&first);
	job_fini(&second);
	lanes_close(&lanes);
}

/* Nobody says that it waits for a standby: then the connection is as good as dead. */
static void test_wait_that_nobody_confirms_ends_at_its_deadline(void)
{
	struct job job;

	begin();
	set("synchronous_standby_names", "nobody");
	write_crew(&job, 1);
	CHECK(wait_for_wait());
	lanes_skip(&lanes, LESS_THAN_A_DEADLINE_US + 2 * US_PER_S);
	lanes_run(&lanes);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_REDO);
	CHECK(lanes_logged(&lanes, "what=deadline"));
	set("synchronous_standby_names", "");
	job_fini(&job);
	lanes_close(&lanes);
}

static void test_cancelled_wait_is_unknown(void)
{
	struct job job;

	begin();
	set("synchronous_standby_names", "nobody");
	write_crew(&job, 1);
	CHECK(wait_for_wait());
	(void)pg_run(
		super, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
	lanes_run(&lanes);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_REDO);
	CHECK_INT_EQ(writer()->unknown_count, 1);
	CHECK_INT_EQ(writer()->batch_count, 0);
	CHECK(writer_is_up(writer()));
	set("synchronous_standby_names", "");
	job_write(&lanes, 0, &job);
	lanes_run(&lanes);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_DONE); /* its guard holds no more: zero rows */
	CHECK_INT_EQ(query_rows(job.queries), 0);
	job_fini(&job);
	lanes_close(&lanes);
}

static void test_read_only_server_is_left(void)
{
	struct job job;

	begin();
	set("default_transaction_read_only", "on");
	write_crew(&job, 1);
	lanes_run(&lanes);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_REDO); /* somebody else may take it */
	lanes_turn(&lanes);
	CHECK(!writer_is_up(writer()));
	for (int64_t until_us = live_until(LIVE_WAIT_MS); !lanes_logged(&lanes, "what=read_only");) {
		CHECK(live_left_ms(until_us) > 0);
		lanes_turn(&lanes);
	}
	CHECK(reader_is_up(&lanes.reader));
	set("default_transaction_read_only", "off");
	lanes_wait_up(&lanes);
	job_write(&lanes, 0, &job);
	lanes_run(&lanes);
	CHECK_INT_EQ(job.errand.outcome, ERRAND_DONE);
	CHECK_INT_EQ(query_rows(job.queries), 1);
	job_fini(&job);
	lanes_close(&lanes);
}

/* A name that nobody has, then a port that takes connections and never says a word. */
static void test_hosts_that_are_no_help_are_passed_over(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);
	int silent_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char conninfo[512];

	CHECK(silent_fd >= 0 && bind(silent_fd, (struct sockaddr *)&address, len) == 0);
	CHECK(listen(silent_fd, 16) == 0);
	CHECK(getsockname(silent_fd, (struct sockaddr *)&address, &len) == 0);
	(void)snprintf(conninfo, sizeof(conninfo),
		"host='nobody.invalid,127.0.0.1,%s' port=5432,%u,5432 dbname=guanjia user=guanjia_app",
		cluster.embedded.socket_dir, (unsigned)ntohs(address.sin_port));
	lanes_open(&lanes, conninfo, 1, 32);
	for (int64_t until_us = live_until(2 * LIVE_WAIT_MS);
		 !reader_is_up(&lanes.reader) || !writer_is_up(writer());) {
		CHECK(live_left_ms(until_us) > 0);
		lanes_turn(&lanes);
		lanes_skip(&lanes, US_PER_S / 20);
	}
	CHECK(lanes_logged(&lanes, "what=deadline standby= host=2"));
	CHECK(lanes_logged(&lanes, "host=3 timeline=1"));
	lanes_close(&lanes);
	(void)close(silent_fd);
}

static const struct test tests[] = {
	{"wait_outlives_deadline_and_statement_timeout",
		test_wait_outlives_deadline_and_statement_timeout},
	{"wait_that_nobody_confirms_ends_at_its_deadline",
		test_wait_that_nobody_confirms_ends_at_its_deadline},
	{"cancelled_wait_is_unknown", test_cancelled_wait_is_unknown},
	{"read_only_server_is_left", test_read_only_server_is_left},
	{"hosts_that_are_no_help_are_passed_over", test_hosts_that_are_no_help_are_passed_over},
};

int main(void)
{
	struct migrate_fault fault;
	int failed;

	live_begin();
	live_cluster_init(&cluster, false);
	if (migrate_run(cluster.embedded.owner, &cluster.log, &fault) != ERR_OK) {
		printf("# %s\n", fault.text);
		return 1;
	}
	super = pg_connect(cluster.super);
	(void)pg_run(super, "SET synchronous_commit = local");
	(void)pg_run(super, "SET default_transaction_read_only = off");
	town_build(super);
	failed = check_main(tests, COUNT(tests));
	PQfinish(super);
	live_cluster_fini(&cluster);
	return failed;
}
