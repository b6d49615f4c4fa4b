/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/server/scratch.h"

#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRS_MAX 64

/* Those of this process; a child that ends does not remove its parent's. */
static struct {
	char paths[DIRS_MAX][SCRATCH_PATH_MAX];
	size_t count;
	pid_t owner;
} dirs;

static void need(bool holds, const char *what)
{
	if (!holds) {
		perror(what);
		abort();
	}
}

const char *scratch_account(void)
{
	static const char *const names[] = {"guanjia", "postgres", "nobody"};
	static char name[64];
	const struct passwd *account = getpwuid(geteuid());

	for (size_t i = 0; geteuid() == 0 && i < COUNT(names); i++) {
		account = getpwnam(names[i]);
		if (account != NULL) {
			break;
		}
	}
	need(account != NULL, "an account to test as");
	/* A copy: the next look-up of an account overwrites what this one returned. */
	(void)snprintf(name, sizeof(name), "%s", account->pw_name);
	return name;
}

void scratch_leave_root(void)
{
	const struct passwd *account;

	if (geteuid() != 0) {
		return;
	}
	account = getpwnam(scratch_account());
	need(account != NULL && account->pw_uid != 0, "an account to test as");
	need(setgroups(0, NULL) == 0, "setgroups");
	need(setresgid(account->pw_gid, account->pw_gid, account->pw_gid) == 0, "setresgid");
	need(setresuid(account->pw_uid, account->pw_uid, account->pw_uid) == 0, "setresuid");
	need(chdir("/") == 0, "chdir");
}

static int on_entry(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat;
	(void)kind;
	(void)walk;
	(void)remove(path);
	return 0;
}

static void on_exit_remove(void)
{
	if (dirs.owner != getpid()) {
		return;
	}
	for (size_t i = 0; i < dirs.count; i++) {
		(void)nftw(dirs.paths[i], on_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
}

void scratch_dir(char out[SCRATCH_PATH_MAX])
{
	if (dirs.owner != getpid()) {
		dirs.count = 0;
		dirs.owner = getpid();
		need(atexit(on_exit_remove) == 0, "atexit");
	}
	need(dirs.count < DIRS_MAX, "too many scratch directories");
	(void)snprintf(out, SCRATCH_PATH_MAX, "/tmp/guanjia-test-XXXXXX");
	need(mkdtemp(out) != NULL, "mkdtemp");
	(void)snprintf(dirs.paths[dirs.count++], SCRATCH_PATH_MAX, "%s", out);
}

bool scratch_child(void (*run)(void))
{
	int status;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		run();
		exit(0); /* run() says otherwise by an exit of its own */
	}
	need(waitpid(child, &status, 0) == child, "waitpid");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void scratch_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	need(file != NULL, path);
	need(fputs(text, file) >= 0, path);
	need(fchmod(fileno(file), 0600) == 0, path);
	need(fclose(file) == 0, path);
}
