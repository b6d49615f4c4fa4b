/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wall clock that can jump: preloaded into a server and its PostgreSQL, it adds to what the machine
 * says as many microseconds as stand in the file that CLOCK_SHIFT names. Other clocks stay as they are.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define US_PER_S 1000000

static int (*real_clock_gettime)(clockid_t clock, struct timespec *out);
static _Atomic int64_t *shift_us;

static __attribute__((constructor)) void begin(void)
{
	const char *path = getenv("CLOCK_SHIFT");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *page;

	real_clock_gettime =
		(int (*)(clockid_t, struct timespec *))(uintptr_t)dlsym(RTLD_NEXT, "clock_gettime");
	if (fd < 0) {
		return;
	}
	page = mmap(NULL, sizeof(*shift_us), PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	shift_us = page == MAP_FAILED ? NULL : page;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int result;

	if (real_clock_gettime == NULL) {
		begin(); /* asked for before any constructor */
	}
	result = real_clock_gettime(clock, out);
	if (result == 0 && shift_us != NULL &&
		(clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t us = (int64_t)out->tv_sec * US_PER_S + atomic_load(shift_us);

		out->tv_sec = (time_t)(us / US_PER_S); /* shifts are whole seconds */
	}
	return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;
	int result = clock_gettime(CLOCK_REALTIME, &now);

	(void)zone;
	out->tv_sec = now.tv_sec;
	out->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
	return result;
}

time_t time(time_t *out)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL) {
		*out = now.tv_sec;
	}
	return now.tv_sec;
}
