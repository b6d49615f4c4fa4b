/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows for a visit, proposed from what people have free. Pure: when the service is open, what each
 * person is busy with and until when each may do the work go in; the earliest windows come out, one behind
 * the other. All spans are half open, from ≤ t < to, in UTC microseconds.
 */
#pragma once

#include "common/base.h"

struct free_span {
	int64_t from_us;
	int64_t to_us;
};

struct free_person {
	const struct free_span *busy; /* by from_us; they may overlap */
	size_t busy_count;
	/* The work needs a proof: only wholly inside one of these. Else valid_count is 0. */
	bool must_be_valid;
	const struct free_span *valid;
	size_t valid_count;
};

struct free_ask {
	const struct free_span *open; /* days of service, in order, not overlapping */
	size_t open_count;
	const struct free_person *people;
	size_t person_count;
	int64_t not_before_us; /* no window begins earlier */
	int64_t length_us;     /* > 0 */
	int64_t grid_us;       /* > 0: windows begin at an opening plus a multiple of it */
};

struct free_window {
	struct free_span span;
	size_t person;     /* the first who is free then */
	size_t free_count; /* how many are */
};

/*
 * The earliest windows in which anybody is free, each beginning where the one before ended, or later.
 *
 *   out      at most max
 *   returns  how many; fewer than max where the days of service end first
 *   cost     starts on the grid × people × what each is busy with before it
 */
size_t free_time_propose(const struct free_ask *ask, struct free_window *out, size_t max);

/* Free, and allowed, in all of the span. */
bool free_time_is_free(const struct free_person *person, struct free_span span);
