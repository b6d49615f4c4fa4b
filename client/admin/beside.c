/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/admin/app.h"
#include "client/admin/i18n.h"

#define PROGRAM "guanjiad"
#define COMPLAINT PROGRAM ": "

/* What it ends with, and what that says; else it is a defect. */
static const enum err outcomes[] = {
	ERR_USAGE, ERR_BACKUP, ERR_INPUT, ERR_CONNECT, ERR_OUTPUT, ERR_TRY_LATER, ERR_CONFIG};

static enum err outcome_of(int status)
{
	for (size_t i = 0; WIFEXITED(status) && i < COUNT(outcomes); i++) {
		if (err_row(outcomes[i])->exit_code == WEXITSTATUS(status)) {
			return outcomes[i];
		}
	}
	return ERR_INTERNAL;
}

/* Beside this program; else a name that execvp looks for. */
static void find_program(char out[PATH_MAX + 16])
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	(void)snprintf(out, PATH_MAX + 16, PROGRAM);
	if (len <= 0) {
		return;
	}
	self[len] = '\0';
	slash = strrchr(self, '/');
	(void)snprintf(out, PATH_MAX + 16, "%.*s/" PROGRAM, (int)(slash - self), self);
	if (access(out, X_OK) != 0) {
		(void)snprintf(out, PATH_MAX + 16, PROGRAM);
	}
}

/* Both of its outputs into one pipe, whose other end is returned; NULL with errno. */
static FILE *start(const char *const *arguments, pid_t *out_child)
{
	char program[PATH_MAX + 16];
	const char *argv[BESIDE_ARGUMENTS_MAX + 2] = {program};
	int ends[2];
	pid_t child;

	find_program(program);
	for (size_t i = 0; arguments[i] != NULL; i++) {
		assert(i < BESIDE_ARGUMENTS_MAX);
		argv[i + 1] = arguments[i];
	}
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return NULL;
	}
	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		if (dup2(ends[1], 1) == 1 && dup2(ends[1], 2) == 2) {
			(void)execvp(program, (char *const *)(uintptr_t)argv);
		}
		_exit(127);
	}
	(void)close(ends[1]);
	if (child < 0) {
		(void)close(ends[0]);
		return NULL;
	}
	*out_child = child;
	return fdopen(ends[0], "re");
}

/* A value is a name in small letters, and a line of the log begins with a digit. */
static bool take_value(struct app *app, const char *line, struct beside_answer *answer)
{
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
	char *kept;

	if (len == 0 || line[len] != '=' || answer->count == COUNT(answer->values)) {
		return false;
	}
	kept = arena_c_string(&app->arena, str_from_c(line));
	answer->values[answer->count].name = str_of(kept, len);
	answer->values[answer->count].value = str_from_c(kept + len + 1);
	answer->count++;
	return true;
}

/* Why it failed, as it said last. */
static void read_all(
	struct app *app, FILE *from, struct beside_answer *answer, char *out_why, size_t why_max)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, from)) > 0) {
		if (line[len - 1] == '\n') {
			line[len - 1] = '\0';
		}
		if (strncmp(line, COMPLAINT, sizeof(COMPLAINT) - 1) == 0) {
			(void)snprintf(out_why, why_max, "%s", line + sizeof(COMPLAINT) - 1);
		} else if (!take_value(app, line, answer)) {
			fprintf(stderr, "%s\n", line);
		}
	}
	free(line);
}

enum err beside_run(struct app *app, const char *const *arguments, struct beside_answer *out)
{
	char why[512] = "";
	pid_t child = 0;
	FILE *from = start(arguments, &child);
	int status = 0;

	*out = (struct beside_answer){.count = 0};
	if (from == NULL) {
		return fault_set(&app->fault, ERR_INTERNAL, PROGRAM ": %s", strerror(errno));
	}
	read_all(app, from, out, why, sizeof(why));
	(void)fclose(from);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return ERR_OK;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		return fault_set(&app->fault, ERR_CONFIG, "%s",
			_("guanjiad is not on this machine: this is done where the server runs"));
	}
	return fault_set(&app->fault, outcome_of(status), "%s", why);
}

struct str beside_find(const struct beside_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (str_equal(answer->values[i].name, str_from_c(name))) {
			return answer->values[i].value;
		}
	}
	return str_of("", 0);
}
