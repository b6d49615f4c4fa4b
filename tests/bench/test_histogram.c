/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a histogram's percentiles are at most a thirty-second off, from one microsecond to an
 * hour, and never too small.
 */
#include "tests/check.h"

#include "tests/bench/histogram.h"

static void test_one_value_is_found_again(void)
{
	for (uint64_t us = 0; us < UINT64_C(3600) * 1000000; us += 1 + us / 7) {
		struct histogram one = {.count = 0};
		uint64_t found;

		histogram_add(&one, us);
		found = histogram_at(&one, 0.5);
		CHECK(found >= us);
		CHECK(found <= us + us / 32);
	}
}

static void test_shares_are_of_all(void)
{
	struct histogram all = {.count = 0};

	for (uint64_t us = 1; us <= 1000; us++) {
		histogram_add(&all, us);
	}
	CHECK(histogram_at(&all, 0.5) >= 500 && histogram_at(&all, 0.5) <= 516);
	CHECK(histogram_at(&all, 0.99) >= 990 && histogram_at(&all, 0.99) <= 1023);
	CHECK(histogram_at(&all, 1) >= 1000);
	CHECK(histogram_at(&all, 0) == 1);
}

static void test_nothing_has_no_percentile(void)
{
	struct histogram none = {.count = 0};

	CHECK_INT_EQ(histogram_at(&none, 0.99), 0);
}

static const struct test tests[] = {
	{"one_value_is_found_again", test_one_value_is_found_again},
	{"shares_are_of_all", test_shares_are_of_all},
	{"nothing_has_no_percentile", test_nothing_has_no_percentile},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
