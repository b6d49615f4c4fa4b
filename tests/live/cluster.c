/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/cluster.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/db/process.h"
#include "tests/server/scratch.h"

#define PROCESSES_MAX 128

static void need(bool holds, const char *what, const char *why)
{
	if (!holds) {
		printf("# %s: %s\n", what, why);
		(void)fflush(stdout);
		abort();
	}
}

void live_cluster_place(struct live_cluster *cluster, bool fsync)
{
	char place[SCRATCH_PATH_MAX];

	*cluster = (struct live_cluster){.config = {.dir = NULL}};
	scratch_dir(place);
	(void)snprintf(cluster->dir, LIVE_PATH_MAX, "%s", place);
	(void)snprintf(cluster->place, LIVE_PATH_MAX, "%s/pg", place);
	(void)snprintf(cluster->super, sizeof(cluster->super),
		"host=%s/pg-socket port=5432 dbname=guanjia user=postgres", place);
	config_init(&cluster->config, cluster->dir);
	cluster->config.postgres_fsync = fsync ? 1 : 0;
	log_init(&cluster->log, -1, LOG_ERROR);
}

void live_cluster_begin(struct live_cluster *cluster)
{
	struct embedded_fault fault = {""};

	need(embedded_start(&cluster->embedded, &cluster->config, &cluster->log, &fault) == ERR_OK,
		"PostgreSQL", fault.text);
	(void)snprintf(
		cluster->app_set, sizeof(cluster->app_set), "database=%s", cluster->embedded.app);
	(void)snprintf(cluster->owner_set, sizeof(cluster->owner_set), "database_owner=%s",
		cluster->embedded.owner);
}

void live_cluster_init(struct live_cluster *cluster, bool fsync)
{
	live_cluster_place(cluster, fsync);
	live_cluster_begin(cluster);
}

void live_cluster_stop(struct live_cluster *cluster)
{
	embedded_stop(&cluster->embedded);
}

void live_cluster_fini(struct live_cluster *cluster)
{
	live_cluster_stop(cluster);
	log_fini(&cluster->log);
}

void live_cluster_kill(struct live_cluster *cluster)
{
	int status = 0;

	need(cluster->embedded.pid != 0, "PostgreSQL", "does not run");
	need(kill(cluster->embedded.pid, SIGKILL) == 0, "kill", strerror(errno));
	need(waitpid(cluster->embedded.pid, &status, 0) == cluster->embedded.pid, "waitpid", "");
	cluster->embedded.pid = 0;
}

void live_cluster_start(struct live_cluster *cluster)
{
	struct embedded_fault fault = {""};

	need(embedded_restart(&cluster->embedded, &fault) == ERR_OK, "PostgreSQL", fault.text);
}

static size_t signal_all(const char *place, int number)
{
	pid_t pids[PROCESSES_MAX];
	size_t count = process_find("postgres", place, pids, PROCESSES_MAX);

	for (size_t i = 0; i < count; i++) {
		(void)kill(pids[i], number);
	}
	return count;
}

/* One that was forked meanwhile was forked by one that had not stopped yet: twice finds all. */
void live_pause(const char *place)
{
	size_t count = signal_all(place, SIGSTOP);

	need(count > 0, place, "no PostgreSQL runs there");
	(void)signal_all(place, SIGSTOP);
}

void live_go_on(const char *place)
{
	need(signal_all(place, SIGCONT) > 0, place, "no PostgreSQL runs there");
}

void live_kill_all(const char *place)
{
	(void)signal_all(place, SIGKILL);
}

void live_kill_child(const char *place, pid_t postmaster, uint64_t number)
{
	pid_t pids[PROCESSES_MAX];
	size_t count = process_find("postgres", place, pids, PROCESSES_MAX);
	size_t child_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (pids[i] != postmaster) {
			pids[child_count++] = pids[i];
		}
	}
	if (child_count > 0) {
		(void)kill(pids[number % child_count], SIGKILL);
	}
}
