/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A history under fault: rounds of work, each with one to three blows at drawn moments and an audit at its end.
 */
#pragma once

#include "tests/faults/proxy.h"
#include "tests/faults/venue.h"

/* How much of it, in one venue; whichever ends first. 0: no limit. */
struct history_plan {
	enum venue_kind kind;
	uint64_t seed;
	unsigned rounds;
	int64_t play_ms; /* from when everybody is there */
};

/* What came of it; sums over several venues. */
struct history_sum {
	size_t rounds;
	size_t acknowledged; /* steps */
	size_t violations;
	size_t kills; /* of processes */
	size_t cuts;  /* of every connection at once */
	size_t faults[PROXY_FAULT_COUNT];
	size_t lost;     /* calls that ended with their connection */
	size_t repeated; /* answers given again */
	size_t by_code;
	size_t pushes;
	size_t reloads;
	int64_t slowest_start_ms;    /* of a server, to its readiness */
	int64_t slowest_recovery_ms; /* from the end of a blow to the next acknowledgement */
};

/* Plays it, and adds to the sum. */
void history_play(const struct history_plan *plan, struct history_sum *sum);
