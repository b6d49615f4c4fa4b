/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurements: recorded where things happen, in a few instructions and without memory; read by walking over all of
 * them, in the order of counter.def and metric.def. They hold numbers, names of methods, errors and states: nothing
 * about people, and no ids.
 */
#pragma once

#include "common/err.h"
#include "common/histogram.h"
#include "proto/method.h"

struct server;

#define METRIC_ERRORS_END 256 /* above every number of err.def */

/* Whose doing it was. */
enum outcome {
	OUTCOME_OK,
	OUTCOME_REFUSED, /* the asker's: a rule, a conflict, a wrong field */
	OUTCOME_FAILED,  /* ours: busy, too late, the database away */
	OUTCOME_COUNT
};

struct metrics {
	struct histogram requests[METHOD_COUNT + 1][OUTCOME_COUNT]; /* µs; the last: no such method */
	uint64_t errors[METRIC_ERRORS_END];
	struct histogram ticks; /* µs of work */
	struct histogram lags;  /* µs */
	int64_t armed_mono_us;  /* when the loop is to wake up at the latest */
};

enum outcome metric_outcome(enum err err);

/* An answer was queued. `method` is METHOD_COUNT where there is none of that name. */
void metric_answered(struct metrics *metrics, size_t method, enum err err, int64_t us);
/* A turn of the loop begins; it should have at armed_mono_us, unless something woke it earlier. */
void metric_tick_begins(struct metrics *metrics, int64_t now_mono_us);
void metric_tick_ends(struct metrics *metrics, int64_t began_mono_us);

/* --- reading --- */

enum metric_kind { METRIC_GAUGE, METRIC_TOTAL, METRIC_SPREAD };

/* One row of counter.def or metric.def. */
struct metric_row {
	enum metric_kind kind;
	const char *name;
	const char *labels; /* "method,outcome"; NULL: it is one number */
	const char *text;
};

#define METRIC_LABELS_MAX 2

/* One number or spread of a row. */
struct metric_sample {
	const struct metric_row *row;
	const char
		*labels[METRIC_LABELS_MAX]; /* values of the row's labels, static; NULL behind the last */
	uint64_t value;                 /* GAUGE and TOTAL; of seconds: microseconds */
	const struct histogram *spread; /* SPREAD; borrowed */
};

/* Whoever wants all samples embeds this. */
struct metric_sink {
	void (*take)(struct metric_sink *sink, const struct metric_sample *sample);
};

/* Hands over every sample of every row; those of one row follow each other. */
void metric_walk(struct server *server, struct metric_sink *sink);

/* Is the name's last word this unit ("seconds", "bytes")? */
bool metric_is_in(const struct metric_row *row, const char *unit);
