/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/nth.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/server/scratch.h"

void nth_open(struct nth *nth)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 8];
	void *page = MAP_FAILED;
	int fd;

	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/nth", dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, sizeof(struct nth_page)) == 0) {
		page = mmap(NULL, sizeof(struct nth_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (page == MAP_FAILED || setenv(NTH_VARIABLE, path, 1) != 0) {
		perror(path);
		abort();
	}
	(void)close(fd);
	nth->page = page;
	atomic_store(&nth->page->armed, -1);
}

void nth_arm(struct nth *nth, enum nth_class class, uint64_t n)
{
	atomic_store(&nth->page->is_hit, false);
	atomic_store(&nth->page->count, 0);
	atomic_store(&nth->page->at, n);
	atomic_store(&nth->page->armed, (int)class);
}

uint64_t nth_disarm(struct nth *nth)
{
	atomic_store(&nth->page->armed, -1);
	return atomic_load(&nth->page->count);
}
