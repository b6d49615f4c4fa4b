/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long answers took, in buckets of about 3 %: 32 to each power of two of microseconds. Exact
 * below 32 µs.
 */
#pragma once

#include "common/base.h"

#define HISTOGRAM_BUCKETS (32 * 32)

struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t count;
};

void histogram_add(struct histogram *histogram, uint64_t us);

/*
 * The upper edge of the bucket in which this share of all, 0 to 1, is reached; 0 where there is
 * none.
 */
uint64_t histogram_at(const struct histogram *histogram, double share);
