/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 64
#define PLACE "/mnt" /* there on every machine, and empty in our own view of it */

static void need(bool holds, const char *what)
{
	if (!holds) {
		perror(what);
		abort();
	}
}

bool volumes_begin(const char **out_reason)
{
	if (geteuid() != 0) {
		*out_reason = "only root can mount a small file system";
		return false;
	}
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", PLACE, "tmpfs", 0, "size=1m,mode=0755") != 0) {
		*out_reason = strerror(errno);
		return false;
	}
	return true;
}

void volume_make(struct volume *volume, unsigned mib)
{
	static char paths[3][PATH_BYTES];
	static size_t count;
	char options[PATH_BYTES];
	char *path = paths[count];

	assert(count < COUNT(paths));
	(void)snprintf(path, PATH_BYTES, PLACE "/%zu", count++);
	(void)snprintf(options, sizeof(options), "size=%um,mode=0777", mib);
	need(mkdir(path, 0777) == 0, path);
	need(mount("tmpfs", path, "tmpfs", 0, options) == 0, path);
	volume->path = path;
}

static void filler_of(const struct volume *volume, char out[2 * PATH_BYTES])
{
	(void)snprintf(out, 2 * PATH_BYTES, "%s/filler", volume->path);
}

void volume_fill(const struct volume *volume)
{
	static const char zeroes[64 * 1024];
	char path[2 * PATH_BYTES];
	size_t bytes = sizeof(zeroes);
	int fd;

	filler_of(volume, path);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	need(fd >= 0, path);
	while (bytes > 0) {
		ssize_t written = write(fd, zeroes, bytes);

		need(written >= 0 || errno == ENOSPC, path);
		bytes = written < 0 ? bytes / 2 : bytes;
	}
	(void)close(fd);
}

void volume_free(const struct volume *volume)
{
	char path[2 * PATH_BYTES];

	filler_of(volume, path);
	need(unlink(path) == 0, path);
}
