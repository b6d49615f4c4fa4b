/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/random.h"

bool data_file_mkdir(const char *path)
{
	struct stat stat;

	if (mkdir(path, 0700) == 0) {
		return true;
	}
	if (errno != EEXIST || lstat(path, &stat) != 0) {
		return false;
	}
	if (!S_ISDIR(stat.st_mode)) {
		errno = ENOTDIR;
		return false;
	}
	if (stat.st_uid != geteuid()) {
		errno = EPERM;
		return false;
	}
	return true;
}

static bool write_all(int fd, struct span bytes)
{
	/* Ends: each turn writes a byte, or was interrupted by a signal. */
	while (bytes.len > 0) {
		ssize_t written = write(fd, bytes.ptr, bytes.len);

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written <= 0) {
			return false;
		}
		bytes = span_after(bytes, (size_t)written);
	}
	return true;
}

/* The name is on disk only once its directory is. */
static bool sync_directory_of(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	bool synced;
	int fd;

	assert(slash != NULL);
	assert(slash > path);
	(void)snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	synced = fsync(fd) == 0;
	(void)close(fd);
	return synced;
}

/* A new file that is complete on disk; false where not, and nothing is left of it. */
static bool make_file(const char *path, mode_t mode, struct span bytes)
{
	int fd;
	int cause;

	if (unlink(path) != 0 && errno != ENOENT) {
		return false;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return false;
	}
	if (write_all(fd, bytes) && fchmod(fd, mode) == 0 && fsync(fd) == 0) {
		return close(fd) == 0;
	}
	cause = errno;
	(void)close(fd);
	(void)unlink(path);
	errno = cause;
	return false;
}

bool data_file_write(const char *path, mode_t mode, struct span bytes)
{
	char beside[PATH_MAX];
	int len = snprintf(beside, sizeof(beside), "%s.new", path);

	assert(len > 0);
	if ((size_t)len >= sizeof(beside)) {
		errno = ENAMETOOLONG;
		return false;
	}
	return make_file(beside, mode, bytes) && rename(beside, path) == 0 && sync_directory_of(path);
}

/* A link is never made over anything, and the name beside is nobody else's. */
bool data_file_make(const char *path, mode_t mode, struct span bytes)
{
	char beside[PATH_MAX];
	uint64_t mine;
	int cause;
	int len;

	random_bytes(&mine, sizeof(mine));
	len = snprintf(beside, sizeof(beside), "%s.%016" PRIx64 ".new", path, mine);
	assert(len > 0);
	if ((size_t)len >= sizeof(beside)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (!make_file(beside, mode, bytes)) {
		return false;
	}
	cause = link(beside, path) == 0 ? 0 : errno;
	if (unlink(beside) != 0 && cause == 0) {
		cause = errno;
	}
	errno = cause;
	return cause == 0 && sync_directory_of(path);
}

/* Reads until the end of the file or of the room; SIZE_MAX where reading fails. */
static size_t read_all(int fd, uint8_t *out, size_t max)
{
	size_t len = 0;

	while (len < max) {
		ssize_t got = read(fd, out + len, max - len);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return SIZE_MAX;
		}
		if (got == 0) {
			break;
		}
		len += (size_t)got;
	}
	return len;
}

/* The size that the file has now, if it is a plain one of at most `max` bytes. */
static bool size_of(int fd, size_t max, size_t *out_size)
{
	struct stat stat;

	if (fstat(fd, &stat) != 0) {
		return false;
	}
	if (!S_ISREG(stat.st_mode) || stat.st_size < 0) {
		errno = EINVAL;
		return false;
	}
	if ((uint64_t)stat.st_size > max) {
		errno = EFBIG;
		return false;
	}
	*out_size = (size_t)stat.st_size;
	return true;
}

bool data_file_read(const char *path, uint8_t *out, size_t max, size_t *out_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	size_t len = SIZE_MAX;
	size_t size;
	int cause;

	if (fd < 0) {
		return false;
	}
	if (size_of(fd, max, &size)) {
		len = read_all(fd, out, size);
	}
	cause = errno;
	(void)close(fd);
	errno = cause;
	if (len == SIZE_MAX) {
		return false;
	}
	*out_len = len;
	return true;
}

bool data_file_is_private(const char *path)
{
	struct stat stat;

	if (lstat(path, &stat) != 0) {
		return false;
	}
	if (!S_ISREG(stat.st_mode) || stat.st_uid != geteuid() || (stat.st_mode & 077) != 0) {
		errno = EPERM;
		return false;
	}
	return true;
}

bool data_file_is_handed(const char *path)
{
	struct stat stat;

	if (lstat(path, &stat) != 0) {
		return false;
	}
	if (!S_ISREG(stat.st_mode) || stat.st_uid != 0 || (stat.st_mode & 027) != 0) {
		errno = EPERM;
		return false;
	}
	return true;
}
