/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What root does to a directory is done through a descriptor, and only to one that it has just made or
 * that is empty: `guanjiad --data /etc` must not give /etc away.
 */
#include "server/data_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/db/process.h"

#define LOCK_NAME "guanjiad.lock"
#define CONF_NAME "guanjia.conf"
#define ORPHAN_MS 2000 /* for a child of a killed server to see that */
#define ORPHAN_POLL_MS 2

/* Always ERR_CONFIG, for `return fail(...)`. */
printf_like(2, 3) static enum err fail(struct data_dir_fault *fault, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	return ERR_CONFIG;
}

enum content { CONTENT_NONE, CONTENT_OURS, CONTENT_FOREIGN, CONTENT_UNREADABLE };

/* Ours is what has our settings or our lock; a new file system's lost+found is nothing. */
static enum content content_of(int dir_fd)
{
	enum content content = CONTENT_NONE;
	int list_fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = list_fd < 0 ? NULL : fdopendir(list_fd);
	struct dirent *entry;

	if (list == NULL) {
		if (list_fd >= 0) {
			(void)close(list_fd);
		}
		return CONTENT_UNREADABLE;
	}
	while (content != CONTENT_OURS && (entry = readdir(list)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, LOCK_NAME) == 0 || strcmp(name, CONF_NAME) == 0) {
			content = CONTENT_OURS;
		} else if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
				   strcmp(name, "lost+found") != 0) {
			content = CONTENT_FOREIGN;
		}
	}
	(void)closedir(list);
	return content;
}

/* Gives the open directory to the account, where that is safe, and closes it to everybody else. */
static enum err claim(
	int dir_fd, const char *path, const struct passwd *account, struct data_dir_fault *fault)
{
	uid_t owner = account == NULL ? geteuid() : account->pw_uid;
	enum content content = content_of(dir_fd);
	struct stat stat;

	if (content == CONTENT_UNREADABLE || fstat(dir_fd, &stat) != 0) {
		return fail(fault, "'%.300s' cannot be read: %s", path, strerror(errno));
	}
	if (content == CONTENT_FOREIGN) {
		return fail(fault, "'%.300s' holds other things and is no data directory", path);
	}
	if (stat.st_uid != owner && (account == NULL || content == CONTENT_OURS)) {
		return fail(
			fault, "'%.300s' belongs to another account (uid %u)", path, (unsigned)stat.st_uid);
	}
	if (account != NULL && fchown(dir_fd, account->pw_uid, account->pw_gid) != 0) {
		return fail(
			fault, "'%.300s' cannot be given to '%s': %s", path, account->pw_name, strerror(errno));
	}
	if (fchmod(dir_fd, 0700) != 0) {
		return fail(fault, "'%.300s' cannot be closed to others: %s", path, strerror(errno));
	}
	return ERR_OK;
}

static enum err make(const char *path, const struct passwd *account, struct data_dir_fault *fault)
{
	enum err err;
	int fd;

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		return fail(fault, "'%.300s' cannot be made: %s", path, strerror(errno));
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return fail(fault, "'%.300s' cannot be opened: %s", path, strerror(errno));
	}
	err = claim(fd, path, account, fault);
	(void)close(fd);
	return err;
}

/* For good: afterwards the way back is tried, and has to be closed. */
static enum err leave_root(const struct passwd *account, struct data_dir_fault *fault)
{
	uid_t uid = account->pw_uid;
	gid_t gid = account->pw_gid;

	if (uid == 0 || gid == 0) {
		return fail(fault, "account '%s' is root, or in its group", account->pw_name);
	}
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
		return fail(fault, "cannot become '%s': %s", account->pw_name, strerror(errno));
	}
	if (setuid(0) == 0 || seteuid(0) == 0) {
		abort();
	}
	return ERR_OK;
}

static enum err forbid_core_dumps(struct data_dir_fault *fault)
{
	const struct rlimit none = {0, 0};

	if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
		return fail(fault, "core dumps cannot be turned off: %s", strerror(errno));
	}
	return ERR_OK;
}

/* 0 where it cannot be told. */
static long holder_of(int lock_fd)
{
	char text[32] = "";

	if (pread(lock_fd, text, sizeof(text) - 1, 0) <= 0) {
		return 0;
	}
	return strtol(text, NULL, 10);
}

/*
 * A server that is killed while it starts a program leaves a child that has not closed the lock yet, and does so
 * as soon as it runs again: it is waited for. Whoever has written the lock and lives is not.
 */
static bool take_lock(int lock_fd)
{
	int64_t left_ms = ORPHAN_MS;
	long holder;

	while (flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK) {
			return false;
		}
		holder = holder_of(lock_fd);
		if (left_ms <= 0 || holder <= 0 || kill((pid_t)holder, 0) == 0 || errno != ESRCH) {
			errno = EWOULDBLOCK;
			return false;
		}
		process_sleep_ms(ORPHAN_POLL_MS);
		left_ms -= ORPHAN_POLL_MS;
	}
	return true;
}

static enum err lock(struct data_dir *dir, struct data_dir_fault *fault)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int fd = open(LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		return fail(
			fault, "'%.300s/" LOCK_NAME "' cannot be opened: %s", dir->path, strerror(errno));
	}
	if (!take_lock(fd)) {
		bool held = errno == EWOULDBLOCK;

		(void)fail(fault, "'%.300s' is in use by process %ld: %s", dir->path, holder_of(fd),
			held ? "stop that one first, or choose another directory" : strerror(errno));
		(void)close(fd);
		return held ? ERR_TRY_LATER : ERR_CONFIG;
	}
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
		(void)fail(
			fault, "'%.300s/" LOCK_NAME "' cannot be written: %s", dir->path, strerror(errno));
		(void)close(fd);
		return ERR_CONFIG;
	}
	dir->lock_fd = fd;
	dir->is_held = true;
	return ERR_OK;
}

/* The account that root becomes; NULL and ERR_OK for everybody else. */
static enum err find_account(
	const char *name, const struct passwd **out_account, struct data_dir_fault *fault)
{
	*out_account = NULL;
	if (geteuid() != 0) {
		return ERR_OK;
	}
	errno = 0;
	*out_account = getpwnam(name);
	if (*out_account == NULL) {
		return fail(fault,
			"there is no account '%s' to run as: scripts/up makes it, or "
			"useradd --system --home-dir " DATA_DIR_ROOT_DEFAULT " %s",
			name, name);
	}
	return ERR_OK;
}

/* Also so that the account works somewhere: where root was may be closed to it. */
static enum err enter(struct data_dir *dir, const char *real, struct data_dir_fault *fault)
{
	if (chdir(real) != 0) {
		return fail(fault, "'%.300s' cannot be entered by uid %u: %s", real, (unsigned)geteuid(),
			strerror(errno));
	}
	if (strlen(real) >= sizeof(dir->path)) {
		return fail(
			fault, "the path of the data directory is longer than %d bytes", DATA_DIR_PATH_MAX - 1);
	}
	memcpy(dir->path, real, strlen(real) + 1);
	return ERR_OK;
}

enum err data_dir_open(
	struct data_dir *dir, const char *given, const char *account, struct data_dir_fault *out_fault)
{
	const char *fallback = geteuid() == 0 ? DATA_DIR_ROOT_DEFAULT : DATA_DIR_DEFAULT;
	const char *path = given == NULL ? fallback : given;
	const struct passwd *becomes;
	char real[PATH_MAX];
	enum err err;

	*dir = (struct data_dir){.is_held = false};
	(void)umask(077);
	err = find_account(account, &becomes, out_fault);
	if (err == ERR_OK) {
		err = make(path, becomes, out_fault);
	}
	if (err == ERR_OK && realpath(path, real) == NULL) {
		err = fail(out_fault, "'%.300s' cannot be found: %s", path, strerror(errno));
	}
	if (err == ERR_OK && becomes != NULL) {
		err = leave_root(becomes, out_fault);
	}
	if (err == ERR_OK) {
		err = forbid_core_dumps(out_fault);
	}
	if (err == ERR_OK) {
		err = enter(dir, real, out_fault);
	}
	return err == ERR_OK ? lock(dir, out_fault) : err;
}

/* Whose it is, where it is one; *out_account is NULL for who is not root. */
static enum err find_owner(
	const char *real, const struct passwd **out_account, struct data_dir_fault *fault)
{
	int fd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat stat = {.st_uid = 0};
	bool is_ours = fd >= 0 && fstat(fd, &stat) == 0 && content_of(fd) == CONTENT_OURS;

	if (fd >= 0) {
		(void)close(fd);
	}
	*out_account = NULL;
	if (!is_ours) {
		return fail(fault, "'%.300s' is no data directory, or not open to uid %u", real,
			(unsigned)geteuid());
	}
	if (geteuid() != 0) {
		return stat.st_uid == geteuid()
		           ? ERR_OK
		           : fail(fault,
						 "'%.300s' belongs to another account (uid %u): be that one, or root", real,
						 (unsigned)stat.st_uid);
	}
	*out_account = getpwuid(stat.st_uid);
	return *out_account != NULL ? ERR_OK
	                            : fail(fault, "'%.300s' belongs to uid %u, which has no name", real,
									  (unsigned)stat.st_uid);
}

enum err data_dir_visit(struct data_dir *dir, const char *given, struct data_dir_fault *out_fault)
{
	const char *fallback = geteuid() == 0 ? DATA_DIR_ROOT_DEFAULT : DATA_DIR_DEFAULT;
	const char *path = given == NULL ? fallback : given;
	const struct passwd *becomes = NULL;
	char real[PATH_MAX];
	enum err err;

	*dir = (struct data_dir){.is_held = false};
	(void)umask(077);
	if (realpath(path, real) == NULL) {
		return fail(out_fault, "'%.300s' cannot be found: %s", path, strerror(errno));
	}
	err = find_owner(real, &becomes, out_fault);
	if (err == ERR_OK && becomes != NULL) {
		err = leave_root(becomes, out_fault);
	}
	if (err == ERR_OK) {
		err = forbid_core_dumps(out_fault);
	}
	return err == ERR_OK ? enter(dir, real, out_fault) : err;
}

void data_dir_close(struct data_dir *dir)
{
	if (dir == NULL || !dir->is_held) {
		return;
	}
	(void)close(dir->lock_fd);
	dir->is_held = false;
}
