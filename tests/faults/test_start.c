/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves when a server starts and when it refuses to: never twice on one data directory, never on a
 * schema that does not serve it, never where it cannot listen or has been told nonsense, each time with
 * its exit code and without harm to whoever is there; but always after a kill -9, whatever that left.
 */
#include "tests/check.h"

#include <signal.h>

#include "server/db/migrate.h"
#include "tests/faults/desk.h"
#include "tests/live/cluster.h"
#include "tests/server/pg.h"

/* Exit codes of common/err.def. */
#define EXIT_CONFIG 78
#define EXIT_TRY_LATER 75

static const char *const private_sets[] = {"postgres_fsync=0", NULL};

/* Another server with other settings on the same data directory. */
static void copy_settings(
	struct live_server *out, const struct live_server *server, const char *const *sets)
{
	*out = *server;
	out->pid = 0;
	out->pid_fd = -1;
	out->set_count = 0;
	(void)snprintf(out->log_path, sizeof(out->log_path), "%.300s.second", server->log_path);
	for (size_t i = 0; i < server->set_count; i++) {
		out->sets[out->set_count++] = strdup(server->sets[i]);
	}
	for (size_t i = 0; sets[i] != NULL; i++) {
		out->sets[out->set_count++] = strdup(sets[i]);
	}
}

/* What the first setting of the name says is replaced by the last: --set in order. */
static int exit_code_with(const struct live_server *server, const char *set)
{
	const char *sets[] = {set, NULL};
	struct live_server other;
	int code = -1;

	copy_settings(&other, server, sets);
	if (!live_server_start(&other)) {
		code = other.exit_code;
	}
	live_server_fini(&other);
	return code;
}

static void test_second_server_on_a_directory_is_refused(void)
{
	static struct desk desk;
	pid_t postmaster;

	desk_begin(&desk, private_sets);
	postmaster = live_server_postmaster(&desk.server);
	CHECK_INT_EQ(exit_code_with(&desk.server, "readers=2"), EXIT_TRY_LATER);
	CHECK_INT_EQ(live_server_postmaster(&desk.server), postmaster);
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

static void test_nonsense_is_refused(void)
{
	static const char *const sets[] = {
		"listen=nowhere",
		"listen=127.0.0.1:99999",
		"listen=192.0.2.1:7443", /* TEST-NET-1, RFC 5737: nobody's */
		"readers=0",
		"log_level=loud",
		"tls_certificate=/dev/null",
		"postgres_bin=/nonexistent",
		"database=host=/nonexistent",
	};
	static struct live_server server;

	live_server_init(&server, private_sets);
	for (size_t i = 0; i < COUNT(sets); i++) {
		int code = exit_code_with(&server, sets[i]);

		if (code != EXIT_CONFIG && code != EXIT_TRY_LATER) {
			printf("# %s: %d\n", sets[i], code);
		}
		CHECK(code == EXIT_CONFIG || (code == EXIT_TRY_LATER && i == COUNT(sets) - 1));
		CHECK_INT_EQ(live_server_postmaster(&server), 0);
	}
	CHECK(live_server_start(&server));
	CHECK_INT_EQ(live_server_stop(&server), 0);
	live_server_fini(&server);
}

static void test_port_that_is_taken_is_refused(void)
{
	static struct desk desk;
	static struct live_server other;
	char set[64];

	desk_begin(&desk, private_sets);
	live_server_init(&other, private_sets);
	(void)snprintf(set, sizeof(set), "listen=127.0.0.1:%u", (unsigned)desk.server.port);
	CHECK_INT_EQ(exit_code_with(&other, set), EXIT_CONFIG);
	CHECK_INT_EQ(live_server_postmaster(&other), 0);
	live_server_fini(&other);
	CHECK(desk_is_well(&desk));
	CHECK(desk_end(&desk));
}

static void test_schema_that_does_not_serve_is_refused(void)
{
	static struct live_cluster cluster;
	static struct live_server server;
	const char *sets[] = {cluster.app_set, cluster.owner_set, NULL};
	char sql[512];
	PGconn *pg;

	live_cluster_init(&cluster, false);
	live_server_init(&server, sets);
	CHECK(live_server_start(&server));
	CHECK_INT_EQ(live_server_stop(&server), 0);
	pg = pg_connect(cluster.super);
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO schema_version (number, name, sha256, serves_from)"
		" VALUES (%zu, 'later', sha256(''), %zu)",
		migration_count + 1, migration_count + 1);
	(void)pg_run(pg, sql);
	CHECK(!live_server_start(&server));
	CHECK_INT_EQ(server.exit_code, EXIT_CONFIG);
	(void)snprintf(sql, sizeof(sql),
		"UPDATE schema_version SET serves_from = %zu WHERE number = %zu", migration_count,
		migration_count + 1);
	(void)pg_run(pg, sql);
	CHECK(live_server_start(&server));
	CHECK_INT_EQ(live_server_stop(&server), 0);
	(void)snprintf(
		sql, sizeof(sql), "DELETE FROM schema_version WHERE number >= %zu", migration_count);
	(void)pg_run(pg, sql);
	CHECK(!live_server_start(&server));
	CHECK_INT_EQ(server.exit_code, EXIT_CONFIG);
	PQfinish(pg);
	live_server_fini(&server);
	live_cluster_fini(&cluster);
}

/* After the server's death its PostgreSQL shuts down by itself, or is stopped by who comes next. */
static void test_start_after_a_kill(void)
{
	static const struct {
		const char *what;
		bool kills_postmaster;
		bool pauses_backends; /* they outlive their postmaster: the orphans of orphans */
	} rows[] = {
		{"the server alone", false, false},
		{"the server and its postmaster", true, false},
		{"both, while backends stand still", true, true},
	};
	static struct desk desk;

	desk_begin(&desk, private_sets);
	for (size_t i = 0; i < COUNT(rows); i++) {
		pid_t postmaster = live_server_postmaster(&desk.server);
		int64_t begin_us;

		(void)desk_submit(&desk);
		live_client_close(&desk.honest);
		if (rows[i].pauses_backends) {
			live_pause(desk.server.cluster);
		}
		if (rows[i].kills_postmaster) {
			CHECK_INT_EQ(kill(postmaster, SIGKILL), 0);
		}
		live_server_kill(&desk.server);
		if (rows[i].pauses_backends) {
			live_go_on(desk.server.cluster);
		}
		begin_us = live_until(0);
		CHECK(live_server_start(&desk.server));
		printf(
			"# %s: %lld ms\n", rows[i].what, (long long)((live_until(0) - begin_us) / US_PER_MS));
		CHECK(live_server_postmaster(&desk.server) != postmaster);
		CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
		CHECK(desk_is_well(&desk));
	}
	CHECK(desk_end(&desk));
}

static void test_start_on_an_existing_directory_is_quick(void)
{
	static struct live_server server;
	int64_t shortest_us = INT64_MAX;

	live_server_init(&server, private_sets);
	for (int turn = 0; turn < 3; turn++) {
		int64_t begin_us = live_until(0);
		int64_t took_us;

		CHECK(live_server_start(&server));
		took_us = live_until(0) - begin_us;
		shortest_us = took_us < shortest_us ? took_us : shortest_us;
		CHECK_INT_EQ(live_server_stop(&server), 0);
	}
	printf("# started in %lld ms\n", (long long)(shortest_us / US_PER_MS));
	CHECK(live_server_is_sound(&server));
	live_server_fini(&server);
}

static const struct test tests[] = {
	{"second_server_on_a_directory_is_refused", test_second_server_on_a_directory_is_refused},
	{"nonsense_is_refused", test_nonsense_is_refused},
	{"port_that_is_taken_is_refused", test_port_that_is_taken_is_refused},
	{"schema_that_does_not_serve_is_refused", test_schema_that_does_not_serve_is_refused},
	{"start_after_a_kill", test_start_after_a_kill},
	{"start_on_an_existing_directory_is_quick", test_start_on_an_existing_directory_is_quick},
};

int main(void)
{
	live_begin();
	return check_main(tests, COUNT(tests));
}
