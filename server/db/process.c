/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

#define POLL_MS 2

/* Not ours: settings for libpq or PostgreSQL in it would change what the child does. */
static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};

void process_sleep_ms(int64_t ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	while (nanosleep(&left, &left) != 0 && errno == EINTR) {
	}
}

/* In the child, where only async-signal-safe functions may be called (signal-safety(7)). */
static void become(const struct process_start *start, pid_t parent, int null_fd, int output_fd)
{
	sigset_t none;

	(void)setsid();
	if (prctl(PR_SET_PDEATHSIG, start->death_signal) != 0 || getppid() != parent) {
		_exit(126);
	}
	for (int number = 1; number < NSIG; number++) {
		(void)signal(number, SIG_DFL);
	}
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(null_fd, 0) < 0 || dup2(output_fd, 1) < 0 || dup2(output_fd, 2) < 0 ||
		close_range(3, ~0U, 0) != 0) {
		_exit(126);
	}
	(void)execve(start->argv[0], (char *const *)(uintptr_t)start->argv,
		(char *const *)(uintptr_t)environment);
	_exit(127);
}

pid_t process_start(const struct process_start *start)
{
	pid_t parent = getpid();
	pid_t child = -1;
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int output_fd =
		open(start->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int cause = errno;

	assert(start->argv[0] != NULL);
	if (null_fd >= 0 && output_fd >= 0) {
		child = fork();
		cause = errno;
		if (child == 0) {
			become(start, parent, null_fd, output_fd);
		}
	}
	if (null_fd >= 0) {
		(void)close(null_fd);
	}
	if (output_fd >= 0) {
		(void)close(output_fd);
	}
	errno = cause;
	return child < 0 ? 0 : child;
}

bool process_wait(pid_t child, int64_t wait_ms, int *out_status)
{
	int64_t deadline_us = clock_now().mono_us + wait_ms * US_PER_MS;

	assert(child > 0);
	for (;;) {
		int status;
		pid_t ended = waitpid(child, &status, WNOHANG);

		if (ended == child) {
			*out_status = status;
			return true;
		}
		assert(ended == 0 || errno == EINTR); /* nobody else reaps it */
		if (clock_now().mono_us >= deadline_us) {
			return false;
		}
		process_sleep_ms(POLL_MS);
	}
}

/* The letter behind the name in /proc/PID/stat; the name itself may hold anything. */
static bool is_running(const char *proc)
{
	char path[64];
	char text[512];
	const char *behind;
	size_t len;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/stat", proc);
	file = fopen(path, "re");
	if (file == NULL) {
		return false;
	}
	len = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[len] = '\0';
	behind = strrchr(text, ')');
	return behind != NULL && strlen(behind) > 2 && strchr("ZXx", behind[2]) == NULL;
}

/* The kernel adds " (deleted)" once an upgrade has replaced the file. */
static bool runs_program(const char *proc, const char *program)
{
	char path[64];
	char target[PATH_MAX];
	const char *name;
	size_t name_len = strlen(program);
	ssize_t len;

	(void)snprintf(path, sizeof(path), "%s/exe", proc);
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0) {
		return false;
	}
	target[len] = '\0';
	name = strrchr(target, '/');
	name = name == NULL ? target : name + 1;
	return strncmp(name, program, name_len) == 0 &&
	       (name[name_len] == '\0' || name[name_len] == ' ');
}

bool process_is(pid_t pid, const char *program, const char *directory)
{
	char proc[32];
	char path[64];
	struct stat process;
	struct stat here;
	struct stat wanted;

	(void)snprintf(proc, sizeof(proc), "/proc/%ld", (long)pid);
	(void)snprintf(path, sizeof(path), "%s/cwd", proc);
	return pid > 0 && stat(proc, &process) == 0 && process.st_uid == geteuid() &&
	       is_running(proc) && runs_program(proc, program) && stat(path, &here) == 0 &&
	       stat(directory, &wanted) == 0 && here.st_dev == wanted.st_dev &&
	       here.st_ino == wanted.st_ino;
}

size_t process_find(const char *program, const char *directory, pid_t *out, size_t max)
{
	DIR *list = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	if (list == NULL) {
		return 0;
	}
	while (count < max && (entry = readdir(list)) != NULL) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (isdigit((unsigned char)entry->d_name[0]) && *end == '\0' &&
			process_is((pid_t)pid, program, directory)) {
			out[count++] = (pid_t)pid;
		}
	}
	(void)closedir(list);
	return count;
}
