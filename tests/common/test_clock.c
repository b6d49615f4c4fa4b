/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the units and the origins of both clocks; their precision is the machine's affair. */
#include "common/clock.h"

#include <time.h>

#include "tests/check.h"

static void test_mono_never_falls(void)
{
	int64_t before_us = clock_now().mono_us;

	for (int i = 0; i < 1000; i++) {
		int64_t now_us = clock_now().mono_us;

		CHECK(now_us >= before_us);
		before_us = now_us;
	}
}

static void test_utc_counts_microseconds_since_1970(void)
{
	int64_t before_s = (int64_t)time(NULL);
	int64_t now_us = clock_now().utc_us;

	/* time() may lag behind by a tick of the kernel. */
	CHECK(now_us / US_PER_S >= before_s - 1);
	CHECK(now_us / US_PER_S <= (int64_t)time(NULL) + 1);
}

static const struct test tests[] = {
	{"mono_never_falls", test_mono_never_falls},
	{"utc_counts_microseconds_since_1970", test_utc_counts_microseconds_since_1970},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
