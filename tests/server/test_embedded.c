/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with a real PostgreSQL what server/db/embedded.h promises: a first start and the next ones, an
 * orphan of a server that was killed, a postmaster that is killed, the kernel's signal when we are, and
 * directories that a socket's address cannot hold.
 *
 * Each test but the last few works in one data directory, whose cluster the first one makes. What another
 * process does is waited for by looking, for at most WAIT_MS.
 */
#include "server/db/embedded.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "server/data_file.h"
#include "server/db/process.h"
#include "tests/check.h"
#include "tests/server/pg.h"
#include "tests/server/scratch.h"

#define WAIT_MS 20000
#define LOG_BYTES_MAX 65536

static char dir[SCRATCH_PATH_MAX]; /* of most tests */

/* A server's part that these tests need: settings, log, and the private PostgreSQL. */
struct server {
	struct config config;
	struct log log;
	int log_fd;
	struct embedded embedded;
	struct embedded_fault fault;
};

static void server_init(struct server *server, const char *data)
{
	*server = (struct server){.log_fd = memfd_create("log", MFD_CLOEXEC)};
	config_init(&server->config, data);
	server->config.postgres_fsync = 0;
	server->config.postgres_memory_mib = 48;
	log_init(&server->log, server->log_fd, LOG_DEBUG);
}

static enum err server_start(struct server *server)
{
	enum err err = embedded_start(&server->embedded, &server->config, &server->log, &server->fault);

	if (err != ERR_OK) {
		printf("#   fault: %s\n", server->fault.text);
	}
	return err;
}

static bool server_logged(struct server *server, const char *event)
{
	static char text[LOG_BYTES_MAX];
	ssize_t len;

	(void)log_flush(&server->log);
	len = pread(server->log_fd, text, sizeof(text) - 1, 0);
	text[len < 0 ? 0 : len] = '\0';
	return strstr(text, event) != NULL;
}

static void server_fini(struct server *server)
{
	embedded_stop(&server->embedded);
	log_fini(&server->log);
	(void)close(server->log_fd);
}

static void cluster_of(const char *data, char out[SCRATCH_PATH_MAX * 2])
{
	(void)snprintf(out, SCRATCH_PATH_MAX * 2, "%s/pg", data);
}

/* What runs in a cluster now. */
static size_t running_in(const char *data)
{
	char cluster[SCRATCH_PATH_MAX * 2];
	pid_t found[64];

	cluster_of(data, cluster);
	return process_find("postgres", cluster, found, COUNT(found));
}

static bool wait_for_none_in(const char *data)
{
	int64_t deadline_us = clock_now().mono_us + WAIT_MS * US_PER_MS;

	while (running_in(data) > 0 && clock_now().mono_us < deadline_us) {
		process_sleep_ms(5);
	}
	return running_in(data) == 0;
}

static bool answers(const char *conninfo)
{
	PGconn *pg = PQconnectdb(conninfo);
	bool connected = PQstatus(pg) == CONNECTION_OK;

	PQfinish(pg);
	return connected;
}

/* Since the last checkpoint: "shut down" only where the last stop was clean. */
static bool was_stopped_cleanly(const char *data)
{
	char command[SCRATCH_PATH_MAX * 3];

	(void)snprintf(command, sizeof(command),
		"LC_ALL=C /usr/lib/postgresql/15/bin/pg_controldata %s/pg | "
		"grep -q 'cluster state: *shut down$'",
		data);
	return system(command) == 0;
}

static void test_first_start_makes_roles_and_database(void)
{
	struct server server;
	PGconn *pg;

	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK(embedded_check(&server.embedded));
	pg = pg_connect(server.embedded.app);
	CHECK_STR_EQ(pg_run(pg, "SELECT current_user"), "guanjia_app");
	CHECK_STR_EQ(pg_run(pg, "SHOW server_encoding"), "UTF8");
	CHECK_STR_EQ(pg_run(pg, "SHOW lc_ctype"), "C.UTF-8");
	CHECK_STR_EQ(pg_run(pg, "SHOW listen_addresses"), "");
	CHECK_STR_EQ(pg_run(pg, "SHOW shared_buffers"), "48MB");
	CHECK_STR_EQ(pg_run(pg, "SHOW data_checksums"), "on");
	CHECK_STR_EQ(pg_run(pg, "SELECT has_schema_privilege('public', 'CREATE')"), "f");
	PQfinish(pg);
	pg = pg_connect(server.embedded.owner);
	CHECK_STR_EQ(pg_run(pg, "SELECT current_user"), "guanjia_owner");
	CHECK_STR_EQ(pg_run(pg, "SELECT has_schema_privilege('public', 'CREATE')"), "t");
	CHECK_STR_EQ(pg_run(pg, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"), "f");
	PQfinish(pg);
	embedded_stop(&server.embedded);
	CHECK_INT_EQ(server.embedded.pid, 0);
	CHECK(wait_for_none_in(dir));
	CHECK(was_stopped_cleanly(dir));
	CHECK(!embedded_check(&server.embedded));
	server_fini(&server);
}

static void test_second_start_makes_nothing(void)
{
	char version[SCRATCH_PATH_MAX * 2];
	char access_file[SCRATCH_PATH_MAX * 2];
	struct stat before[2];
	struct stat after[2];
	struct server server;

	(void)snprintf(version, sizeof(version), "%s/pg/PG_VERSION", dir);
	(void)snprintf(access_file, sizeof(access_file), "%s/pg/pg_hba.conf", dir);
	CHECK(stat(version, &before[0]) == 0 && stat(access_file, &before[1]) == 0);
	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK(stat(version, &after[0]) == 0 && stat(access_file, &after[1]) == 0);
	for (size_t i = 0; i < 2; i++) {
		CHECK_INT_EQ(after[i].st_ino, before[i].st_ino);
		CHECK_INT_EQ(after[i].st_mtim.tv_nsec, before[i].st_mtim.tv_nsec);
	}
	CHECK(!server_logged(&server, "embedded.orphan"));
	server_fini(&server);
}

/* Only the account itself, and only as one of our roles. */
static void test_others_may_not_connect(void)
{
	struct server server;
	struct stat status;
	char conninfo[512];

	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK_INT_EQ(stat(server.embedded.socket_dir, &status), 0);
	CHECK_INT_EQ(status.st_mode & 07777, 0700);
	(void)snprintf(conninfo, sizeof(conninfo), "host=%s dbname=guanjia user=pg_monitor",
		server.embedded.socket_dir);
	CHECK(!answers(conninfo));
	(void)snprintf(conninfo, sizeof(conninfo), "host=127.0.0.1 dbname=guanjia user=guanjia_app");
	CHECK(!answers(conninfo));
	server_fini(&server);
}

/* In a child that is killed: PostgreSQL has to end by itself, and cleanly. */
static void test_killed_parent_takes_postgres_along(void)
{
	int ready[2];
	char byte = 0;
	pid_t child;

	CHECK_INT_EQ(pipe(ready), 0);
	(void)fflush(stdout);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		struct server server;

		server_init(&server, dir);
		if (server_start(&server) == ERR_OK && write(ready[1], "x", 1) == 1) {
			(void)pause();
		}
		_exit(1);
	}
	(void)close(ready[1]);
	CHECK_INT_EQ(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	CHECK(running_in(dir) > 0);
	CHECK_INT_EQ(kill(child, SIGKILL), 0);
	CHECK_INT_EQ(waitpid(child, NULL, 0), child);
	CHECK(wait_for_none_in(dir));
	CHECK(was_stopped_cleanly(dir));
}

/* As one would be that lost its parent in the moment before the kernel's signal was armed. */
static pid_t start_orphan(const char *data)
{
	char cluster[SCRATCH_PATH_MAX * 2];
	char sockets[SCRATCH_PATH_MAX * 2];
	char output[SCRATCH_PATH_MAX * 2];
	const char *const argv[] = {"/usr/lib/postgresql/15/bin/postgres", "-D", cluster, "-c",
		"listen_addresses=", "-c", sockets, "-c", "fsync=off", NULL};
	struct process_start start = {.argv = argv, .output = output, .death_signal = 0};
	int64_t deadline_us = clock_now().mono_us + WAIT_MS * US_PER_MS;
	char conninfo[512];
	pid_t pid;

	cluster_of(data, cluster);
	(void)snprintf(sockets, sizeof(sockets), "unix_socket_directories=%s", data);
	(void)snprintf(output, sizeof(output), "%s/orphan.log", data);
	(void)snprintf(conninfo, sizeof(conninfo), "host=%s dbname=guanjia user=guanjia_app", data);
	pid = process_start(&start);
	while (!answers(conninfo) && clock_now().mono_us < deadline_us) {
		process_sleep_ms(5);
	}
	return pid;
}

static void test_orphan_is_stopped_first(void)
{
	pid_t orphan = start_orphan(dir);
	char cluster[SCRATCH_PATH_MAX * 2];
	struct server server;

	cluster_of(dir, cluster);
	CHECK(process_is(orphan, "postgres", cluster));
	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK(server_logged(&server, "embedded.orphan"));
	CHECK(!process_is(orphan, "postgres", cluster)); /* a zombie of ours by now */
	CHECK(server.embedded.pid != orphan);
	CHECK(answers(server.embedded.app));
	CHECK_INT_EQ(waitpid(orphan, NULL, 0), orphan);
	server_fini(&server);
}

/* With a statement that would go on for minutes and hold the shared memory. */
static void test_killed_postmaster_is_seen_and_started_again(void)
{
	struct server server;
	int64_t deadline_us = clock_now().mono_us + WAIT_MS * US_PER_MS;
	PGconn *busy;

	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	busy = pg_connect(server.embedded.owner);
	(void)pg_run(busy, "CREATE TABLE IF NOT EXISTS kept (n int); TRUNCATE kept;"
					   "INSERT INTO kept VALUES (7)");
	CHECK_INT_EQ(PQsendQuery(busy, "SELECT count(*) FROM generate_series(1, 100000000000)"), 1);
	CHECK_INT_EQ(kill(server.embedded.pid, SIGKILL), 0);
	while (embedded_check(&server.embedded) && clock_now().mono_us < deadline_us) {
		process_sleep_ms(1);
	}
	CHECK_INT_EQ(server.embedded.pid, 0);
	CHECK(server_logged(&server, "embedded.died"));
	CHECK_INT_EQ(embedded_restart(&server.embedded, &server.fault), ERR_OK);
	CHECK(embedded_check(&server.embedded));
	PQfinish(busy);
	busy = pg_connect(server.embedded.owner);
	CHECK_STR_EQ(pg_run(busy, "SELECT n FROM kept"), "7");
	PQfinish(busy);
	server_fini(&server);
}

/* After a restart of the machine the number in the file may be anybody's. */
static void test_pid_file_that_names_a_stranger_is_removed(void)
{
	char pid_file[SCRATCH_PATH_MAX * 2];
	char text[64];
	struct server server;
	pid_t stranger = fork();

	CHECK(stranger >= 0);
	if (stranger == 0) {
		(void)pause();
		_exit(0);
	}
	(void)snprintf(pid_file, sizeof(pid_file), "%s/pg/postmaster.pid", dir);
	(void)snprintf(text, sizeof(text), "%ld\n/nowhere\n1\n5432\n", (long)stranger);
	scratch_write(pid_file, text);
	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK(!server_logged(&server, "embedded.orphan"));
	CHECK_INT_EQ(kill(stranger, 0), 0); /* and is left in peace */
	CHECK_INT_EQ(kill(stranger, SIGKILL), 0);
	CHECK_INT_EQ(waitpid(stranger, NULL, 0), stranger);
	server_fini(&server);
}

/* All that its log files hold. */
static bool cluster_log_has(const char *data, const char *needle)
{
	char path[SCRATCH_PATH_MAX * 2];
	static uint8_t text[1024 * 1024];
	bool found = false;
	struct dirent *entry;
	DIR *list;

	(void)snprintf(path, sizeof(path), "%s/pg/log", data);
	list = opendir(path);
	while (list != NULL && (entry = readdir(list)) != NULL) {
		char file[SCRATCH_PATH_MAX * 4];
		size_t len = 0;

		(void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (data_file_read(file, text, sizeof(text) - 1, &len)) {
			text[len] = '\0';
			found = found || strstr((const char *)text, needle) != NULL;
		}
	}
	if (list != NULL) {
		(void)closedir(list);
	}
	return found;
}

static void test_log_tells_the_error_and_not_the_text(void)
{
	static const char *const values[] = {"电梯困人"};
	struct server server;
	PGresult *result;
	PGconn *pg;

	server_init(&server, dir);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	pg = pg_connect(server.embedded.owner);
	(void)pg_run(pg, "CREATE TABLE IF NOT EXISTS secret (t text CONSTRAINT short CHECK (t = ''))");
	result = PQexecParams(pg, "INSERT INTO secret VALUES ($1)", 1, NULL, values, NULL, NULL, 0);
	CHECK_INT_EQ(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
	result = PQexec(pg, "INSERT INTO secret VALUES ('电梯困人')");
	CHECK_INT_EQ(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
	PQfinish(pg);
	server_fini(&server);
	CHECK(cluster_log_has(dir, "violates check constraint \"short\""));
	CHECK(!cluster_log_has(dir, "电梯困人"));
}

/* Beyond what a socket's address holds, or with characters that mean something to libpq. */
static void test_any_path_will_do(void)
{
	static const char *const names[] = {
		"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567",
		"it's, a \\ place 管家",
	};
	char parent[SCRATCH_PATH_MAX];

	scratch_dir(parent);
	for (size_t i = 0; i < COUNT(names); i++) {
		char data[SCRATCH_PATH_MAX * 2];
		struct server server;
		struct stat status;

		(void)snprintf(data, sizeof(data), "%s/%s", parent, names[i]);
		CHECK_INT_EQ(mkdir(data, 0700), 0);
		server_init(&server, data);
		CHECK_INT_EQ(server_start(&server), ERR_OK);
		CHECK(answers(server.embedded.app));
		CHECK(strncmp(server.embedded.socket_dir, "/tmp/guanjia-", 13) == 0);
		CHECK_INT_EQ(stat(server.embedded.socket_dir, &status), 0);
		CHECK_INT_EQ(status.st_mode & 07777, 0700);
		embedded_stop(&server.embedded);
		CHECK(stat(server.embedded.socket_dir, &status) != 0);
		server_fini(&server);
	}
}

static void test_half_made_cluster_is_made_again(void)
{
	char data[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX * 2];
	struct server server;

	scratch_dir(data);
	(void)snprintf(path, sizeof(path), "%s/pg.new", data);
	CHECK_INT_EQ(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/pg.new/PG_VERSION", data);
	scratch_write(path, "15\n");
	server_init(&server, data);
	CHECK_INT_EQ(server_start(&server), ERR_OK);
	CHECK(access(path, F_OK) != 0);
	server_fini(&server);
}

/* A server that cannot start says why, in one line, and leaves nothing running. */
static void test_faults_say_why(void)
{
	static const struct {
		const char *file; /* below the data directory, with this text */
		const char *text;
		const char *bin;
		enum err err;
		const char *fault;
	} cases[] = {
		{NULL, NULL, "/nowhere", ERR_CONFIG, "cannot be executed; install postgresql-15"},
		{"pg/letter", "dear", NULL, ERR_CONFIG, "is no PostgreSQL cluster"},
		{"pg/PG_VERSION", "9.6\n", NULL, ERR_TRY_LATER, "PostgreSQL did not start: "},
		{"pg-socket", "a file", NULL, ERR_CONFIG, "pg-socket: Not a directory"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char data[SCRATCH_PATH_MAX];
		char path[SCRATCH_PATH_MAX * 2];
		struct server server;

		scratch_dir(data);
		if (cases[i].file != NULL) {
			cluster_of(data, path);
			CHECK(strchr(cases[i].file, '/') == NULL || mkdir(path, 0700) == 0);
			(void)snprintf(path, sizeof(path), "%s/%s", data, cases[i].file);
			scratch_write(path, cases[i].text);
		}
		server_init(&server, data);
		if (cases[i].bin != NULL) {
			server.config.postgres_bin = cases[i].bin;
		}
		CHECK_INT_EQ(embedded_start(&server.embedded, &server.config, &server.log, &server.fault),
			cases[i].err);
		if (strstr(server.fault.text, cases[i].fault) == NULL) {
			printf("#   fault: %s\n", server.fault.text);
		}
		CHECK(strstr(server.fault.text, cases[i].fault) != NULL);
		CHECK_INT_EQ(server.embedded.pid, 0);
		CHECK_INT_EQ(running_in(data), 0);
		server_fini(&server);
	}
}

static const struct test tests[] = {
	{"first_start_makes_roles_and_database", test_first_start_makes_roles_and_database},
	{"second_start_makes_nothing", test_second_start_makes_nothing},
	{"others_may_not_connect", test_others_may_not_connect},
	{"killed_parent_takes_postgres_along", test_killed_parent_takes_postgres_along},
	{"orphan_is_stopped_first", test_orphan_is_stopped_first},
	{"killed_postmaster_is_seen_and_started_again",
		test_killed_postmaster_is_seen_and_started_again},
	{"pid_file_that_names_a_stranger_is_removed", test_pid_file_that_names_a_stranger_is_removed},
	{"log_tells_the_error_and_not_the_text", test_log_tells_the_error_and_not_the_text},
	{"any_path_will_do", test_any_path_will_do},
	{"half_made_cluster_is_made_again", test_half_made_cluster_is_made_again},
	{"faults_say_why", test_faults_say_why},
};

int main(void)
{
	scratch_leave_root();
	scratch_dir(dir);
	return check_main(tests, COUNT(tests));
}
