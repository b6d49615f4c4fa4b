/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/outgoing_program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SPOOL "guanjia-spool"
#define CODE_NOT_FOUND 127 /* what a shell says of a program that it cannot run */

/* Not ours: it may hold a password for PostgreSQL. */
static const char *const environment[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};

static void on_exit_of(uv_process_t *process, int64_t status, int number)
{
	struct outgoing_program *program = container_of(process, struct outgoing_program, process);

	program->code = number != 0 ? 128 + number : (int)status;
	program->has_ended = true;
}

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

/* A file in memory with the message, at its beginning; -1 with errno. */
static int make_input(struct str message)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd >= 0 && (!write_all(fd, message) || lseek(fd, 0, SEEK_SET) != 0)) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void outgoing_program_start(
	struct outgoing_program *program, uv_loop_t *loop, const struct outgoing_program_start *start)
{
	int input_fd = make_input(start->message);
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_INHERIT_FD, .data.fd = input_fd},
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of,
		.file = start->file,
		.args = (char **)(uintptr_t)start->argv,
		.env = (char **)(uintptr_t)environment,
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = COUNT(stdio),
		.stdio = stdio,
	};

	assert(!program->is_open);
	*program = (struct outgoing_program){.code = CODE_NOT_FOUND, .has_ended = true};
	if (input_fd >= 0) {
		program->has_ended = uv_spawn(loop, &program->process, &options) != 0;
		program->is_open = true; /* also where it failed */
		(void)close(input_fd);
	}
}

void outgoing_program_kill(struct outgoing_program *program)
{
	/* Until the loop has told of its end it is not reaped, and its number is nobody else's. */
	if (program->is_open && !program->has_ended) {
		program->is_killed = true;
		(void)kill(-program->process.pid, SIGKILL);
	}
}

static void on_closed(uv_handle_t *handle)
{
	container_of((uv_process_t *)handle, struct outgoing_program, process)->is_open = false;
}

void outgoing_program_close(struct outgoing_program *program)
{
	if (program->is_open && !uv_is_closing((uv_handle_t *)&program->process)) {
		uv_close((uv_handle_t *)&program->process, on_closed);
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
