/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the buckets: every size falls into exactly one, in order, none wider than a quarter of where it begins; that
 * sums and counts are what was put in; and quantiles against sorted numbers.
 */
#include "common/histogram.h"

#include <stdlib.h>

#include "tests/check.h"

#define SIZES 5000

static void test_buckets_touch_each_other(void)
{
	uint64_t begin = 0;

	for (size_t i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
		uint64_t end = histogram_bucket_end(i);

		CHECK(end > begin);
		CHECK_INT_EQ(histogram_bucket(begin), i);
		CHECK_INT_EQ(histogram_bucket(end - 1), i);
		CHECK(end - begin == 1 || (end - begin) * 4 <= begin);
		begin = end;
	}
	CHECK_INT_EQ(begin, UINT64_C(1) << HISTOGRAM_OCTAVE_END);
	CHECK_INT_EQ(histogram_bucket(begin), HISTOGRAM_BUCKETS - 1);
	CHECK_INT_EQ(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
	CHECK(histogram_bucket_end(HISTOGRAM_BUCKETS - 1) == UINT64_MAX);
}

static void test_small_numbers_have_a_bucket_each(void)
{
	for (uint64_t size = 0; size < 8; size++) {
		CHECK_INT_EQ(histogram_bucket(size), size);
	}
	CHECK_INT_EQ(histogram_bucket(8), 8);
	CHECK_INT_EQ(histogram_bucket(9), 8);
	CHECK_INT_EQ(histogram_bucket(10), 9);
}

/* Every power of two and its neighbours, against counting one by one. */
static void test_counts_below_a_power_of_two_are_exact(void)
{
	struct histogram histogram = {0};
	uint64_t added = 0;

	for (unsigned octave = 0; octave <= HISTOGRAM_OCTAVE_END; octave++) {
		uint64_t edge = UINT64_C(1) << octave;

		CHECK_INT_EQ(histogram_count_below(&histogram, octave), added);
		histogram_add(&histogram, edge);
		histogram_add(&histogram, edge + edge / 2);
		CHECK_INT_EQ(histogram_count_below(&histogram, octave), added);
		added += 2;
		if (octave > 1) {
			histogram_add(&histogram, edge - 1);
			added++;
			CHECK_INT_EQ(histogram_count_below(&histogram, octave), added - 2);
		}
	}
	CHECK_INT_EQ(histogram_count(&histogram), added);
}

static void test_the_sum_is_exact(void)
{
	struct histogram histogram = {0};

	histogram_add(&histogram, 1000001);
	histogram_add(&histogram, 3);
	histogram_add(&histogram, UINT64_C(1) << 40);
	CHECK_INT_EQ(histogram.sum, (UINT64_C(1) << 40) + 1000004);
	CHECK_INT_EQ(histogram_count(&histogram), 3);
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* Numbers of every octave, without a library's dice: the same in every run. */
static void test_quantiles_are_within_a_bucket(void)
{
	static const unsigned thousandths[] = {0, 1, 250, 500, 900, 990, 999, 1000};
	static uint64_t sizes[SIZES];
	struct histogram histogram = {0};
	uint64_t state = 1;

	for (size_t i = 0; i < SIZES; i++) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		sizes[i] = (state >> 33) >> (state >> 59);
		sizes[i] %= UINT64_C(1) << HISTOGRAM_OCTAVE_END;
		histogram_add(&histogram, sizes[i]);
	}
	qsort(sizes, SIZES, sizeof sizes[0], compare);
	for (size_t i = 0; i < COUNT(thousandths); i++) {
		size_t rank = SIZES * (size_t)thousandths[i] / 1000;
		uint64_t exact = sizes[rank == SIZES ? SIZES - 1 : rank];

		CHECK_INT_EQ(histogram_bucket(histogram_quantile(&histogram, thousandths[i])),
			histogram_bucket(exact));
	}
}

static void test_nothing_and_one(void)
{
	struct histogram histogram = {0};

	CHECK_INT_EQ(histogram_quantile(&histogram, 500), 0);
	histogram_add(&histogram, 7);
	CHECK_INT_EQ(histogram_quantile(&histogram, 0), 7);
	CHECK_INT_EQ(histogram_quantile(&histogram, 500), 7);
	CHECK_INT_EQ(histogram_quantile(&histogram, 1000), 7);
	histogram = (struct histogram){0};
	histogram_add(&histogram, UINT64_MAX); /* beyond the last edge: at least that */
	CHECK_INT_EQ(histogram_quantile(&histogram, 500), UINT64_C(1) << HISTOGRAM_OCTAVE_END);
}

static const struct test tests[] = {
	{"buckets_touch_each_other", test_buckets_touch_each_other},
	{"small_numbers_have_a_bucket_each", test_small_numbers_have_a_bucket_each},
	{"counts_below_a_power_of_two_are_exact", test_counts_below_a_power_of_two_are_exact},
	{"the_sum_is_exact", test_the_sum_is_exact},
	{"quantiles_are_within_a_bucket", test_quantiles_are_within_a_bucket},
	{"nothing_and_one", test_nothing_and_one},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
