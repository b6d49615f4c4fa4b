/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint's way from its submission to its close, step by step, as requests that are kept with
 * their key: the same bytes can be asked again until the answer is known.
 */
#pragma once

#include "common/span.h"
#include "tests/live/site.h"

#define WALK_STEPS 8 /* submit, accept, book, dispatch, arrive, done, verify, confirm */
#define WALK_BODY_BYTES 512

struct walk {
	const struct live_site *site;
	struct uuid complaint_id; /* the key of its submission */
	unsigned done_count;      /* steps taken; also the complaint's version */
	struct uuid key;          /* of the present step */
	uint8_t body[WALK_BODY_BYTES];
	size_t body_bytes;
};

/* A new complaint; the present step is its submission. */
void walk_begin(struct walk *walk, const struct live_site *site);

/* What to ask for the present step; borrows from the walk. */
struct client_ask walk_ask(const struct walk *walk);

/* The present step was acknowledged: on to the next, with a new key. False: that was the last. */
bool walk_on(struct walk *walk);

/* What the timeline says of a step, 0..WALK_STEPS-1: the state after it. */
int walk_state_after(unsigned step);

/* The version that a step's reply carries; its number too where it is a submission, else "". */
uint32_t walk_reply_version(const struct client_result *result);
const char *walk_reply_number(const struct client_result *result);
