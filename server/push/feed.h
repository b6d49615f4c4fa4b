/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live events, in the order in which they were committed, by this server or another. While anybody
 * watches, the feed reads the event table from its position: at once after a commit of our own, and
 * every feed_poll_ms for the others'. One path for both, so a watcher sees each event once and in order.
 *
 * A sequence is not commit order: rows are read below the oldest running transaction, by (xid, seq).
 */
#pragma once

#include "common/arena.h"
#include "common/list.h"
#include "server/db/errand.h"

struct server;

struct feed_position {
	uint64_t era;
	uint64_t xid;
	int64_t seq;
};

struct feed {
	struct server *server;
	struct errand errand;
	struct query query;
	struct arena arena;            /* of the query in flight */
	struct feed_position position; /* events up to here were fanned out; era 0: not begun */
	bool is_reading;
	bool is_answered;     /* rows are there for feed_run */
	bool is_nudged;       /* something was committed here */
	bool asks_era;        /* after a loss: is it still the same cluster, in the same history? */
	uint64_t loss_count;  /* of the reader, as it was last looked at */
	int64_t poll_mono_us; /* when to look again */
	int64_t fresh_utc_us; /* everything committed until then was fanned out */
};

void feed_init(struct feed *feed, struct server *server);
void feed_fini(struct feed *feed);

/* Where feed_start's row says that a new watcher begins. */
struct feed_position feed_position_of(const struct query *feed_start);
int feed_position_compare(const struct feed_position *a, const struct feed_position *b);

/* The first watcher: the feed begins at its position. Later ones change nothing. */
void feed_begin(struct feed *feed, struct feed_position position);

/* Something was committed here. */
void feed_nudge(struct feed *feed);

/* Step 4 of the tick: fans out what was read, and reads on where there is reason to. */
void feed_run(struct feed *feed);
/* When it wants to be run again; INT64_MAX: never. */
int64_t feed_due(const struct feed *feed);
/* How far behind the clock it is; 0 while nobody watches. */
int64_t feed_lag_us(const struct feed *feed);
