/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that keeps the clocks of complaints: it follows the events, whoever made them and on whichever
 * server, and takes each complaint's clocks through the same steps; and it finds by an index those that pass a
 * threshold, which becomes an event itself. The rules are server/domain/clock.h; product.md row C8.
 *
 *   read     clock_turn, the events behind it, what is due; the almanac first where that has changed
 *   reckon   cards as the steps leave them, alarms, and when to look again
 *   write    all of it by one statement, which does nothing where another server was faster: so of several
 *            servers one does each thing, once
 *
 * Where holidays or service hours have changed, all that runs is reckoned again, a hundred cards a look, among
 * the rest. clock_turn.reckoned says by which almanac that was done to the end, so a server that stops in between, or
 * starts, begins it anew; of several that do it at once each finds what the others did as it should be.
 *
 * Clocks follow their complaint within a moment, outside its own statement: whatever path a step takes,
 * and the archive's and the pauses' own end take another one, its event is the same.
 */
#pragma once

#include "common/arena.h"
#include "server/almanac.h"
#include "server/db/errand.h"
#include "server/job/clock_cards.h"

struct server;

enum clock_phase { CLOCK_IDLE, CLOCK_READING, CLOCK_LEARNING, CLOCK_WRITING };
enum clock_query {
	CLOCK_QUERY_TURN,
	CLOCK_QUERY_EVENTS,
	CLOCK_QUERY_DUE,
	CLOCK_QUERY_RUNNING,
	CLOCK_QUERY_COUNT
};

/* How far a walk through the cards has come. */
struct clock_place {
	struct uuid community_id;
	struct uuid complaint_id;
};

struct clock_job {
	struct server *server;
	enum clock_phase phase;
	bool is_answered;            /* the tick takes what came */
	bool is_nudged;              /* something was committed here */
	bool reckons;                /* the calendar has changed: what runs is gone through once more */
	struct clock_place reckoned; /* … up to this one */
	struct clock_place portion;  /* … and the look that is written to this one */
	struct almanac almanac;
	int64_t wanted_almanac; /* its version, while it is read */
	struct clock_turn turn; /* as read */
	struct errand errand;
	struct query queries[ALMANAC_QUERY_COUNT];
	struct arena arena; /* of queries and cards; given back after each look */
	int64_t due_mono_us;
	int64_t not_before_mono_us; /* looks do not follow each other closer than this */
};

static_assert((int)CLOCK_QUERY_COUNT <= (int)ALMANAC_QUERY_COUNT, "one array does for both");

void clock_job_init(struct clock_job *job, struct server *server);
void clock_job_fini(struct clock_job *job);

/* Something was committed here. */
void clock_job_nudge(struct clock_job *job);

/* In the tick, before the lanes are flushed. */
void clock_job_run(struct clock_job *job);
int64_t clock_job_due(const struct clock_job *job);
/* Nothing of it is in a lane. */
bool clock_job_is_idle(const struct clock_job *job);
