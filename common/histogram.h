/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often which size of something was seen: microseconds, commands of a batch. Recording is a few instructions and
 * no allocation; reading is for whoever looks once a second.
 *
 *   buckets   log-linear, four an octave: 0, 1, 2, 3, then [4,5) [5,6) [6,7) [7,8) [8,10) [10,12) … The last one takes
 *             everything from 2^26 on (67 s). Neighbours differ by a quarter at most, so does a quantile.
 *   source    the buckets of HdrHistogram, https://hdrhistogram.org, with two significant bits
 */
#pragma once

#include "common/base.h"

#define HISTOGRAM_OCTAVE_MIN 2 /* up to here a bucket a number */
#define HISTOGRAM_OCTAVE_END 26
#define HISTOGRAM_PER_OCTAVE 4
#define HISTOGRAM_BUCKETS \
	(HISTOGRAM_PER_OCTAVE * (HISTOGRAM_OCTAVE_END - HISTOGRAM_OCTAVE_MIN + 1) + 1)

struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t sum; /* of what was recorded, in its unit */
};

/* One more of this size. */
void histogram_add(struct histogram *histogram, uint64_t size);

/* All that another one has seen. */
void histogram_join(struct histogram *sum, const struct histogram *more);

/* The bucket of a size, and the least size that is above a bucket; UINT64_MAX for the last. */
size_t histogram_bucket(uint64_t size);
uint64_t histogram_bucket_end(size_t bucket);

uint64_t histogram_count(const struct histogram *histogram);
/* How many were below 2^octave. */
uint64_t histogram_count_below(const struct histogram *histogram, unsigned octave);

/*
 * A size that so many thousandths of all were not above: the middle of its bucket. 0 where nothing was recorded.
 *
 *   thousandths  500 for the median, 990 for the 99th percentile; 0..1000
 */
uint64_t histogram_quantile(const struct histogram *histogram, unsigned thousandths);
