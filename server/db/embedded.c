/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/embedded.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "server/data_file.h"
#include "server/db/embedded_init.h"
#include "server/db/file_lane.h"
#include "server/db/process.h"

#define RECOVER_MS INT64_C(86400000) /* what stands in the log of a long backup, at disk speed */
#define STOP_MS INT64_C(60000)
#define QUIT_MS INT64_C(5000)
#define POLL_MS INT64_C(2)
/* sun_path has 108 bytes; PostgreSQL puts "/.s.PGSQL.5432" behind the directory. */
#define SOCKET_PATH_MAX 100
#define SOCKET_NAME "/.s.PGSQL." EMBEDDED_PORT

/*
 * What must hold whatever else is in pg/postgresql.conf, where people may tune the rest. The log is a
 * week of files, and tells neither the values nor the texts of statements.
 */
static const char *const settings[] = {
	"listen_addresses=",
	("port=" EMBEDDED_PORT),
	"unix_socket_permissions=0700",
	"ssl=off",
	"timezone=UTC",
	"jit=off",
	/* After a crash the file system at once: file by file was most of the time to come back. */
	"recovery_init_sync_method=syncfs",
	"logging_collector=on",
	"log_destination=stderr",
	"log_directory=log",
	"log_filename=postgresql-%a.log",
	"log_file_mode=0600",
	"log_rotation_age=1d",
	"log_rotation_size=0",
	"log_truncate_on_rotation=on",
	"log_timezone=UTC",
	"log_line_prefix=%m [%p] %q%u ",
	"log_error_verbosity=terse",
	"log_statement=none",
	"log_min_error_statement=panic",
	"log_min_duration_statement=-1",
	"log_parameter_max_length=0",
	"log_parameter_max_length_on_error=0",
};

/* Nothing acknowledged is lost, also when the power is. */
static const char *const durable[] = {"synchronous_commit=on", "fsync=on", "full_page_writes=on"};
/* For tests: it survives a kill of PostgreSQL, and not one of the machine. */
static const char *const forgetful[] = {
	"synchronous_commit=on", "fsync=off", "full_page_writes=off"};

/* PostgreSQL's own default is 128 MiB, on any machine: indexes of a million complaints are ten times that. */
#define MEMORY_MIB_MIN 128
#define MEMORY_MIB_MAX 2048
#define MEMORY_SHARE 4

#define SIZED_COUNT 3
#define SIZED_BYTES 64

#define CONNECTIONS_MIN 100
#define CONNECTIONS_BESIDE 18 /* backups, doctors, people with psql, and PostgreSQL's own reserve */

/* What is logged here took its time; the tick's clock stood still meanwhile. */
static struct log *log_now(struct embedded *embedded)
{
	embedded->log->utc_us = clock_now().utc_us;
	return embedded->log;
}

static enum err fail(struct embedded_fault *fault, enum err err, const char *what, const char *why)
{
	(void)snprintf(fault->text, sizeof(fault->text), "%.300s: %.180s", what, why);
	return err;
}

/* Characters that need no quoting in a connection string or in PostgreSQL's list of directories. */
static bool is_plain_path(const char *path)
{
	return strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") ==
	       strlen(path);
}

/* In the data directory; where its path is too long for a socket, a short one that is always the same. */
static void choose_socket_dir(struct embedded *embedded)
{
	const char *dir = embedded->config->dir;
	int len = snprintf(embedded->socket_dir, sizeof(embedded->socket_dir), "%s/pg-socket", dir);
	char name[UUID_TEXT_LEN + 1];

	if (len + (int)strlen(SOCKET_NAME) <= SOCKET_PATH_MAX && is_plain_path(dir)) {
		return;
	}
	uuid_format(uuid_v8(STR("pg-socket"), str_from_c(dir)), name);
	(void)snprintf(embedded->socket_dir, sizeof(embedded->socket_dir), "/tmp/guanjia-%u-%.8s",
		(unsigned)geteuid(), name);
}

/* Ours alone: in /tmp somebody else may have taken the name. */
static enum err make_socket_dir(struct embedded *embedded, struct embedded_fault *fault)
{
	choose_socket_dir(embedded);
	if (!data_file_mkdir(embedded->socket_dir) || chmod(embedded->socket_dir, 0700) != 0) {
		return fail(fault, ERR_CONFIG, embedded->socket_dir, strerror(errno));
	}
	return ERR_OK;
}

static int64_t memory_mib(const struct config *config)
{
	uint64_t bytes = uv_get_total_memory();
	uint64_t allowed = uv_get_constrained_memory(); /* of the cgroup; 0: unknown */
	int64_t mib;

	if (config->postgres_memory_mib != 0 || !config->postgres_fsync) {
		return config->postgres_memory_mib != 0 ? config->postgres_memory_mib : MEMORY_MIB_MIN;
	}
	if (allowed != 0 && allowed < bytes) {
		bytes = allowed;
	}
	mib = (int64_t)(bytes / MEMORY_SHARE >> 20);
	if (mib < MEMORY_MIB_MIN) {
		return MEMORY_MIB_MIN;
	}
	return mib > MEMORY_MIB_MAX ? MEMORY_MIB_MAX : mib;
}

/* What all loops open between them, with room for others. */
static int64_t connections_max(const struct config *config)
{
	int64_t own = config->loops * (config->readers + config->writers + FILE_LANE_COUNT);

	return own + CONNECTIONS_BESIDE > CONNECTIONS_MIN ? own + CONNECTIONS_BESIDE : CONNECTIONS_MIN;
}

/* What depends on the machine and on guanjia.conf. */
static void size_settings(const struct config *config, char out[SIZED_COUNT][SIZED_BYTES])
{
	(void)snprintf(out[0], SIZED_BYTES, "shared_buffers=%" PRId64 "MB", memory_mib(config));
	(void)snprintf(out[1], SIZED_BYTES, "max_wal_size=%" PRId64 "MB", config->postgres_wal_mib);
	(void)snprintf(out[2], SIZED_BYTES, "max_connections=%" PRId64, connections_max(config));
}

/* postgres -D DIR -c setting ...; the texts belong to the caller. */
static enum err spawn(struct embedded *embedded, const char *cluster, const char *output,
	struct embedded_fault *fault)
{
	const char *const *safety = embedded->config->postgres_fsync ? durable : forgetful;
	char program[EMBEDDED_PATH_MAX * 4];
	char sockets[EMBEDDED_PATH_MAX];
	char sized[SIZED_COUNT][SIZED_BYTES];
	const char *argv[6 + 2 * (SIZED_COUNT + COUNT(settings) + COUNT(durable) + EMBEDDED_MORE_MAX)];
	const char *const *more = embedded->more;
	struct process_start start = {.argv = argv, .output = output, .death_signal = SIGINT};
	size_t count = 0;

	static_assert(COUNT(durable) == COUNT(forgetful), "one for the other");
	(void)snprintf(program, sizeof(program), "%s/postgres", embedded->config->postgres_bin);
	(void)snprintf(sockets, sizeof(sockets), "unix_socket_directories=%s", embedded->socket_dir);
	size_settings(embedded->config, sized);
	argv[count++] = program;
	argv[count++] = "-D";
	argv[count++] = cluster;
	argv[count++] = "-c";
	argv[count++] = sockets;
	for (size_t i = 0; i < SIZED_COUNT; i++) {
		argv[count++] = "-c";
		argv[count++] = sized[i];
	}
	for (size_t i = 0; i < COUNT(settings) + COUNT(durable); i++) {
		argv[count++] = "-c";
		argv[count++] = i < COUNT(settings) ? settings[i] : safety[i - COUNT(settings)];
	}
	for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
		assert(i < EMBEDDED_MORE_MAX);
		argv[count++] = "-c";
		argv[count++] = more[i];
	}
	argv[count++] = NULL;
	assert(count <= COUNT(argv));
	embedded->pid = process_start(&start);
	return embedded->pid != 0
	           ? ERR_OK
	           : fail(fault, ERR_CONFIG, "PostgreSQL cannot be started", strerror(errno));
}

enum err embedded_begin_start(struct embedded *embedded, struct embedded_fault *out_fault)
{
	char cluster[EMBEDDED_PATH_MAX];
	char output[EMBEDDED_PATH_MAX];
	enum err err = make_socket_dir(embedded, out_fault); /* whoever tidies /tmp may have taken it */

	embedded_path(embedded, "pg", cluster);
	embedded_path(embedded, "pg-start.log", output);
	return err == ERR_OK ? spawn(embedded, cluster, output, out_fault) : err;
}

enum embedded_look embedded_look_start(struct embedded *embedded, struct embedded_fault *out_fault)
{
	char cluster[EMBEDDED_PATH_MAX];
	char output[EMBEDDED_PATH_MAX];
	bool ready = false;

	embedded_path(embedded, "pg", cluster);
	if (embedded_read_pid_file(cluster, &ready) == embedded->pid && ready) {
		log_line(log_now(embedded), LOG_INFO, "embedded.start", "pid=%ld", (long)embedded->pid);
		return EMBEDDED_DONE;
	}
	if (embedded_check(embedded)) {
		return EMBEDDED_WAIT;
	}
	embedded_path(embedded, "pg-start.log", output);
	(void)embedded_fail_with(out_fault, ERR_TRY_LATER, output, "PostgreSQL did not start");
	return EMBEDDED_FAILED;
}

/* Step 4, to the moment it takes connections. */
static enum err start_postmaster(
	struct embedded *embedded, int64_t wait_ms, struct embedded_fault *fault)
{
	int64_t deadline_us = clock_now().mono_us + wait_ms * US_PER_MS;
	enum err err = embedded_begin_start(embedded, fault);
	enum embedded_look look;

	if (err != ERR_OK) {
		return err;
	}
	while ((look = embedded_look_start(embedded, fault)) == EMBEDDED_WAIT) {
		if (clock_now().mono_us >= deadline_us) {
			embedded_stop(embedded);
			return fail(fault, ERR_TRY_LATER, "PostgreSQL", "not ready in time");
		}
		process_sleep_ms(POLL_MS);
	}
	embedded->step = EMBEDDED_RUNNING;
	return look == EMBEDDED_DONE ? ERR_OK : ERR_TRY_LATER;
}

static enum err check_programs(const struct config *config, struct embedded_fault *fault)
{
	static const char *const names[] = {"postgres", "initdb"};

	if (geteuid() == 0) {
		return fail(fault, ERR_CONFIG, "PostgreSQL", "does not run as root");
	}
	for (size_t i = 0; i < COUNT(names); i++) {
		char path[EMBEDDED_PATH_MAX * 4];

		(void)snprintf(path, sizeof(path), "%s/%s", config->postgres_bin, names[i]);
		if (access(path, X_OK) != 0) {
			return fail(fault, ERR_CONFIG, path,
				"cannot be executed; install postgresql-15, or set postgres_bin");
		}
	}
	return ERR_OK;
}

/* The connection strings; socket_dir is shorter than they may be. */
static void fill_strings(struct embedded *embedded)
{
	const size_t max = sizeof(embedded->app);
	bool fits = embedded_conninfo(embedded, EMBEDDED_DATABASE, EMBEDDED_APP, embedded->app, max);

	static_assert(sizeof(embedded->app) == sizeof(embedded->owner), "one size");
	static_assert(sizeof(embedded->app) == sizeof(embedded->super), "one size");
	assert(fits);
	fits = embedded_conninfo(embedded, EMBEDDED_DATABASE, EMBEDDED_OWNER, embedded->owner, max);
	assert(fits);
	fits = embedded_conninfo(embedded, EMBEDDED_DATABASE, EMBEDDED_SUPER, embedded->super, max);
	assert(fits);
}

/* Steps 2–5. */
static enum err start(struct embedded *embedded, int64_t wait_ms, struct embedded_fault *out_fault)
{
	enum err err = check_programs(embedded->config, out_fault);

	if (err == ERR_OK) {
		err = make_socket_dir(embedded, out_fault);
	}
	if (err == ERR_OK) {
		err = embedded_stop_orphan(embedded, out_fault);
	}
	if (err == ERR_OK) {
		err = embedded_init_cluster(embedded, out_fault);
	}
	if (err == ERR_OK) {
		err = start_postmaster(embedded, wait_ms, out_fault);
	}
	if (err == ERR_OK) {
		err = embedded_init_database(embedded, out_fault);
	}
	if (err != ERR_OK) {
		embedded_stop(embedded);
		return err;
	}
	fill_strings(embedded);
	return ERR_OK;
}

enum err embedded_start(struct embedded *embedded, const struct config *config, struct log *log,
	struct embedded_fault *out_fault)
{
	*embedded = (struct embedded){.config = config, .log = log};
	return start(embedded, EMBEDDED_START_MS, out_fault);
}

enum err embedded_recover(struct embedded *embedded, const struct config *config, struct log *log,
	const char *const *more, struct embedded_fault *out_fault)
{
	*embedded = (struct embedded){.config = config, .log = log, .more = more};
	return start(embedded, RECOVER_MS, out_fault);
}

bool embedded_find(struct embedded *embedded, const struct config *config)
{
	char cluster[EMBEDDED_PATH_MAX];
	bool ready = false;
	pid_t pid;

	*embedded = (struct embedded){.config = config};
	choose_socket_dir(embedded);
	fill_strings(embedded);
	embedded_path(embedded, "pg", cluster);
	pid = embedded_read_pid_file(cluster, &ready);
	return ready && process_is(pid, "postgres", cluster);
}

bool embedded_check(struct embedded *embedded)
{
	int status;

	if (embedded->pid == 0) {
		return false;
	}
	if (!process_wait(embedded->pid, 0, &status)) {
		return true;
	}
	log_line(log_now(embedded), LOG_ERROR, "embedded.died", "pid=%ld status=%d signal=%d",
		(long)embedded->pid, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	embedded->pid = 0;
	return false;
}

enum err embedded_restart(struct embedded *embedded, struct embedded_fault *out_fault)
{
	enum err err;

	assert(embedded->pid == 0);
	err = make_socket_dir(embedded, out_fault);
	if (err == ERR_OK) {
		err = embedded_stop_orphan(embedded, out_fault);
	}
	return err == ERR_OK ? start_postmaster(embedded, EMBEDDED_START_MS, out_fault) : err;
}

void embedded_stop(struct embedded *embedded)
{
	static const struct {
		int signal;
		int64_t wait_ms;
	} steps[] = {{SIGINT, STOP_MS}, {SIGQUIT, QUIT_MS}, {SIGKILL, INT64_C(3600000)}};
	int status = 0;

	if (embedded == NULL || embedded->pid == 0) {
		return;
	}
	for (size_t i = 0; embedded->pid != 0 && i < COUNT(steps); i++) {
		(void)kill(embedded->pid, steps[i].signal);
		if (process_wait(embedded->pid, steps[i].wait_ms, &status)) {
			embedded->pid = 0;
		}
	}
	assert(embedded->pid == 0);
	log_line(log_now(embedded), LOG_INFO, "embedded.stop", "status=%d",
		WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	(void)rmdir(embedded->socket_dir); /* empty now; the next start makes it */
}
