/* SPDX-License-Identifier: Apache-2.0 */
#include "common/histogram.h"

#define LAST (HISTOGRAM_BUCKETS - 1)

size_t histogram_bucket(uint64_t size)
{
	unsigned octave;

	if (size < HISTOGRAM_PER_OCTAVE) {
		return (size_t)size;
	}
	if (size >> HISTOGRAM_OCTAVE_END != 0) {
		return LAST;
	}
	octave = 63 - (unsigned)__builtin_clzll(size);
	/* The two bits behind the first one say which of the octave's four it is. */
	return (size_t)HISTOGRAM_PER_OCTAVE * (octave - HISTOGRAM_OCTAVE_MIN + 1) +
	       (size_t)(size >> (octave - HISTOGRAM_OCTAVE_MIN) & (HISTOGRAM_PER_OCTAVE - 1));
}

uint64_t histogram_bucket_end(size_t bucket)
{
	size_t octave = bucket / HISTOGRAM_PER_OCTAVE;
	uint64_t part = bucket % HISTOGRAM_PER_OCTAVE;

	assert(bucket < HISTOGRAM_BUCKETS);
	if (bucket == LAST) {
		return UINT64_MAX;
	}
	if (octave == 0) {
		return part + 1;
	}
	return (HISTOGRAM_PER_OCTAVE + part + 1) << (octave - 1);
}

void histogram_add(struct histogram *histogram, uint64_t size)
{
	histogram->counts[histogram_bucket(size)]++;
	histogram->sum += size;
}

void histogram_join(struct histogram *sum, const struct histogram *more)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		sum->counts[i] += more->counts[i];
	}
	sum->sum += more->sum;
}

uint64_t histogram_count(const struct histogram *histogram)
{
	uint64_t count = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count += histogram->counts[i];
	}
	return count;
}

uint64_t histogram_count_below(const struct histogram *histogram, unsigned octave)
{
	uint64_t count = 0;

	assert(octave <= HISTOGRAM_OCTAVE_END);
	for (size_t i = 0; i < LAST && histogram_bucket_end(i) <= UINT64_C(1) << octave; i++) {
		count += histogram->counts[i];
	}
	return count;
}

uint64_t histogram_quantile(const struct histogram *histogram, unsigned thousandths)
{
	uint64_t total = histogram_count(histogram);
	uint64_t rank = total * thousandths / 1000;
	uint64_t seen = 0;
	uint64_t begin = 0;

	assert(thousandths <= 1000);
	if (total == 0) {
		return 0;
	}
	rank = rank == total ? total - 1 : rank; /* from 0 */
	for (size_t i = 0; i < LAST; i++) {
		uint64_t end = histogram_bucket_end(i);

		seen += histogram->counts[i];
		if (seen > rank) {
			return begin + (end - 1 - begin) / 2;
		}
		begin = end;
	}
	return begin;
}
