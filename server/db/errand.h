/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody wants of the database, and the list it waits on. A reading errand has any number of
 * queries, which see the same moment or later ones; a writing errand has one guarded statement.
 *
 * Whoever owns the errand keeps it where it is until `done` has been called, exactly once, from the
 * tick; there it may be given to a lane again. Errands embed in what they serve (a request, the feed).
 */
#pragma once

#include "common/err.h"
#include "common/list.h"
#include "common/uuid.h"
#include "server/db/query.h"

/* A writing errand's order within its batch: two writers never meet in opposite orders. */
struct errand_key {
	struct uuid community_id;
	struct uuid record_id;
};

enum errand_outcome {
	ERRAND_DONE,    /* every query has its rows */
	ERRAND_REFUSED, /* this errand's own statement failed: err says how */
	ERRAND_REDO,    /* through no fault of its own, perhaps done, perhaps not: look again */
	ERRAND_DOWN,    /* no database for it in time; nothing was sent */
};

struct errand {
	struct list node;      /* on a lane's list, from submit until done */
	struct query *queries; /* owned by the owner */
	size_t query_count;
	struct errand_key key;   /* writing only */
	int64_t expires_mono_us; /* not sent by then: ERRAND_DOWN */
	int sent_count;          /* readings: times sent, less those that another spoilt */
	bool is_alone;           /* it goes with nobody else, one of whom failed */
	size_t run;              /* writing: at the first of those that went as one, how many */
	size_t placed_count;     /* readings: queries that have a place in the group */
	size_t answered_count;   /* readings: queries that have their rows */
	struct uuid trace_id;    /* of the request, for the log; nil: the server's own */
	void (*done)(struct errand *errand);

	enum errand_outcome outcome; /* set before done */
	enum err err;                /* set with ERRAND_REFUSED */
	uint64_t epoch;              /* readings: rights_epoch at the head of their group */
};

/* For lanes: off its list, and done. */
void errand_finish(struct errand *errand, enum errand_outcome outcome);

/* For the log: the trace as text, "-" for what no request asked for. In `out`, or static. */
const char *errand_trace(const struct errand *errand, char out[UUID_TEXT_LEN + 1]);

/*
 * For lanes, before they send: errands whose parameters are not all there, because memory ran out under
 * them, are DOWN. Sent, what is missing would be an SQL null.
 *
 *   returns  how many those were
 */
size_t errand_drop_broken(struct list *errands);

/* The error of a statement's SQLSTATE. */
enum err errand_err(const char *sqlstate);

/*
 * Does this SQLSTATE blame the statement itself (a constraint, a value), or the moment (a deadlock, a
 * shutdown, memory), after which everybody in the group has to look again?
 */
bool errand_is_blamed(const char *sqlstate);

/*
 * Did this very statement take too long, or wait for a lock too long? Then it alone pays: it would hold
 * up everybody behind it as often as it is sent.
 */
bool errand_is_slow(const char *sqlstate);
