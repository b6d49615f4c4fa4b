/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint's way from its submission to its close, step by step, as requests that are kept with
 * their key: the same bytes can be asked again until the answer is known.
 */
#pragma once

#include "common/span.h"
#include "tests/live/site.h"

#define WALK_STEPS 9 /* submit, accept, book, dispatch, arrive, done, sign, verify, confirm */
#define WALK_SIGN 6  /* the step that signs */
#define WALK_PHONE_BYTES 17
#define WALK_BODY_BYTES 512

/* What one walk has and another has not. */
struct walk_manner {
	char phone[WALK_PHONE_BYTES]; /* the owner's; empty: nobody is told anything */
	struct uuid worker_id;        /* whose time is kept for it; nil: nobody's, the crew is sent */
	int64_t from_us;              /* when, for a minute; 0: tomorrow, for two hours */
};

struct walk {
	const struct live_site *site;
	struct walk_manner manner;
	struct uuid complaint_id; /* the key of its submission */
	unsigned done_count;      /* steps taken; also the complaint's version */
	struct uuid key;          /* of the present step */
	uint8_t body[WALK_BODY_BYTES];
	size_t body_bytes;
};

/* A new complaint about the site's place; the present step is its submission. */
void walk_begin(struct walk *walk, const struct live_site *site);
void walk_begin_in(
	struct walk *walk, const struct live_site *site, const struct walk_manner *manner);

/* The present step signs: by this one-time code. Otherwise nobody signs, which a gate allows. */
void walk_sign_by(struct walk *walk, const char *one_time_code);

/* What to ask for the present step; borrows from the walk. */
struct client_ask walk_ask(const struct walk *walk);

/* The present step was acknowledged: on to the next, with a new key. False: that was the last. */
bool walk_on(struct walk *walk);

/* True where what the watcher is told next is the present step, at a position above *xid, which follows. */
bool walk_is_heard(struct live_client *watcher, const struct walk *walk, uint64_t *xid) must_check;

/* What the timeline says of a step, 0..WALK_STEPS-1: its number, and the state after it. */
int walk_step(unsigned step);
int walk_state_after(unsigned step);

/* The version that a step's reply carries; its number too where it is a submission, else "". */
uint32_t walk_reply_version(const struct client_result *result);
const char *walk_reply_number(const struct client_result *result);
