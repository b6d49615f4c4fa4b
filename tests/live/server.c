/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/server/scratch.h"

#define ARGV_MAX (2 * LIVE_SETS_MAX + 16)
#define READY " server.ready port="
#define RELOADED " server.reload "

/* What a test needs and cannot go on without. */
static void need(bool holds, const char *what)
{
	if (!holds) {
		printf("# %s: %s\n", what, strerror(errno));
		(void)fflush(stdout);
		abort();
	}
}

/*
 * The programs, opened before root is left: a clone in root's home is closed to everybody else.
 */
static int program_fd = -1;
static int spool_fd = -1;

void live_begin_with(const char *program)
{
	(void)signal(SIGPIPE, SIG_IGN);
	program_fd = open(program, O_RDONLY | O_CLOEXEC);
	need(program_fd >= 0, program);
	spool_fd = open(GUANJIA_SPOOL, O_RDONLY | O_CLOEXEC);
	need(spool_fd >= 0, GUANJIA_SPOOL);
	scratch_leave_root();
}

/* A program's copy in the directory, to be executed. */
static int copy_program(int fd, const char *dir, const char *name)
{
	char path[LIVE_PATH_MAX];
	struct stat stat;
	int copy_fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	copy_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	need(copy_fd >= 0 && fstat(fd, &stat) == 0, path);
	for (off_t at = 0; at < stat.st_size;) {
		need(sendfile(copy_fd, fd, &at, (size_t)(stat.st_size - at)) > 0, path);
	}
	(void)close(copy_fd);
	(void)close(fd);
	copy_fd = open(path, O_RDONLY | O_CLOEXEC);
	need(copy_fd >= 0, path);
	return copy_fd;
}

void live_begin(void)
{
	live_begin_with(GUANJIAD);
}

void live_programs_together(void)
{
	char dir[SCRATCH_PATH_MAX];

	scratch_dir(dir);
	program_fd = copy_program(program_fd, dir, "guanjiad");
	spool_fd = copy_program(spool_fd, dir, "guanjia-spool");
}

/* ---- the log -------------------------------------------------------------------------------- */

/* From an offset to the end, with a NUL behind; to be freed. */
static char *read_log(const struct live_server *server, long from)
{
	FILE *file = fopen(server->log_path, "re");
	char *text;
	long end;
	size_t len;

	need(file != NULL && fseek(file, 0, SEEK_END) == 0, server->log_path);
	end = ftell(file);
	need(end >= from && fseek(file, from, SEEK_SET) == 0, server->log_path);
	text = malloc((size_t)(end - from) + 1);
	need(text != NULL, "memory");
	len = fread(text, 1, (size_t)(end - from), file);
	text[len] = '\0';
	(void)fclose(file);
	return text;
}

size_t live_server_log_count(const struct live_server *server, const char *words)
{
	char *text = read_log(server, server->log_from);
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, words)) != NULL; at++) {
		count++;
	}
	free(text);
	return count;
}

/* Woken by the file's changes and by the server's end. */
bool live_server_log_await(const struct live_server *server, const char *words, size_t count)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	int notes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct pollfd both[] = {
		{.fd = notes, .events = POLLIN},
		{.fd = server->pid_fd, .events = POLLIN},
	};
	char room[4096];
	bool has_ended = false;
	bool has_come;

	need(notes >= 0 && inotify_add_watch(notes, server->log_path, IN_MODIFY) >= 0, "inotify");
	while (!(has_come = live_server_log_count(server, words) >= count) && !has_ended &&
		   live_left_ms(until_us) > 0) {
		(void)poll(both, COUNT(both), live_left_ms(until_us));
		has_ended = both[1].revents != 0; /* one more look: its last words may be these */
		(void)!read(notes, room, sizeof(room));
	}
	(void)close(notes);
	return has_come;
}

bool live_server_is_sound(const struct live_server *server)
{
	static const char *const signs[] = {"Sanitizer", "runtime error:", "Assertion"};
	char *text = read_log(server, 0);
	bool is_sound = true;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		 line = strtok_r(NULL, "\n", &rest)) {
		for (size_t i = 0; i < COUNT(signs); i++) {
			is_sound = is_sound && strstr(line, signs[i]) == NULL;
		}
		if (!is_sound) {
			printf("# %s\n", line); /* this line and what stands behind it */
		}
	}
	free(text);
	return is_sound;
}

/* ---- the process ---------------------------------------------------------------------------- */

/* Another thread may hold any lock at this moment: nothing but system calls in the child. */
static pid_t spawn(const char *log_path, char *const argv[], int stdin_fd)
{
	pid_t parent = getpid();
	int log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	pid_t child;

	need(log_fd >= 0, log_path);
	(void)fflush(stdout);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent &&
			dup2(stdin_fd, 0) == 0 && dup2(log_fd, 1) == 1 && dup2(log_fd, 2) == 2) {
			(void)fexecve(program_fd, argv, environ);
		}
		_exit(127);
	}
	(void)close(log_fd);
	return child;
}

/* argv of a command; the strings are borrowed. */
static void fill_argv(const struct live_server *server, char *command, char *argv[ARGV_MAX])
{
	size_t count = 0;

	argv[count++] = (char *)(uintptr_t)GUANJIAD;
	if (command != NULL) {
		argv[count++] = command;
		argv[count++] = (char *)(uintptr_t) "--admin";
		argv[count++] = (char *)(uintptr_t)LIVE_ADMIN;
	}
	argv[count++] = (char *)(uintptr_t) "--data";
	argv[count++] = (char *)(uintptr_t)server->dir;
	for (size_t i = 0; i < server->set_count; i++) {
		argv[count++] = (char *)(uintptr_t) "--set";
		argv[count++] = server->sets[i];
	}
	argv[count] = NULL;
	assert(count < ARGV_MAX);
}

/* As comments of the test: why a start failed. */
static void show_log(const struct live_server *server)
{
	char *text = read_log(server, server->log_from);
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		 line = strtok_r(NULL, "\n", &rest)) {
		printf("# %s\n", line);
	}
	free(text);
}

static void run_init(struct live_server *server)
{
	static const char line[] = LIVE_PASSWORD "\n";
	char *argv[ARGV_MAX];
	int ends[2];
	int status = 0;
	pid_t child;

	need(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	need(write(ends[1], line, sizeof(line) - 1) == (ssize_t)sizeof(line) - 1, "pipe");
	(void)close(ends[1]);
	fill_argv(server, (char *)(uintptr_t) "init", argv);
	child = spawn(server->log_path, argv, ends[0]);
	(void)close(ends[0]);
	need(waitpid(child, &status, 0) == child, "waitpid");
	if (status != 0) {
		show_log(server);
		need(false, "guanjiad init failed");
	}
}

static void add_set(struct live_server *server, const char *set)
{
	assert(server->set_count < LIVE_SETS_MAX);
	server->sets[server->set_count] = strdup(set);
	need(server->sets[server->set_count] != NULL, "memory");
	server->set_count++;
}

/* How many loops serve; before the test's own settings, which win. */
static void add_loops(struct live_server *server)
{
	const char *wanted = getenv("LIVE_LOOPS");
	char set[32];

	server->loop_count = wanted == NULL ? 1 : strtoul(wanted, NULL, 10);
	need(server->loop_count > 0, "LIVE_LOOPS");
	(void)snprintf(set, sizeof(set), "loops=%zu", server->loop_count);
	add_set(server, set);
}

void live_server_adopt(struct live_server *server, const char *dir, const char *const *sets)
{
	*server = (struct live_server){.pid_fd = -1};
	(void)snprintf(server->dir, LIVE_PATH_MAX, "%s", dir);
	(void)snprintf(server->log_path, LIVE_PATH_MAX, "%s.log", dir);
	(void)snprintf(server->ca_path, LIVE_PATH_MAX, "%s/tls/ca.crt", dir);
	(void)snprintf(server->cluster, LIVE_PATH_MAX, "%s/pg", dir);
	(void)snprintf(server->super, sizeof(server->super),
		"host=%s/pg-socket port=5432 dbname=guanjia user=postgres", server->dir);
	add_set(server, "listen=" LIVE_HOST ":0");
	add_set(server, "hash_kib=8");
	add_loops(server);
	for (size_t i = 0; sets[i] != NULL; i++) {
		add_set(server, sets[i]);
	}
}

void live_server_init(struct live_server *server, const char *const *sets)
{
	char place[SCRATCH_PATH_MAX];
	char dir[LIVE_PATH_MAX];

	scratch_dir(place);
	(void)snprintf(dir, sizeof(dir), "%s/data", place);
	live_server_adopt(server, dir, sets);
	run_init(server);
}

int live_server_run(
	const struct live_server *server, const char *const *arguments, char *out, size_t max)
{
	char *argv[ARGV_MAX] = {(char *)(uintptr_t)GUANJIAD};
	char output[LIVE_PATH_MAX + 8];
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t count = 1;
	int status = 0;
	FILE *file;
	pid_t child;

	for (size_t i = 0; arguments[i] != NULL; i++) {
		argv[count++] = (char *)(uintptr_t)arguments[i];
	}
	for (size_t i = 0; i < server->set_count; i++) {
		argv[count++] = (char *)(uintptr_t) "--set";
		argv[count++] = server->sets[i];
	}
	assert(count < ARGV_MAX);
	(void)snprintf(output, sizeof(output), "%s.output", server->dir);
	(void)unlink(output);
	child = spawn(output, argv, null_fd);
	(void)close(null_fd);
	need(waitpid(child, &status, 0) == child, "waitpid");
	file = fopen(output, "re");
	need(file != NULL, output);
	out[fread(out, 1, max - 1, file)] = '\0';
	(void)fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void live_server_share_key(struct live_server *server, const struct live_server *other)
{
	char source[LIVE_PATH_MAX + 32];
	char target[LIVE_PATH_MAX + 32];
	uint8_t key[4096];
	size_t len;
	FILE *file;

	(void)snprintf(source, sizeof(source), "%s/keys/server.key", other->dir);
	(void)snprintf(target, sizeof(target), "%s/keys/server.key", server->dir);
	file = fopen(source, "re");
	need(file != NULL, source);
	len = fread(key, 1, sizeof(key), file);
	(void)fclose(file);
	need(unlink(target) == 0, target);
	file = fopen(target, "wxe");
	need(file != NULL && fwrite(key, 1, len, file) == len && fchmod(fileno(file), 0400) == 0,
		target);
	(void)fclose(file);
}

void live_server_fini(struct live_server *server)
{
	if (server->pid != 0) {
		(void)live_server_stop(server);
	}
	for (size_t i = 0; i < server->set_count; i++) {
		free(server->sets[i]);
	}
	server->set_count = 0;
}

/* The number behind the words; the line was waited for. */
static uint16_t read_port(const struct live_server *server)
{
	char *text = read_log(server, server->log_from);
	const char *at = strstr(text, READY);
	unsigned long port;

	need(at != NULL, READY);
	port = strtoul(at + sizeof(READY) - 1, NULL, 10);
	free(text);
	need(port > 0 && port <= UINT16_MAX, READY);
	return (uint16_t)port;
}

static void note_end(struct live_server *server, int status)
{
	(void)close(server->pid_fd);
	server->pid_fd = -1;
	server->pid = 0;
	server->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool live_server_start(struct live_server *server)
{
	char *argv[ARGV_MAX];
	FILE *file = fopen(server->log_path, "ae");
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert(server->pid == 0);
	need(file != NULL && fseek(file, 0, SEEK_END) == 0 && null_fd >= 0, server->log_path);
	server->log_from = ftell(file);
	(void)fclose(file);
	fill_argv(server, NULL, argv);
	server->pid = spawn(server->log_path, argv, null_fd);
	(void)close(null_fd);
	server->pid_fd = pidfd_open(server->pid, 0);
	need(server->pid_fd >= 0, "pidfd_open");
	if (live_server_log_await(server, READY, 1)) {
		server->port = read_port(server);
		return true;
	}
	(void)live_server_wait(server, 0);
	show_log(server);
	return false;
}

void live_server_signal(struct live_server *server, int number)
{
	assert(server->pid != 0);
	need(pidfd_send_signal(server->pid_fd, number, NULL, 0) == 0, "pidfd_send_signal");
}

int live_server_wait(struct live_server *server, int64_t wait_ms)
{
	int status = 0;
	bool has_ended = live_wait_child(server->pid_fd, live_until(wait_ms), &status);

	if (!has_ended) {
		live_server_signal(server, SIGKILL);
		need(live_wait_child(server->pid_fd, live_until(LIVE_WAIT_MS), &status), "kill -9");
	}
	note_end(server, status);
	return has_ended ? server->exit_code : -1;
}

int live_server_stop(struct live_server *server)
{
	live_server_signal(server, SIGTERM);
	return live_server_wait(server, LIVE_WAIT_MS);
}

void live_server_kill(struct live_server *server)
{
	live_server_signal(server, SIGKILL);
	(void)live_server_wait(server, LIVE_WAIT_MS);
}

void live_server_configure(const struct live_server *server, const char *settings)
{
	char path[LIVE_PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/guanjia.conf", server->dir);
	scratch_write(path, settings);
}

void live_server_reload(struct live_server *server, const char *settings)
{
	size_t count = live_server_log_count(server, RELOADED);

	live_server_configure(server, settings);
	live_server_signal(server, SIGHUP);
	need(live_server_log_await(server, RELOADED, count + server->loop_count),
		"the settings are not read anew");
}

pid_t live_server_postmaster(const struct live_server *server)
{
	char path[LIVE_PATH_MAX + 16];
	char text[32] = "";
	FILE *file;
	bool has_line;

	(void)snprintf(path, sizeof(path), "%s/postmaster.pid", server->cluster);
	file = fopen(path, "re");
	if (file == NULL) {
		return 0;
	}
	has_line = fgets(text, sizeof(text), file) != NULL;
	(void)fclose(file);
	return has_line ? (pid_t)strtol(text, NULL, 10) : 0;
}
