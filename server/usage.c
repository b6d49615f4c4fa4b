/* SPDX-License-Identifier: Apache-2.0 */
#include "server/usage.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS_COUNTED_MAX 100000 /* more are not walked over */

static uint64_t cpu_us(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0) {
		return 0;
	}
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static uint64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (file == NULL) {
		return 0;
	}
	if (fscanf(file, "%*u %lu", &pages) != 1) {
		pages = 0;
	}
	(void)fclose(file);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Linux 6.2 and later say it as the folder's size; before, its entries are counted. */
static uint64_t fd_count(void)
{
	struct stat status;
	uint64_t count = 0;
	DIR *folder;

	if (stat("/proc/self/fd", &status) == 0 && status.st_size > 0) {
		return (uint64_t)status.st_size;
	}
	folder = opendir("/proc/self/fd");
	if (folder == NULL) {
		return 0;
	}
	for (const struct dirent *entry = readdir(folder); entry != NULL && count < FDS_COUNTED_MAX;
		 entry = readdir(folder)) {
		count += entry->d_name[0] != '.';
	}
	(void)closedir(folder);
	return count - 1; /* not the one that was opened to count */
}

void usage_take(struct usage *out)
{
	struct rlimit limit = {0};

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	*out = (struct usage){
		.cpu_us = cpu_us(),
		.resident_bytes = resident_bytes(),
		.fd_count = fd_count(),
		.fd_max = limit.rlim_cur,
	};
}
