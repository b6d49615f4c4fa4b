/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server at work, for tests that trouble it: one honest person who stays connected, one complaint,
 * and two questions asked again and again: is an honest newcomer still served, and does everything
 * that troublemakers took come back?
 */
#pragma once

#include "tests/live/peer.h"
#include "tests/live/walk.h"

struct desk {
	struct live_server server;
	struct live_site site;
	struct live_account account; /* LIVE_WALKER */
	struct live_client honest;   /* logged in, connected */
	struct uuid complaint_id;    /* submitted, nothing more */
	SSL_CTX *context;            /* of an ordinary client; owned */
};

/* Settings as for live_server_init. */
void desk_begin(struct desk *desk, const char *const *sets);

/* A newcomer connects, resumes the honest person's session, and reads the complaint. */
bool desk_is_well(struct desk *desk) must_check;

/* Waits until the server has no connection but the honest one, no guest, no request, no watch. */
bool desk_is_quiet(struct desk *desk) must_check;

/* Settings for a while, by a reload; NULL: the usual ones. The honest person connects anew. */
void desk_set(struct desk *desk, const char *settings);

/* Waits until a counter of server.status is at least so much; asks by the honest connection. */
bool desk_await_counter(struct desk *desk, const char *name, uint64_t at_least) must_check;

/* The request that reads the desk's complaint. */
Pb__Envelope *desk_get(struct desk *desk, struct peer *peer, uint64_t id);

/* Submits one more, and returns its id. */
struct uuid desk_submit(struct desk *desk);

/* Is it quiet, does the server end well, and have sanitizers nothing to say? */
bool desk_end(struct desk *desk) must_check;
