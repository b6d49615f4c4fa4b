/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/replica.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <libpq-fe.h>

#include "server/db/process.h"

#define BREATH_MS 10 /* between two looks */
#define PATH_BYTES (2 * LIVE_PATH_MAX)

/*
 * The standby looks for what it lacks every half second instead of every five; a lost peer is noticed
 * soon. Both take these with them into whatever role comes next.
 */
static const char *const node_settings[] = {
	"ALTER SYSTEM SET wal_retrieve_retry_interval = '500ms'",
	"ALTER SYSTEM SET wal_receiver_timeout = '5s'",
	"ALTER SYSTEM SET wal_receiver_status_interval = '1s'",
	"ALTER SYSTEM SET synchronous_standby_names = '*'",
	"SELECT pg_reload_conf()",
};

static void need(bool holds, const char *what, const char *why)
{
	if (!holds) {
		printf("# %s: %s\n", what, why);
		(void)fflush(stdout);
		abort();
	}
}

struct live_cluster *live_pair_primary(struct live_pair *pair)
{
	return &pair->nodes[pair->primary];
}

struct live_cluster *live_pair_standby(struct live_pair *pair)
{
	return &pair->nodes[1 - pair->primary];
}

/* A superuser's own commits never wait: what the test does must not hang on what it has broken. */
static PGconn *enter(const struct live_cluster *node)
{
	PGconn *pg = PQconnectdb(node->super);
	PGresult *result;

	need(PQstatus(pg) == CONNECTION_OK, node->place, PQerrorMessage(pg));
	result = PQexec(pg, "SET synchronous_commit = local");
	need(PQresultStatus(result) == PGRES_COMMAND_OK, node->place, PQerrorMessage(pg));
	PQclear(result);
	return pg;
}

const char *live_ask_node(const struct live_cluster *node, const char *sql, char out[64])
{
	PGconn *pg = enter(node);
	PGresult *result = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(result);

	need(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, sql, PQerrorMessage(pg));
	(void)snprintf(out, 64, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(pg);
	return out;
}

/* Until the node's answer is `wanted`. */
static void await(const struct live_cluster *node, const char *sql, const char *wanted)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char answer[64];

	while (strcmp(live_ask_node(node, sql, answer), wanted) != 0) {
		need(live_left_ms(until_us) > 0, sql, answer);
		(void)poll(NULL, 0, BREATH_MS);
	}
}

void live_pair_want_standby(struct live_pair *pair, bool is_wanted)
{
	const struct live_cluster *node = live_pair_primary(pair);
	const char *names = is_wanted ? "*" : "";
	char sql[96];
	char answer[64];

	(void)snprintf(sql, sizeof(sql), "ALTER SYSTEM SET synchronous_standby_names = '%s'", names);
	(void)live_ask_node(node, sql, answer);
	(void)live_ask_node(node, "SELECT pg_reload_conf()", answer);
	await(node, "SHOW synchronous_standby_names", names);
}

void live_pair_await_sync(struct live_pair *pair)
{
	await(live_pair_primary(pair),
		"SELECT count(*) > 0 FROM pg_stat_replication"
		" WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')",
		"t");
}

static int on_tree_entry(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* A copy of the primary's cluster in the other's place, which follows it once it is started. */
static void copy_primary(struct live_pair *pair)
{
	const struct live_cluster *from = live_pair_primary(pair);
	const struct live_cluster *to = live_pair_standby(pair);
	char program[PATH_BYTES];
	char source[PATH_BYTES];
	char output[PATH_BYTES];
	const char *const argv[] = {program, "--pgdata", to->place, "--dbname", source,
		"--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync", NULL};
	struct process_start start = {.argv = argv, .output = output, .death_signal = SIGTERM};
	int status = 0;
	pid_t child;

	(void)snprintf(program, sizeof(program), "%s/pg_basebackup", from->config.postgres_bin);
	(void)snprintf(source, sizeof(source), "host=%s/pg-socket port=5432 user=postgres", from->dir);
	(void)snprintf(output, sizeof(output), "%s/copy.log", to->dir);
	need(nftw(to->place, on_tree_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT,
		to->place, strerror(errno));
	child = process_start(&start);
	need(child != 0, program, strerror(errno));
	need(process_wait(child, 2 * LIVE_WAIT_MS, &status), program, "does not end");
	need(WIFEXITED(status) && WEXITSTATUS(status) == 0, program, output);
}

void live_pair_init(struct live_pair *pair, bool fsync)
{
	struct live_cluster *first = &pair->nodes[0];
	struct live_cluster *second = &pair->nodes[1];
	char answer[64];

	pair->primary = 0;
	live_cluster_init(first, fsync);
	live_cluster_place(second, fsync);
	for (size_t i = 0; i < COUNT(node_settings); i++) {
		(void)live_ask_node(first, node_settings[i], answer);
	}
	copy_primary(pair);
	live_cluster_begin(second);
	live_pair_await_sync(pair);
	(void)snprintf(pair->app_set, sizeof(pair->app_set),
		"database=host='%.127s,%.127s' port=5432 dbname=guanjia user=guanjia_app"
		" target_session_attrs=read-write",
		first->embedded.socket_dir, second->embedded.socket_dir);
	(void)snprintf(pair->owner_set, sizeof(pair->owner_set), "%s", first->owner_set);
}

void live_pair_fini(struct live_pair *pair)
{
	live_cluster_fini(live_pair_primary(pair)); /* first: it has nobody to wait for */
	live_cluster_fini(live_pair_standby(pair));
}

void live_pair_lose(struct live_pair *pair, size_t node)
{
	struct live_cluster *lost = &pair->nodes[node];

	live_kill_all(lost->place);
	live_cluster_kill(lost); /* there still, until it is reaped */
}

void live_pair_promote(struct live_pair *pair)
{
	char answer[64];

	pair->primary = 1 - pair->primary;
	(void)live_ask_node(live_pair_primary(pair), "SELECT pg_promote(true, 30)", answer);
	need(strcmp(answer, "t") == 0, "promotion", answer);
	live_pair_want_standby(pair, false);
}

void live_pair_rejoin(struct live_pair *pair)
{
	assert(live_pair_standby(pair)->embedded.pid == 0);
	copy_primary(pair);
	live_cluster_start(live_pair_standby(pair));
	live_pair_want_standby(pair, true);
	live_pair_await_sync(pair);
}
