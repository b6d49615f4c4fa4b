/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with one of the databases that it can have, and everything that can be done to both without a word:
 *
 *     EMBEDDED   the server's own private PostgreSQL, which it starts again by itself
 *     GIVEN      a PostgreSQL that it was given, and that somebody else starts again
 *     STANDBY    a primary with a synchronous standby: what is lost there is taken over by the other
 */
#pragma once

#include "tests/faults/dice.h"
#include "tests/live/cluster.h"
#include "tests/live/replica.h"
#include "tests/live/server.h"
#include "tests/live/told.h"

enum venue_kind { VENUE_EMBEDDED, VENUE_GIVEN, VENUE_STANDBY, VENUE_KIND_COUNT };

extern const char *const venue_kind_names[VENUE_KIND_COUNT];

enum venue_blow {
	BLOW_SERVER,
	BLOW_POSTMASTER, /* its children notice, and end when they like */
	BLOW_CHILD,      /* one of them: the postmaster then starts all of them anew */
	BLOW_POSTGRES,   /* every process of it at once */
	BLOW_BOTH,       /* that, and the server */
	BLOW_COUNT
};

extern const char *const venue_blow_names[BLOW_COUNT];

struct venue {
	enum venue_kind kind;
	struct live_told told;
	struct live_server server;
	struct live_cluster cluster; /* GIVEN */
	struct live_pair pair;       /* STANDBY */
	char owner_set[LIVE_PATH_MAX * 2];
	int64_t slowest_start_ms; /* of the server, its PostgreSQL included where that is its own */
	size_t blows[BLOW_COUNT]; /* how often each was struck */
};

/* Made and started. */
void venue_begin(struct venue *venue, enum venue_kind kind);

/* Drawn: every kind has its own odds. */
enum venue_blow venue_draw(const struct venue *venue, struct dice *dice);

/*
 * Kills, and brings back what does not come back by itself.
 *
 *   number   decides which child
 *   returns  false where the server does not come back
 */
bool venue_strike(struct venue *venue, enum venue_blow blow, uint64_t number) must_check;

/* Where it stands now, as superuser. */
const char *venue_super(struct venue *venue);

/* Stops the server, which must end well; false where it does not, or a sanitizer has found something. */
bool venue_end(struct venue *venue) must_check;
