/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/histogram.h"

#define STEP_BITS 5
#define STEPS (1u << STEP_BITS)

static size_t bucket_of(uint64_t us)
{
	unsigned power;
	size_t bucket;

	if (us < STEPS) {
		return (size_t)us;
	}
	power = 63 - (unsigned)__builtin_clzll(us);
	bucket = (power - STEP_BITS + 1) * STEPS + ((us >> (power - STEP_BITS)) & (STEPS - 1));
	return size_min(bucket, HISTOGRAM_BUCKETS - 1);
}

/* The largest value of a bucket. */
static uint64_t edge_of(size_t bucket)
{
	size_t power = bucket / STEPS;

	if (power == 0) {
		return bucket;
	}
	return ((STEPS + bucket % STEPS + 1) << (power - 1)) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t us)
{
	histogram->counts[bucket_of(us)]++;
	histogram->count++;
}

uint64_t histogram_at(const struct histogram *histogram, double share)
{
	uint64_t wanted = (uint64_t)((double)histogram->count * share);
	uint64_t seen = 0;

	assert(share >= 0 && share <= 1);
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->counts[i];
		if (seen > 0 && seen >= wanted) {
			return edge_of(i);
		}
	}
	return 0;
}
