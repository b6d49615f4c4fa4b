/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a server does while its database is away: killed, stopped, or there and silent. Every
 * request is answered in bounded time, the server says how it is, it does not run hot, and when the
 * database is back everything goes on by itself: requests, keys, and watches, which miss nothing
 * without being told to load anew.
 */
#include "tests/check.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/live/cluster.h"
#include "tests/server/scratch.h"

/* A method's own time, the sweep that keeps it, and a busy machine. */
#define ANSWER_MS 7000
#define RETRY_MS 50

static struct desk desk;
static struct live_cluster cluster;
static struct live_client watcher;
static uint64_t watch_id;

static void open_watch(void)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	struct client_result *result;

	live_client_begin(&watcher, &desk.server, desk.account.login);
	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	result = live_call(&watcher, METHOD_watch_open, &in.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	watch_id = result->id;
	client_result_free(result);
}

/* The watch tells of the complaint's version, or that everything is to be loaded anew. */
static bool watch_tells(struct uuid complaint_id, uint32_t version)
{
	struct client_result *result;

	while ((result = live_next(&watcher, CLIENT_EVENT, LIVE_WAIT_MS)) != NULL) {
		const Pb__ComplaintEvent *event = (const Pb__ComplaintEvent *)result->message;
		bool tells = result->is_resync ||
		             (event->version == version &&
						 memcmp(event->complaint_id.data, complaint_id.bytes, UUID_BYTES) == 0);

		assert(result->id == watch_id);
		client_result_free(result);
		if (tells) {
			return true;
		}
	}
	return false;
}

/* Asks once; how long the answer took goes to *out_ms. */
static enum err ask_timed(const struct client_ask *ask, int64_t *out_ms)
{
	int64_t begin_us = live_until(0);
	struct client_result *result = client_loop_call(&desk.honest.loop, ask);
	enum err err = result->err;

	*out_ms = (live_until(0) - begin_us) / US_PER_MS;
	client_result_free(result);
	return err;
}

/* The same bytes until they are acknowledged; false where that takes too long or is refused. */
static bool insist(const struct client_ask *ask)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	enum err err;
	int64_t ms;

	while ((err = ask_timed(ask, &ms)) != ERR_OK) {
		if (err_row(err)->retry != ERR_RETRY_SAME || live_left_ms(until_us) == 0) {
			printf("# refused: %s\n", err_name(err));
			return false;
		}
		client_result_free(client_loop_next(&desk.honest.loop, RETRY_MS));
	}
	return true;
}

static bool await_down(void)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);

	while (live_is_database_up(&desk.honest)) {
		if (live_left_ms(until_us) == 0) {
			return false;
		}
		client_result_free(client_loop_next(&desk.honest.loop, RETRY_MS));
	}
	return true;
}

static void leave_by_kill(void)
{
	live_cluster_kill(&cluster);
}

static void leave_by_stop(void)
{
	live_cluster_stop(&cluster);
}

static void leave_by_silence(void)
{
	live_pause(cluster.place);
}

static void come_back(void)
{
	live_cluster_start(&cluster);
}

static void come_back_from_silence(void)
{
	live_go_on(cluster.place);
}

/* Reads, writes and logins while it is away: each is answered, and none of them well. */
static void check_refused(struct walk *walk)
{
	Pb__ComplaintGet get = PB__COMPLAINT_GET__INIT;
	struct client_ask ask = walk_ask(walk);
	struct client_ask read = {.method = &method_rows[METHOD_complaint_get], .request = &get.base};
	struct live_client newcomer = {.is_open = false};
	enum err err;
	int64_t ms;

	get.has_community_id = get.has_complaint_id = true;
	get.community_id = live_bytes(&desk.site.community_id);
	get.complaint_id = live_bytes(&desk.complaint_id);
	for (int turn = 0; turn < 3; turn++) {
		err = ask_timed(turn % 2 == 0 ? &ask : &read, &ms);
		CHECK(err == ERR_TRY_LATER || (turn < 2 && err == ERR_DEADLINE));
		CHECK(ms < ANSWER_MS);
	}
	CHECK(await_down());
	CHECK_INT_EQ(ask_timed(&ask, &ms), ERR_TRY_LATER);
	CHECK(ms < ANSWER_MS);
	CHECK_INT_EQ(live_client_open(&newcomer, &desk.server), ERR_OK);
	CHECK_INT_EQ(live_client_login(&newcomer, desk.account.login), ERR_TRY_LATER);
	live_client_close(&newcomer);
}

static void test_database_away_and_back(void)
{
	static const struct {
		const char *what;
		void (*leave)(void);
		void (*come_back)(void);
	} rows[] = {
		{"killed", leave_by_kill, come_back},
		{"stopped", leave_by_stop, come_back},
		{"silent", leave_by_silence, come_back_from_silence},
	};

	open_watch();
	for (size_t i = 0; i < COUNT(rows) && !check_failed(); i++) {
		struct walk walk;
		struct client_ask ask;
		int64_t begin_us;

		walk_begin(&walk, &desk.site);
		ask = walk_ask(&walk);
		rows[i].leave();
		check_refused(&walk);
		rows[i].come_back();
		begin_us = live_until(0);
		CHECK(insist(&ask));
		printf("# %s: back in %lld ms\n", rows[i].what,
			(long long)((live_until(0) - begin_us) / US_PER_MS));
		CHECK(live_is_database_up(&desk.honest));
		CHECK(watch_tells(walk.complaint_id, 1));
		CHECK(walk_on(&walk));
		ask = walk_ask(&walk);
		CHECK(insist(&ask));
		CHECK(watch_tells(walk.complaint_id, 2));
		CHECK(desk_is_well(&desk));
	}
	live_client_close(&watcher);
	CHECK(desk_is_quiet(&desk));
}

/* A watch whose session has to be looked at while nobody can say: it waits, and does not spin. */
static void test_watch_without_a_database_does_not_run_hot(void)
{
	uint64_t ticks;

	open_watch();
	ticks = live_counter(&desk.honest, "tick.count");
	live_cluster_kill(&cluster);
	live_server_reload(&desk.server, "session_idle_ms = 1000\n");
	client_result_free(client_loop_next(&desk.honest.loop, 3000)); /* what it does in that time */
	live_server_reload(&desk.server, "");
	ticks = live_counter(&desk.honest, "tick.count") - ticks;
	printf("# %llu turns of the loop\n", (unsigned long long)ticks);
	CHECK(ticks < 2000);
	live_cluster_start(&cluster);
	live_client_close(&watcher);
	while (!live_is_database_up(&desk.honest)) {
		client_result_free(client_loop_next(&desk.honest.loop, RETRY_MS));
	}
	CHECK(desk_is_well(&desk));
	CHECK(desk_is_quiet(&desk));
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
	live_cluster_fini(&cluster);
}

/* ---- a private PostgreSQL ------------------------------------------------------------------- */

static void test_private_postgres_is_started_again(void)
{
	static const char *const sets[] = {NULL};
	struct walk walk;
	struct client_ask ask;

	desk_begin(&desk, sets);
	open_watch();
	for (uint64_t turn = 1; turn <= 3; turn++) {
		pid_t postmaster = live_server_postmaster(&desk.server);
		int64_t begin_us = live_until(0);

		CHECK(postmaster > 0 && kill(postmaster, SIGKILL) == 0);
		walk_begin(&walk, &desk.site);
		ask = walk_ask(&walk);
		CHECK(insist(&ask));
		CHECK(desk_await_counter(
			&desk, "db.restarts", turn)); /* children of the dead one may answer */
		CHECK(walk_on(&walk));
		ask = walk_ask(&walk);
		CHECK(insist(&ask));
		printf("# back in %lld ms\n", (long long)((live_until(0) - begin_us) / US_PER_MS));
		CHECK(watch_tells(walk.complaint_id, 2));
	}
	live_client_close(&watcher);
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

/* PostgreSQL's programs, of which postgres does not begin while there is a file `hold` beside it. */
static void make_programs(char dir[SCRATCH_PATH_MAX])
{
	static const char script[] = "#!/bin/sh\n"
								 "while [ -e \"${0%/*}/hold\" ]; do sleep 0.05; done\n"
								 "exec /usr/lib/postgresql/15/bin/postgres \"$@\"\n";
	char path[SCRATCH_PATH_MAX + 16];
	int failed;

	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/initdb", dir);
	failed = symlink("/usr/lib/postgresql/15/bin/initdb", path);
	assert(failed == 0);
	(void)snprintf(path, sizeof(path), "%s/postgres", dir);
	scratch_write(path, script);
	failed = chmod(path, 0700);
	assert(failed == 0);
	(void)failed;
}

/* A start may take minutes, the log since the last checkpoint being long: clients are answered all the same. */
static void test_server_answers_while_its_postgres_starts(void)
{
	char dir[SCRATCH_PATH_MAX];
	char hold[SCRATCH_PATH_MAX + 16];
	char set[SCRATCH_PATH_MAX + 32];
	const char *sets[] = {set, NULL};
	struct walk walk;
	struct client_ask ask;

	make_programs(dir);
	(void)snprintf(hold, sizeof(hold), "%s/hold", dir);
	(void)snprintf(set, sizeof(set), "postgres_bin=%s", dir);
	desk_begin(&desk, sets);
	scratch_write(hold, "");
	live_kill_all(desk.server.cluster);
	CHECK(await_down());
	CHECK(desk_await_counter(&desk, "db.restarts", 1));
	walk_begin(&walk, &desk.site);
	check_refused(&walk);
	CHECK(!live_is_database_up(&desk.honest));
	CHECK_INT_EQ(unlink(hold), 0);
	ask = walk_ask(&walk);
	CHECK(insist(&ask));
	CHECK_INT_EQ(live_counter(&desk.honest, "db.restarts"), 1);
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"database_away_and_back", test_database_away_and_back},
	{"watch_without_a_database_does_not_run_hot", test_watch_without_a_database_does_not_run_hot},
	{"end_leaves_nothing", test_end_leaves_nothing},
	{"private_postgres_is_started_again", test_private_postgres_is_started_again},
	{"server_answers_while_its_postgres_starts", test_server_answers_while_its_postgres_starts},
};

int main(void)
{
	const char *sets[] = {cluster.app_set, cluster.owner_set, NULL};

	live_begin();
	live_cluster_init(&cluster, true);
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
