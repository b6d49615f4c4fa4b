/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaint's flow, pure: the state it is in, the step somebody asks for, the roles that reach it,
 * and what came with the step go in; the state it goes to, or the reason it does not, comes out. The
 * table is complaint.def; ../docs say it in words. Source: the company's flow, product.md rows C3–C7.
 */
#pragma once

#include "common/err.h"
#include "server/domain/access.h"

enum complaint_state {
#define STATE(number, name) COMPLAINT_##name = (number),
#include "server/domain/complaint.def"
#undef STATE
};

enum complaint_step {
#define STEP(number, name) COMPLAINT_STEP_##name = (number),
#include "server/domain/complaint.def"
#undef STEP
};

/* What must come with a step. */
enum complaint_needs {
	NEEDS_WINDOW = 1 << 0, /* an appointment, in the future and in order */
	NEEDS_CREW = 1 << 1,   /* a crew that exists */
	NEEDS_RESULT = 1 << 2, /* what was done, in words */
};

#define COMPLAINT_STATE_COUNT 8
#define COMPLAINT_STEP_COUNT 8

struct complaint_move {
	enum complaint_state from;
	enum complaint_step step;
	enum complaint_state to;
	role_set roles;
	unsigned needs;
};

extern const struct complaint_move complaint_moves[];
extern const size_t complaint_move_count;

extern const enum complaint_state complaint_states[COMPLAINT_STATE_COUNT];
extern const enum complaint_step complaint_steps[COMPLAINT_STEP_COUNT];

/* Names as in the table; NULL for a number that is none. */
const char *complaint_state_name(int state);
const char *complaint_step_name(int step);
bool complaint_is_open(enum complaint_state state);

/* The move, or NULL where this step does not follow from this state. */
const struct complaint_move *complaint_move(enum complaint_state from, enum complaint_step step);

/* What a step is decided on. */
struct complaint_ask {
	enum complaint_state state;
	uint32_t version;          /* the record's */
	uint32_t version_expected; /* what the client saw */
	enum complaint_step step;
	role_set reach; /* access_reach over the complaint's area */
	unsigned given; /* NEEDS_* that came with the step, and were found good */
};

/*
 * Decides one step. The order of refusals is fixed, so that nobody learns of what is not his:
 *
 *   NOT_FOUND     no role reaches it
 *   CONFLICT      the client saw another version
 *   STEP_REFUSED  the step does not follow from the state
 *   DENIED        a role reaches it, but none that may take this step
 *   FIELD_INVALID something the step needs is missing or wrong
 */
enum err complaint_decide(const struct complaint_ask *ask, const struct complaint_move **out_move);

/* An appointment: in order, at most a day long, not ended yet, and within the coming year. */
bool complaint_window_is_good(int64_t from_us, int64_t to_us, int64_t now_us);
