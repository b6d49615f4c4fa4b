/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the load: links that keep a number of requests in flight each, for a time, and what
 * came of it. Every answer is looked at; one that is no success is counted, and its code kept. With
 * is_checked the answers' contents are too.
 */
#pragma once

#include "tests/bench/histogram.h"
#include "tests/bench/link.h"
#include "tests/bench/pick.h"
#include "tests/bench/question.h"

#define LOAD_LINKS_MAX 1000
#define LOAD_IN_FLIGHT_MAX 1024

struct load_terms {
	const char *ca_path;
	uint16_t port;
	enum question_kind kind;
	unsigned link_count;
	unsigned in_flight;
	double seconds;
	uint64_t requests_max; /* 0: as many as there is time for */
	bool is_checked;
	struct pick_town town;
};

struct load_outcome {
	uint64_t requests; /* answered well within the time */
	uint64_t errors;
	double seconds; /* from the first question to the last that counts */
	struct histogram times;
	char code[64]; /* of the first error */
};

/*
 * False where the load could not be begun, or a connection ended before its time; out->code says
 * why.
 */
bool load_run(const struct load_terms *terms, struct load_outcome *out) must_check;
