/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a history is played: one thread with one loop, on which sixteen people work on the journeys of all slots,
 * through a proxy, and four others watch. The one who directs it, another thread, lets it play, strikes, and lets
 * it rest; while it rests the thread stands still and everything in here is the director's to read.
 *
 *     stage_begin() ─▶ stage_await() ─▶ … ─▶ stage_rest() ─▶ audit ─▶ stage_play() ─▶ … ─▶ stage_end()
 */
#pragma once

#include <pthread.h>

#include "tests/faults/caller.h"
#include "tests/faults/cast.h"
#include "tests/faults/journey.h"
#include "tests/faults/ledger.h"
#include "tests/faults/proxy.h"
#include "tests/faults/watcher.h"
#include "tests/live/told.h"

#define STAGE_SLOTS 24
#define STAGE_WATCHERS 4
#define STAGE_AGAIN_MS 20 /* until a lost connection is made anew: a nuisance */

enum stage_mode {
	STAGE_PLAY,
	STAGE_SETTLE, /* nothing new is asked; what was asked is, until it is answered */
	STAGE_REST,   /* the thread stands still */
	STAGE_LEAVE,  /* everybody hangs up, and the thread ends */
};

struct stage_slot {
	struct journey_slot shared;
	struct journey journey;
	uint64_t call_id;
	int64_t ask_at_us;     /* mono; 0: asked */
	int64_t code_until_us; /* mono; how long the code to sign is waited for; 0: not yet waited */
};

struct stage {
	struct live_server *server;
	const struct live_told *told;
	const struct cast *cast;
	uint64_t seed;
	struct ledger ledger;
	pthread_t thread;

	/* The thread's own. */
	uv_loop_t loop;
	uv_timer_t pulse;
	SSL_CTX *context;
	struct proxy proxy;
	struct caller callers[CAST_PEOPLE];
	struct watcher watchers[STAGE_WATCHERS];
	struct stage_slot slots[STAGE_SLOTS];
	int64_t settle_until_us; /* mono; while it settles */
	size_t lost;             /* calls that ended with their connection */
	size_t by_code;          /* signed so */
	bool is_leaving;

	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t has_changed;
	enum stage_mode mode;
	size_t acknowledged;
	size_t wanted;      /* has_changed when so many are */
	unsigned cuts;      /* so often every connection is to be cut */
	const char *struck; /* whom the director has just struck; NULL: is noted */
	size_t violations;
};

/* Everybody comes, and begins to play. The server runs, and tells. */
void stage_begin(struct stage *stage);

/* Waits for so many steps more; false where nothing goes on. */
bool stage_await(struct stage *stage, size_t more) must_check;

/* Every connection ends by a reset. */
void stage_cut(struct stage *stage);
/* For the history: this has been done to the other side. */
void stage_note(struct stage *stage, const char *what);

/* Until everything asked is acknowledged and every watcher knows; what is not by then is a violation. */
void stage_rest(struct stage *stage);
void stage_play(struct stage *stage);

/* From rest. What it has heard stays until stage_fini. */
void stage_end(struct stage *stage);
void stage_fini(struct stage *stage);

/* Counts it, and prints the first of them; from any thread. */
void stage_violate(struct stage *stage, const char *what, const char *detail);
