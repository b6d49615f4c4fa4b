/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves whose the data directory becomes, that nothing foreign is touched, and that one process at a
 * time holds it. Opening changes the process for good, so each test runs in a child; those about root
 * run as root and are passed over elsewhere.
 */
#include "server/data_dir.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/server/scratch.h"

static char base[SCRATCH_PATH_MAX]; /* of the account that tests run as; made by main */

struct path {
	char text[DATA_DIR_PATH_MAX * 2];
};

static struct path below(const char *name)
{
	struct path path;

	(void)snprintf(path.text, sizeof(path.text), "%s/%s", base, name);
	return path;
}

static enum err open_dir(struct data_dir *dir, const char *given, struct data_dir_fault *fault)
{
	*fault = (struct data_dir_fault){""};
	return data_dir_open(dir, given, scratch_account(), fault);
}

static int mode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (int)(status.st_mode & 07777) : -1;
}

static void in_new_directory(void)
{
	struct path path = below("new");
	struct data_dir_fault fault;
	struct data_dir dir;
	struct rlimit limit;
	char here[DATA_DIR_PATH_MAX];
	char pid[32] = "";
	char expected[32];

	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_OK);
	CHECK_STR_EQ(dir.path, path.text);
	CHECK_INT_EQ(mode_of(dir.path), 0700);
	CHECK(getcwd(here, sizeof(here)) != NULL);
	CHECK_STR_EQ(here, path.text);
	CHECK_INT_EQ(prctl(PR_GET_DUMPABLE), 0);
	CHECK_INT_EQ(getrlimit(RLIMIT_CORE, &limit), 0);
	CHECK_INT_EQ(limit.rlim_max, 0);
	CHECK(fcntl(dir.lock_fd, F_GETFD) & FD_CLOEXEC);
	CHECK_INT_EQ(mode_of("guanjiad.lock"), 0600);
	CHECK(pread(dir.lock_fd, pid, sizeof(pid) - 1, 0) > 0);
	(void)snprintf(expected, sizeof(expected), "%ld\n", (long)getpid());
	CHECK_STR_EQ(pid, expected);
	data_dir_close(&dir);
	data_dir_close(&dir);
	data_dir_close(NULL);
}

static void in_default_place(void)
{
	struct data_dir_fault fault;
	struct data_dir dir;
	struct path path = below(DATA_DIR_DEFAULT);

	CHECK_INT_EQ(chdir(base), 0);
	CHECK_INT_EQ(open_dir(&dir, NULL, &fault), ERR_OK);
	CHECK_STR_EQ(dir.path, path.text);
	data_dir_close(&dir);
}

static void held_by_another(void)
{
	struct path path = below("held");
	struct data_dir_fault fault;
	struct data_dir first;
	struct data_dir second;
	char expected[64];

	CHECK_INT_EQ(open_dir(&first, path.text, &fault), ERR_OK);
	CHECK_INT_EQ(open_dir(&second, path.text, &fault), ERR_TRY_LATER);
	(void)snprintf(expected, sizeof(expected), "is in use by process %ld:", (long)getpid());
	CHECK(strstr(fault.text, expected) != NULL);
	CHECK(!second.is_held);
	data_dir_close(&first);
	CHECK_INT_EQ(open_dir(&second, path.text, &fault), ERR_OK);
	data_dir_close(&second);
}

/* The lock ends with its process, however that ends: no file of an earlier one is in the way. */
static void held_by_one_that_is_killed(void)
{
	struct path path = below("killed");
	struct data_dir_fault fault;
	struct data_dir dir;
	int ready[2];
	char byte = 0;
	pid_t child;

	CHECK_INT_EQ(pipe(ready), 0);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		if (open_dir(&dir, path.text, &fault) == ERR_OK && write(ready[1], "x", 1) == 1) {
			(void)pause();
		}
		_exit(1);
	}
	CHECK_INT_EQ(read(ready[0], &byte, 1), 1);
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_TRY_LATER);
	CHECK_INT_EQ(kill(child, SIGKILL), 0);
	CHECK_INT_EQ(waitpid(child, NULL, 0), child);
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_OK);
	data_dir_close(&dir);
}

/* Holds what it inherited until somebody opens the lock, and lets go then. */
static void hold_until_tried(int ready_fd)
{
	char room[512];
	int notes = inotify_init1(IN_CLOEXEC);

	if (notes >= 0 && inotify_add_watch(notes, "guanjiad.lock", IN_OPEN) >= 0 &&
		write(ready_fd, "x", 1) == 1) {
		(void)!read(notes, room, sizeof(room));
	}
	_exit(0);
}

/* A server that is killed while it starts a program: the child has not closed the lock yet, but will. */
static void held_by_a_child_of_one_that_was_killed(void)
{
	struct path path = below("orphaned");
	struct data_dir_fault fault;
	struct data_dir dir;
	int ready[2];
	char byte = 0;
	pid_t child;

	CHECK_INT_EQ(pipe(ready), 0);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		if (open_dir(&dir, path.text, &fault) == ERR_OK && fork() == 0) {
			hold_until_tried(ready[1]);
		}
		(void)pause();
		_exit(1);
	}
	CHECK_INT_EQ(read(ready[0], &byte, 1), 1);
	CHECK_INT_EQ(kill(child, SIGKILL), 0);
	CHECK_INT_EQ(waitpid(child, NULL, 0), child);
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_OK);
	data_dir_close(&dir);
}

static void with_foreign_content(void)
{
	struct path path = below("foreign");
	struct path file = below("foreign/letter.txt");
	struct data_dir_fault fault;
	struct data_dir dir;

	CHECK_INT_EQ(mkdir(path.text, 0755), 0);
	scratch_write(file.text, "dear");
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "holds other things") != NULL);
	CHECK_INT_EQ(mode_of(path.text), 0755);
	CHECK(!dir.is_held);
}

/* Settings may be there before the first start, and a new file system has a folder of its own. */
static void with_content_of_ours(void)
{
	struct path path = below("ours");
	struct path other = below("mounted");
	struct path conf = below("ours/guanjia.conf");
	struct path letter = below("ours/letter.txt");
	struct path lost = below("mounted/lost+found");
	struct data_dir_fault fault;
	struct data_dir dir;

	CHECK_INT_EQ(mkdir(path.text, 0755), 0);
	CHECK_INT_EQ(mkdir(other.text, 0755), 0);
	CHECK_INT_EQ(mkdir(lost.text, 0700), 0);
	scratch_write(conf.text, "");
	scratch_write(letter.text, "");
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_OK);
	CHECK_INT_EQ(mode_of(path.text), 0700);
	data_dir_close(&dir);
	CHECK_INT_EQ(open_dir(&dir, other.text, &fault), ERR_OK);
	data_dir_close(&dir);
}

static void at_places_that_do_not_do(void)
{
	struct path file = below("file");
	struct path missing = below("missing/dir");
	struct path longer = below("long");
	struct data_dir_fault fault;
	struct data_dir dir;

	scratch_write(file.text, "");
	CHECK_INT_EQ(open_dir(&dir, file.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "cannot be opened") != NULL);
	CHECK_INT_EQ(open_dir(&dir, missing.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "cannot be made") != NULL);
	CHECK_INT_EQ(open_dir(&dir, "", &fault), ERR_CONFIG);
	CHECK_INT_EQ(mkdir(longer.text, 0700), 0);
	while (strlen(longer.text) < DATA_DIR_PATH_MAX) {
		size_t len = strlen(longer.text);

		(void)snprintf(longer.text + len, sizeof(longer.text) - len, "/%0100d", 0);
		CHECK_INT_EQ(mkdir(longer.text, 0700), 0);
	}
	CHECK_INT_EQ(open_dir(&dir, longer.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "longer than") != NULL);
}

/* Beside who holds it; and only where one is. */
static void visited(void)
{
	struct path path = below("visited");
	struct path empty = below("visited-empty");
	struct path missing = below("visited-missing");
	struct data_dir_fault fault;
	struct data_dir held;
	struct data_dir dir;
	char here[DATA_DIR_PATH_MAX];

	CHECK_INT_EQ(open_dir(&held, path.text, &fault), ERR_OK);
	CHECK_INT_EQ(chdir("/"), 0);
	CHECK_INT_EQ(data_dir_visit(&dir, path.text, &fault), ERR_OK);
	CHECK_STR_EQ(dir.path, path.text);
	CHECK(!dir.is_held);
	CHECK(getcwd(here, sizeof(here)) != NULL);
	CHECK_STR_EQ(here, path.text);
	data_dir_close(&dir);
	data_dir_close(&held);
	CHECK_INT_EQ(mkdir(empty.text, 0700), 0);
	CHECK_INT_EQ(data_dir_visit(&dir, empty.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "is no data directory") != NULL);
	CHECK_INT_EQ(data_dir_visit(&dir, missing.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "cannot be found") != NULL);
	CHECK_INT_EQ(mode_of(missing.text), -1);
	CHECK_INT_EQ(data_dir_visit(&dir, "/etc", &fault), ERR_CONFIG);
}

/* As root: a new directory, and an empty one of root's, become the account's, and so do we. */
static void check_left_root(const char *path)
{
	const struct passwd *account = getpwnam(scratch_account());
	struct data_dir_fault fault;
	struct data_dir dir;
	struct stat status;

	CHECK(account != NULL);
	CHECK_INT_EQ(data_dir_open(&dir, path, scratch_account(), &fault), ERR_OK);
	CHECK_INT_EQ(stat(dir.path, &status), 0);
	CHECK_INT_EQ(status.st_uid, account->pw_uid);
	CHECK_INT_EQ(status.st_mode & 07777, 0700);
	CHECK_INT_EQ(stat("guanjiad.lock", &status), 0);
	CHECK_INT_EQ(status.st_uid, account->pw_uid);
	CHECK_INT_EQ(getuid(), account->pw_uid);
	CHECK_INT_EQ(geteuid(), account->pw_uid);
	CHECK_INT_EQ(getegid(), account->pw_gid);
	CHECK_INT_EQ(getgroups(0, NULL), 0);
	CHECK(setuid(0) != 0);
	CHECK_INT_EQ(prctl(PR_GET_DUMPABLE), 0);
	data_dir_close(&dir);
}

static void as_root_new(void)
{
	struct path path = below("root-new");

	check_left_root(path.text);
}

static void as_root_empty(void)
{
	struct path path = below("root-empty");

	CHECK_INT_EQ(mkdir(path.text, 0755), 0);
	check_left_root(path.text);
}

static void as_root_foreign(void)
{
	struct path path = below("root-foreign");
	struct path file = below("root-foreign/letter.txt");
	struct data_dir_fault fault;
	struct data_dir dir;
	struct stat status;

	CHECK_INT_EQ(mkdir(path.text, 0755), 0);
	scratch_write(file.text, "dear");
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_CONFIG);
	CHECK_INT_EQ(stat(path.text, &status), 0);
	CHECK_INT_EQ(status.st_uid, 0);
	CHECK_INT_EQ(status.st_mode & 07777, 0755);
	CHECK_INT_EQ(geteuid(), 0);
}

/* A data directory that somebody else has used is not taken from them. */
static void as_root_of_another(void)
{
	struct path path = below("root-other");
	struct path conf = below("root-other/guanjia.conf");
	struct data_dir_fault fault;
	struct data_dir dir;

	CHECK_INT_EQ(mkdir(path.text, 0700), 0);
	scratch_write(conf.text, "");
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "belongs to another account (uid 0)") != NULL);
}

/* Whoever visits becomes its owner, for good; root's own is nobody's. */
static void as_root_visiting(void)
{
	const struct passwd *account = getpwnam(scratch_account());
	struct path path = below("root-visit");
	struct path conf = below("root-visit/guanjia.conf");
	struct data_dir_fault fault;
	struct data_dir dir;

	CHECK_INT_EQ(mkdir(path.text, 0700), 0);
	scratch_write(conf.text, "");
	CHECK_INT_EQ(data_dir_visit(&dir, path.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "is root") != NULL);
	CHECK_INT_EQ(chown(path.text, account->pw_uid, account->pw_gid), 0);
	CHECK_INT_EQ(data_dir_visit(&dir, path.text, &fault), ERR_OK);
	CHECK_INT_EQ(getuid(), account->pw_uid);
	CHECK_INT_EQ(getgroups(0, NULL), 0);
	CHECK(setuid(0) != 0);
}

static void as_root_behind_a_closed_door(void)
{
	struct path door = below("root-door");
	struct path path = below("root-door/data");
	struct data_dir_fault fault;
	struct data_dir dir;

	CHECK_INT_EQ(mkdir(door.text, 0700), 0);
	CHECK_INT_EQ(open_dir(&dir, path.text, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "cannot be entered by uid") != NULL);
}

static void as_root_without_account(void)
{
	struct path path = below("root-nobody");
	struct data_dir_fault fault = {""};
	struct data_dir dir;

	CHECK_INT_EQ(data_dir_open(&dir, path.text, "no-such-account", &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "there is no account 'no-such-account'") != NULL);
	CHECK_INT_EQ(mode_of(path.text), -1);
	CHECK_INT_EQ(data_dir_open(&dir, path.text, "root", &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "is root") != NULL);
}

/* In a child, as an ordinary account; its checks decide how it ends. */
static void (*body)(void);

static void run_body(void)
{
	body();
	(void)fflush(stdout);
	_exit(check_failed() ? 1 : 0);
}

static void run_body_dropped(void)
{
	scratch_leave_root();
	run_body();
}

static bool ends_well(void (*run)(void), bool dropped)
{
	body = run;
	return scratch_child(dropped ? run_body_dropped : run_body);
}

#define AS_ACCOUNT(name, run) \
	static void test_##name(void) \
	{ \
		CHECK(ends_well(run, true)); \
	}
#define AS_ROOT(name, run) \
	static void test_##name(void) \
	{ \
		if (geteuid() == 0) { \
			CHECK(ends_well(run, false)); \
		} \
	}
AS_ACCOUNT(new_directory_is_closed_and_locked, in_new_directory)
AS_ACCOUNT(default_is_run_here, in_default_place)
AS_ACCOUNT(second_holder_is_refused_by_pid, held_by_another)
AS_ACCOUNT(lock_is_free_after_kill, held_by_one_that_is_killed)
AS_ACCOUNT(lock_of_an_orphan_is_waited_for, held_by_a_child_of_one_that_was_killed)
AS_ACCOUNT(foreign_content_is_not_touched, with_foreign_content)
AS_ACCOUNT(content_of_ours_is_taken, with_content_of_ours)
AS_ACCOUNT(places_that_do_not_do_are_faults, at_places_that_do_not_do)
AS_ACCOUNT(visitor_takes_no_lock, visited)
AS_ROOT(root_gives_a_new_directory_away, as_root_new)
AS_ROOT(root_gives_an_empty_directory_away, as_root_empty)
AS_ROOT(root_refuses_foreign_content, as_root_foreign)
AS_ROOT(root_refuses_another_accounts_directory, as_root_of_another)
AS_ROOT(root_visits_as_the_owner, as_root_visiting)
AS_ROOT(root_refuses_behind_a_closed_door, as_root_behind_a_closed_door)
AS_ROOT(root_needs_an_account, as_root_without_account)

static const struct test tests[] = {
	{"new_directory_is_closed_and_locked", test_new_directory_is_closed_and_locked},
	{"default_is_run_here", test_default_is_run_here},
	{"second_holder_is_refused_by_pid", test_second_holder_is_refused_by_pid},
	{"lock_is_free_after_kill", test_lock_is_free_after_kill},
	{"lock_of_an_orphan_is_waited_for", test_lock_of_an_orphan_is_waited_for},
	{"foreign_content_is_not_touched", test_foreign_content_is_not_touched},
	{"content_of_ours_is_taken", test_content_of_ours_is_taken},
	{"places_that_do_not_do_are_faults", test_places_that_do_not_do_are_faults},
	{"visitor_takes_no_lock", test_visitor_takes_no_lock},
	{"root_gives_a_new_directory_away", test_root_gives_a_new_directory_away},
	{"root_gives_an_empty_directory_away", test_root_gives_an_empty_directory_away},
	{"root_refuses_foreign_content", test_root_refuses_foreign_content},
	{"root_refuses_another_accounts_directory", test_root_refuses_another_accounts_directory},
	{"root_visits_as_the_owner", test_root_visits_as_the_owner},
	{"root_refuses_behind_a_closed_door", test_root_refuses_behind_a_closed_door},
	{"root_needs_an_account", test_root_needs_an_account},
};

int main(void)
{
	const struct passwd *account = getpwnam(scratch_account());

	scratch_dir(base);
	if (account == NULL || (geteuid() == 0 && chown(base, account->pw_uid, account->pw_gid) != 0)) {
		return 1;
	}
	return check_main(tests, COUNT(tests));
}
