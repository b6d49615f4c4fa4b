/* SPDX-License-Identifier: Apache-2.0 */
#include "server/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each entry of the walk; false with errno ends it. */
typedef bool (*tree_visit)(const FTSENT *entry, uint64_t *sum);

static bool walk(const char *path, tree_visit visit, uint64_t *sum)
{
	char *const paths[] = {(char *)(uintptr_t)path, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	bool done = tree != NULL;
	int cause = errno;
	FTSENT *entry;

	while (done && (errno = 0, entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
			errno = entry->fts_errno;
			done = false;
		} else {
			done = visit(entry, sum);
		}
		cause = errno;
	}
	if (done && errno != 0) {
		cause = errno;
		done = false;
	}
	if (tree != NULL) {
		(void)fts_close(tree);
	}
	errno = cause;
	return done;
}

/* A folder is met twice: it goes the second time, when it is empty. */
static bool remove_entry(const FTSENT *entry, uint64_t *sum)
{
	(void)sum;
	return entry->fts_info == FTS_D || remove(entry->fts_accpath) == 0;
}

static bool add_entry(const FTSENT *entry, uint64_t *sum)
{
	if (entry->fts_info == FTS_F) {
		*sum += (uint64_t)entry->fts_statp->st_size;
	}
	return true;
}

bool tree_remove(const char *path)
{
	struct stat stat;

	if (lstat(path, &stat) != 0) {
		return errno == ENOENT;
	}
	return walk(path, remove_entry, NULL);
}

bool tree_bytes(const char *path, uint64_t *out)
{
	uint64_t sum = 0;

	if (!walk(path, add_entry, &sum)) {
		return false;
	}
	*out = sum;
	return true;
}

bool tree_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced;
	int cause;

	if (fd < 0) {
		return false;
	}
	synced = syncfs(fd) == 0 && fsync(fd) == 0;
	cause = errno;
	(void)close(fd);
	errno = cause;
	return synced;
}
