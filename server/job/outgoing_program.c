/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/outgoing_program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPOOL "guanjia-spool"
#define CODE_NOT_FOUND 127 /* what a shell says of a program that is not there */
#define CODE_NOT_RUN 126   /* ... and of one that cannot be run: no right to, no "#!" */

/* Not ours: it may hold a password for PostgreSQL. */
static const char *const environment[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};

static bool write_all(int fd, struct str text)
{
	/* Ends: each turn writes a byte; signals do not interrupt what stays in memory. */
	while (text.len > 0) {
		ssize_t written = write(fd, text.ptr, text.len);

		if (written <= 0) {
			return false;
		}
		text = str_of(text.ptr + written, text.len - (size_t)written);
	}
	return true;
}

/* A file in memory with the message, at its beginning; or -1. */
static int make_input(struct str message)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd >= 0 && (!write_all(fd, message) || lseek(fd, 0, SEEK_SET) != 0)) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/*
 * In a session of its own, with no signal of ours, with the message before it and nothing behind it; of our
 * descriptors none is left to it, they all close on exec. Returns 0, or why not as errno has it.
 */
static int spawn(const struct outgoing_program_start *start, int input_fd, pid_t *out_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t every;
	sigset_t none;
	int cause;

	(void)sigfillset(&every);
	(void)sigemptyset(&none);
	cause = posix_spawn_file_actions_init(&files);
	assert(cause == 0); /* allocates nothing */
	cause = posix_spawnattr_init(&how);
	assert(cause == 0);
	(void)posix_spawnattr_setsigdefault(&how, &every);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setflags(
		&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	cause = posix_spawn_file_actions_adddup2(&files, input_fd, 0);
	for (int fd = 1; fd <= 2 && cause == 0; fd++) {
		cause = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_WRONLY, 0);
	}
	if (cause == 0) {
		cause = posix_spawn(out_pid, start->file, &files, &how, (char **)(uintptr_t)start->argv,
			(char **)(uintptr_t)environment);
	}
	(void)posix_spawnattr_destroy(&how);
	(void)posix_spawn_file_actions_destroy(&files);
	return cause;
}

/* pid_fd is readable: it has ended. */
static void on_end(uv_poll_t *end, int status, int events)
{
	struct outgoing_program *program = container_of(end, struct outgoing_program, end);
	int ending = 0;
	pid_t ended = waitpid(program->pid, &ending, WNOHANG);

	(void)status;
	(void)events;
	if (ended == 0) {
		return; /* not yet */
	}
	assert(ended == program->pid); /* nobody else reaps it */
	program->code = WIFSIGNALED(ending) ? 128 + WTERMSIG(ending) : WEXITSTATUS(ending);
	program->has_ended = true;
	(void)uv_poll_stop(end);
}

/* False where there is no descriptor left to watch it by. */
static bool watch(struct outgoing_program *program, uv_loop_t *loop)
{
	program->pid_fd = pidfd_open(program->pid, 0);
	if (program->pid_fd < 0) {
		return false;
	}
	if (uv_poll_init(loop, &program->end, program->pid_fd) != 0) {
		(void)close(program->pid_fd);
		return false;
	}
	program->is_open = true;
	return uv_poll_start(&program->end, UV_READABLE, on_end) == 0;
}

void outgoing_program_start(
	struct outgoing_program *program, uv_loop_t *loop, const struct outgoing_program_start *start)
{
	int input_fd = make_input(start->message);
	int cause = ENOMEM; /* no room for a file in memory */

	assert(!program->is_open);
	*program = (struct outgoing_program){.has_ended = true};
	if (input_fd >= 0) {
		cause = spawn(start, input_fd, &program->pid);
		(void)close(input_fd);
	}
	if (cause != 0) {
		program->code = cause == ENOENT ? CODE_NOT_FOUND : CODE_NOT_RUN;
		return;
	}
	program->has_ended = false;
	/* One that nobody watches does not stay: it is a try that failed. */
	if (!watch(program, loop)) {
		(void)kill(-program->pid, SIGKILL);
		(void)waitpid(program->pid, NULL, 0);
		program->code = CODE_NOT_RUN;
		program->has_ended = true;
	}
}

void outgoing_program_kill(struct outgoing_program *program)
{
	/* Until the loop has told of its end it is not reaped, and its number is nobody else's. */
	if (program->is_open && !program->has_ended) {
		program->is_killed = true;
		(void)kill(-program->pid, SIGKILL);
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct outgoing_program *program =
		container_of((uv_poll_t *)handle, struct outgoing_program, end);

	(void)close(program->pid_fd);
	program->is_open = false;
}

void outgoing_program_close(struct outgoing_program *program)
{
	if (program->is_open && !uv_is_closing((uv_handle_t *)&program->end)) {
		uv_close((uv_handle_t *)&program->end, on_closed);
	}
}

int outgoing_program_find_spool(void)
{
	char path[PATH_MAX + sizeof(SPOOL)];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);

	while (len > 0 && path[len - 1] != '/') {
		len--;
	}
	if (len <= 0) {
		return -1;
	}
	memcpy(path + len, SPOOL, sizeof(SPOOL));
	return open(path, O_PATH | O_CLOEXEC);
}
