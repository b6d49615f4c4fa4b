/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place that reads the machine's clocks.
 */
#include "common/clock.h"

#include <time.h>

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;
	int result = clock_gettime(clock, &now);

	assert(result == 0); /* fails only for a clock that does not exist */
	return (int64_t)now.tv_sec * US_PER_S + (int64_t)now.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

struct instant clock_now(void)
{
	return (struct instant){
		.mono_us = clock_us(CLOCK_MONOTONIC),
		.utc_us = clock_us(CLOCK_REALTIME),
	};
}
