/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole check of a proposed set of promises, pure: every row by itself, against the rows before it, and all
 * of them together: each complaint that can come must find a row.
 */
#pragma once

#include "common/err.h"
#include "server/domain/clock.h"

/* More than the largest set has conditions; almanac.h keeps as many of one set. */
#define PROMISE_ROWS_MAX 64

/*
 * 90 days. The calendar has to reach twice as far (200 %) with an hour of service on few working days: then
 * it is less than half of what calendar_after walks.
 */
#define PROMISE_MINUTES_MAX 129600

/* A row has a duplicate, five fields and its clocks; together they may lack each kind. */
#define PROMISE_PROBLEMS_MAX (PROMISE_ROWS_MAX * (6 + CLOCK_COUNT) + 16)

#define PROMISE_OF_ALL SIZE_MAX /* a problem of no row */

struct promise_problem {
	size_t row; /* from 0; PROMISE_OF_ALL */
	const char *field;
	enum err err;
	const char *allowed; /* lives forever */
};

/*
 * By row; those of all together come last.
 *
 *   rows     count ≤ PROMISE_ROWS_MAX; kind, subkind and channel 0: any; urgency and calendar 0: missing
 *   out      room for PROMISE_PROBLEMS_MAX
 *   returns  how many
 */
size_t promise_check(const struct promise *rows, size_t count, struct promise_problem *out);

/* The column of a clock in files and problems: "ack_min". */
const char *clock_column(int number);
