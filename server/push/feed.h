/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live events, in the order in which they were committed, by this server or another. While anybody
 * watches, the feed reads the event table from its position: at once after a commit of our own, and
 * every feed_poll_ms for the others'. One path for both, so a watcher sees each event once and in order.
 *
 * A sequence is not commit order: rows are read below the oldest running transaction, by (xid, seq). What was committed
 * above it is held back until that one ends, which nobody tells us: the feed looks again soon, and then less often.
 *
 * Watches that come back are told what they missed from the same table: a portion of it is read in the same errand as
 * the feed's own next rows, and told before those. So whoever has caught up then is behind nothing and before nothing,
 * and goes on with the others. Portions are taken by turns, and serve everybody who stands within them.
 */
#pragma once

#include "common/arena.h"
#include "common/list.h"
#include "server/db/errand.h"

#include "server/push/feed_position.h"

struct server;
struct watch_event;

enum { FEED_READ, FEED_LAST, FEED_REPLAY, FEED_QUERIES };

struct feed {
	struct server *server;
	struct errand errand;
	struct query queries[FEED_QUERIES];
	struct arena arena;            /* of the queries in flight */
	struct feed_position position; /* events up to here were fanned out; era 0: not begun */
	bool is_reading;
	bool is_answered;      /* rows are there for feed_run */
	bool is_nudged;        /* something was committed here */
	bool asks_era;         /* after a loss: is it still the same cluster, in the same history? */
	uint64_t loss_count;   /* of the reader, as it was last looked at */
	int64_t poll_mono_us;  /* when to look again */
	int64_t held_ms;       /* so soon, since something is held back; 0: nothing is */
	int64_t fresh_utc_us;  /* everything committed until then was fanned out */
	uint64_t fresh_epoch;  /* at which all who watch had their rights as of then … */
	int64_t stale_mono_us; /* … and until when nobody looks again */
	int64_t mark_mono_us;  /* when watches are told next how far they are */
	struct list replays;   /* watches that are behind the feed, by their turn */
	struct feed_position replay_from; /* of the portion that is being read; era 0: none is */
	bool is_oldest_next;   /* whose turn the next portion is: the furthest behind, or the first */
	uint64_t looked_count; /* events fanned out: a watch is looked at once for each */
};

void feed_init(struct feed *feed, struct server *server);
void feed_fini(struct feed *feed);

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

/*
 * Between feed.c and replay.c.
 *
 * Whose turn a portion is; NULL: nobody is ready for one. Those that have caught up without leave, and those
 * that have waited too long give up.
 */
struct watch *replay_next(struct feed *feed);
/* Tells the portion that was read. */
void replay_take(struct feed *feed);
/* It cannot be read: whoever wanted it from there loads anew. */
void replay_fail(struct feed *feed);
