/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"

#define READ_BYTES (64 * 1024)

int file_make_folder(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part)) {
		return ENAMETOOLONG;
	}
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0') {
			continue;
		}
		part[i] = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST) {
			return errno;
		}
		part[i] = path[i];
	}
	return 0;
}

/* All of it, and down to the disk. */
static int write_all(int fd, struct str content)
{
	while (content.len > 0) {
		ssize_t count = write(fd, content.ptr, content.len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return errno;
		}
		content = str_of(content.ptr + count, content.len - (size_t)count);
	}
	return fsync(fd) == 0 ? 0 : errno;
}

/* A new empty file beside it, 0600. Returns its descriptor; below 0, and errno is set, where there is none. */
static int open_beside(const char *path, char beside[PATH_MAX])
{
	int len = snprintf(beside, PATH_MAX, "%s.XXXXXX", path);

	if (len < 0 || len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return mkstemp(beside);
}

/* In the place of what was there; where anything went wrong, what was there stays. */
static int put_in_place(const char *beside, const char *path, int error)
{
	if (error == 0 && rename(beside, path) != 0) {
		error = errno;
	}
	if (error != 0) {
		(void)unlink(beside);
	}
	return error;
}

int file_replace(const char *path, struct str content)
{
	char beside[PATH_MAX];
	int fd = open_beside(path, beside);
	int error;

	if (fd < 0) {
		return errno;
	}
	error = write_all(fd, content);
	if (close(fd) != 0 && error == 0) {
		error = errno;
	}
	return put_in_place(beside, path, error);
}

int file_replace_by(
	const char *path, int (*write_it)(void *context, const char *beside), void *context)
{
	char beside[PATH_MAX];
	int fd = open_beside(path, beside);
	int error;

	if (fd < 0) {
		return errno;
	}
	error = write_it(context, beside);
	if (error == 0 && fsync(fd) != 0) {
		error = errno;
	}
	if (close(fd) != 0 && error == 0) {
		error = errno;
	}
	return put_in_place(beside, path, error);
}

/* Until the end of the file, or one byte over max_bytes. */
static int read_all(int fd, struct buf *buf, size_t max_bytes)
{
	for (;;) {
		uint8_t *room = buf_reserve(buf, READ_BYTES);
		ssize_t count;

		if (room == NULL) {
			return EFBIG;
		}
		count = read(fd, room, READ_BYTES);
		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return errno;
		}
		if (count == 0) {
			return 0;
		}
		buf_commit(buf, (size_t)count);
		if (buf_readable(buf).len > max_bytes) {
			return EFBIG;
		}
	}
}

int file_read(const char *path, size_t max_bytes, struct arena *arena, struct str *out)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct buf buf;
	struct span bytes;
	struct str text;
	int error;

	if (fd < 0) {
		return errno;
	}
	buf_init(&buf, max_bytes + 2 * (size_t)READ_BYTES);
	error = read_all(fd, &buf, max_bytes);
	bytes = buf_readable(&buf);
	text = arena_str(arena, str_of((const char *)bytes.ptr, bytes.len));
	if (error == 0 && arena->failed) {
		error = ENOMEM;
	}
	if (error == 0) {
		*out = text;
	}
	buf_fini(&buf);
	if (!is_stdin) {
		(void)close(fd);
	}
	return error;
}
