/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a full disk does, each of three on a file system of its own:
 *
 *   data   commands that need room are told TRY_LATER, reads go on, and when there is room again, so do
 *          commands, by themselves; what was refused is asked again with its key, and done once
 *   log    the server goes on; when there is room again its log says how many lines are lost
 *   WAL    PostgreSQL itself stops, as it must (its manual, "WAL Configuration"): everything is told
 *          TRY_LATER, the server starts it anew until that works, and goes on, with nothing lost
 */
#include "tests/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/faults/volume.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"

#define DATA_MIB 48
#define LOG_MIB 1
#define WAL_MIB 80
#define SUBMITS_MAX 5000 /* after so many there was room all the time */
#define ASKED_MAX 20000
#define RETRY_MS 50

static struct desk desk;
static struct live_cluster cluster;
static struct volume data;
static struct volume log_volume;
static struct volume wal;

static enum err ask_once(const struct client_ask *ask, bool *out_is_repeat)
{
	struct client_result *result = client_loop_call(&desk.honest.loop, ask);
	enum err err = result->err;

	*out_is_repeat = result->is_repeat;
	client_result_free(result);
	return err;
}

/* The same bytes until they are acknowledged; false where that takes too long or is refused. */
static bool insist(const struct client_ask *ask)
{
	int64_t until_us = live_until(2 * LIVE_WAIT_MS);
	bool is_repeat;
	enum err err;

	while ((err = ask_once(ask, &is_repeat)) != ERR_OK) {
		if (err_row(err)->retry != ERR_RETRY_SAME || live_left_ms(until_us) == 0) {
			printf("# refused: %s\n", err_name(err));
			return false;
		}
		client_result_free(client_loop_next(&desk.honest.loop, RETRY_MS));
	}
	return true;
}

/* Submits until one is refused; its walk, to be asked again. False where none ever is. */
static bool submit_until_refused(struct walk *out, enum err *out_err, size_t *out_count)
{
	bool is_repeat;

	*out_err = ERR_OK;
	for (*out_count = 0; *out_count < SUBMITS_MAX && *out_err == ERR_OK; ++*out_count) {
		struct client_ask ask;

		walk_begin(out, &desk.site);
		ask = walk_ask(out);
		*out_err = ask_once(&ask, &is_repeat);
	}
	return *out_err != ERR_OK;
}

static enum err ask_list(void)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	in.has_community_id = in.has_limit = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.limit = 20;
	return live_ask(&desk.honest, METHOD_complaint_list, &in.base);
}

/* As often as it was acknowledged, and with one event each. */
static bool is_whole(const char *conninfo, size_t count)
{
	PGconn *pg = pg_connect(conninfo);
	char expected[64];
	const char *found;
	bool is_equal;

	(void)snprintf(expected, sizeof(expected), "%zu %zu %zu", count, count, count);
	found =
		pg_run(pg, "SELECT (SELECT count(*) FROM complaint) || ' ' ||"
				   " (SELECT count(*) FROM event WHERE topic = 1) || ' ' ||"
				   " (SELECT count(*) FROM applied a JOIN complaint c ON c.complaint_id = a.key)");
	is_equal = strcmp(found, expected) == 0;
	if (!is_equal) {
		printf("# complaints, events, keys: %s instead of %s\n", found, expected);
	}
	PQfinish(pg);
	return is_equal;
}

/* ---- data ----------------------------------------------------------------------------------- */

/* The database's tables move to the small volume; WAL and everything else stay where they are. */
static void move_database(void)
{
	char conninfo[sizeof(cluster.super)];
	char place[64];
	char sql[256];
	PGconn *pg;

	(void)snprintf(conninfo, sizeof(conninfo),
		"host=%s/pg-socket port=5432 dbname=postgres user=postgres", cluster.dir);
	pg = pg_connect(conninfo);
	(void)snprintf(place, sizeof(place), "%s/tables", data.path);
	(void)snprintf(sql, sizeof(sql), "CREATE TABLESPACE small LOCATION '%s'", place);
	if (mkdir(place, 0700) != 0) {
		abort();
	}
	(void)pg_run(pg, sql);
	(void)pg_run(pg, "ALTER DATABASE guanjia SET TABLESPACE small");
	PQfinish(pg);
}

static void test_data_volume_is_full(void)
{
	const char *sets[] = {cluster.app_set, cluster.owner_set, "outgoing=none", NULL};
	struct client_ask ask;
	struct walk walk;
	size_t count;
	enum err err;
	bool is_repeat;

	live_cluster_init(&cluster, false);
	move_database();
	desk_begin(&desk, sets);
	volume_fill(&data);
	CHECK(submit_until_refused(&walk, &err, &count));
	printf("# %zu more found room, then %s\n", count - 1, err_name(err));
	CHECK_INT_EQ(err, ERR_TRY_LATER);
	ask = walk_ask(&walk);
	for (int turn = 0; turn < 3; turn++) {
		CHECK_INT_EQ(ask_once(&ask, &is_repeat), ERR_TRY_LATER);
		CHECK_INT_EQ(ask_list(), ERR_OK);
		CHECK(desk_is_well(&desk));
		CHECK(live_is_database_up(&desk.honest));
	}
	volume_free(&data);
	CHECK(insist(&ask));
	CHECK_INT_EQ(ask_once(&ask, &is_repeat), ERR_OK);
	CHECK(is_repeat);
	CHECK(is_whole(cluster.super, 1 + count));
	CHECK(desk_end(&desk));
	live_cluster_fini(&cluster);
}

/* ---- log ------------------------------------------------------------------------------------ */

static void test_log_volume_is_full(void)
{
	static const char *const sets[] = {
		"postgres_fsync=0", "outgoing=none", "log_level=debug", NULL};
	size_t asked = 0;

	desk_begin(&desk, sets);
	live_client_close(&desk.honest);
	CHECK_INT_EQ(live_server_stop(&desk.server), 0);
	(void)snprintf(desk.server.log_path, LIVE_PATH_MAX, "%s/server.log", log_volume.path);
	CHECK(live_server_start(&desk.server));
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	volume_fill(&log_volume);
	/* Until its own memory for lines is full too; each of these leaves one. */
	while (asked < ASKED_MAX && live_counter(&desk.honest, "log.dropped") == 0) {
		asked++;
	}
	printf("# %zu requests until the first line was lost\n", asked);
	CHECK(live_counter(&desk.honest, "log.dropped") > 0);
	CHECK(desk_is_well(&desk));
	volume_free(&log_volume);
	(void)desk_submit(&desk);
	CHECK(live_server_log_await(&desk.server, " log.dropped count=", 1));
	CHECK(is_whole(desk.server.super, 2));
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

/* ---- WAL ------------------------------------------------------------------------------------ */

/* Segments of 16 MiB: what fits into the present one is still taken. */
static void use_up_segment(void)
{
	PGconn *pg = PQconnectdb(desk.server.super);

	/* It ends with the connection: PostgreSQL has no room for the next segment. */
	PQclear(PQexec(pg, "SELECT pg_switch_wal()"));
	PQclear(PQexec(
		pg, "CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 90000)"));
	PQfinish(pg);
}

static void move_wal(void)
{
	char from[2 * LIVE_PATH_MAX];
	char command[6 * LIVE_PATH_MAX];

	(void)snprintf(from, sizeof(from), "%s/pg_wal", desk.server.cluster);
	(void)snprintf(command, sizeof(command), "mv '%s' '%s/wal' && ln -s '%s/wal' '%s'", from,
		wal.path, wal.path, from);
	if (system(command) != 0) {
		abort();
	}
}

static void test_wal_volume_is_full(void)
{
	static const char *const sets[] = {"outgoing=none", NULL};
	struct client_ask ask;
	struct walk walk;
	bool is_repeat;
	enum err err;
	int64_t begin_us;

	desk_begin(&desk, sets);
	live_client_close(&desk.honest);
	CHECK_INT_EQ(live_server_stop(&desk.server), 0);
	move_wal();
	CHECK(live_server_start(&desk.server));
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	volume_fill(&wal);
	use_up_segment();
	walk_begin(&walk, &desk.site);
	ask = walk_ask(&walk);
	err = ask_once(&ask, &is_repeat);
	printf("# with no room for WAL a command is told %s\n", err_name(err));
	CHECK(err == ERR_TRY_LATER || err == ERR_DEADLINE);
	CHECK(live_server_log_await(
		&desk.server, " embedded.failed why=", 2)); /* it cannot; and is asked again */
	volume_free(&wal);
	begin_us = live_until(0);
	CHECK(insist(&ask));
	printf("# back %lld ms after there was room\n",
		(long long)((live_until(0) - begin_us) / US_PER_MS));
	CHECK(is_whole(desk.server.super, 2));
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"data_volume_is_full", test_data_volume_is_full},
	{"log_volume_is_full", test_log_volume_is_full},
	{"wal_volume_is_full", test_wal_volume_is_full},
};

int main(void)
{
	const char *reason;

	if (!volumes_begin(&reason)) {
		printf("1..0 # SKIP %s\n", reason);
		return 0;
	}
	volume_make(&data, DATA_MIB);
	volume_make(&log_volume, LOG_MIB);
	volume_make(&wal, WAL_MIB);
	live_begin();
	return check_main(tests, COUNT(tests));
}
