/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/vitals.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/live/wait.h"

#define LOOK_AGAIN_MS 20

static int root_fd = -1; /* the child's other end */

static size_t count_descriptors(pid_t pid)
{
	char path[64];
	size_t count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	if (dir == NULL) {
		return 0;
	}
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		count += entry->d_name[0] != '.' ? 1 : 0;
	}
	(void)closedir(dir);
	return count;
}

/* Ends with the test, whose end of the socket is then closed. */
static void serve(int fd)
{
	pid_t pid;

	while (read(fd, &pid, sizeof(pid)) == (ssize_t)sizeof(pid)) {
		size_t count = count_descriptors(pid);

		if (write(fd, &count, sizeof(count)) != (ssize_t)sizeof(count)) {
			break;
		}
	}
	_exit(0);
}

void vitals_begin(void)
{
	int ends[2];
	pid_t child;

	if (geteuid() != 0) {
		return;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || (child = fork()) < 0) {
		perror("vitals");
		abort();
	}
	if (child == 0) {
		(void)close(ends[0]);
		serve(ends[1]);
	}
	(void)close(ends[1]);
	root_fd = ends[0];
}

size_t vitals_descriptors(pid_t pid)
{
	size_t count = 0;

	if (root_fd < 0) {
		return 0;
	}
	if (write(root_fd, &pid, sizeof(pid)) != (ssize_t)sizeof(pid) ||
		read(root_fd, &count, sizeof(count)) != (ssize_t)sizeof(count)) {
		perror("vitals");
		abort();
	}
	return count;
}

bool vitals_await_descriptors(pid_t pid, size_t most)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	size_t count;

	while ((count = vitals_descriptors(pid)) > most) {
		if (live_left_ms(until_us) == 0) {
			printf("# %zu descriptors stay instead of %zu\n", count, most);
			return false;
		}
		(void)poll(NULL, 0, LOOK_AGAIN_MS);
	}
	return true;
}

size_t vitals_memory_kib(pid_t pid)
{
	char path[64];
	unsigned long pages[2] = {0, 0};
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	file = fopen(path, "re");
	if (file == NULL || fscanf(file, "%lu %lu", &pages[0], &pages[1]) != 2) {
		perror(path);
		abort();
	}
	(void)fclose(file);
	return (size_t)pages[1] * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}
