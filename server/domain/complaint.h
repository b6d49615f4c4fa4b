/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaint's flow, pure: the state it is in, the step somebody asks for, who that is to it, and
 * what came with the step go in; the state it goes to, or the reason it does not, comes out. The
 * table is complaint.def; docs/complaint.md says it in words. Source: the company's flow, product.md
 * rows C3–C7; service standards §3.3.
 */
#pragma once

#include "common/err.h"
#include "server/domain/access.h"

enum complaint_state {
	COMPLAINT_ANY_OPEN = -1, /* in the table alone */
	COMPLAINT_BEFORE = -2,
	COMPLAINT_SAME = -3,
#define STATE(number, name) COMPLAINT_##name = (number),
#include "server/domain/complaint.def"
#undef STATE
};

enum complaint_step {
#define STEP(number, name) COMPLAINT_STEP_##name = (number),
#include "server/domain/complaint.def"
#undef STEP
};

/* What must be there for a step, in the order in which it is asked for. */
enum complaint_need {
#define NEED(name, err, field, allowed) NEED_##name,
#include "server/domain/complaint.def"
#undef NEED
	NEED_COUNT
};

/* Who may take a step, seen from the complaint. */
enum complaint_who {
#define WHO(name, words) WHO_##name,
#include "server/domain/complaint.def"
#undef WHO
	WHO_COUNT
};

#define NEED_BIT(need) (1u << (need))
#define WHO_BIT(who) (1u << (who))
static_assert(NEED_COUNT <= 32 && WHO_COUNT <= 32, "sets are 32 bits");

/* Who stands where the leader stands. Numbers are in the database. */
enum complaint_lead { LEAD_LEADER = 1, LEAD_OFFICER = 2, LEAD_MANAGER = 3, LEAD_DIRECTOR = 4 };

#define COMPLAINT_STATE_COUNT 18
#define COMPLAINT_STEP_COUNT 38
#define COMPLAINT_STEP_NUMBERS 64 /* their numbers have gaps, and are below this */

struct complaint_move {
	enum complaint_state from;
	enum complaint_step step;
	enum complaint_state to;
	unsigned who;   /* bits of enum complaint_who */
	unsigned needs; /* bits of enum complaint_need */
};

struct complaint_need_row {
	const char *name;
	enum err err; /* where it is missing */
	const char *field;
	const char *allowed;
};

extern const struct complaint_move complaint_moves[];
extern const size_t complaint_move_count;
extern const struct complaint_need_row complaint_needs[NEED_COUNT];

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
	enum complaint_state state_before; /* with SUSPENDED and MERGED */
	uint32_t version;                  /* the record's */
	uint32_t version_expected;         /* what the client saw */
	enum complaint_step step;

	/* The complaint. */
	enum complaint_lead lead;
	bool has_officer; /* its team has one today */
	bool has_team;    /* not in the queue */
	bool is_urgent;
	bool is_booked;
	bool has_receipt; /* a service receipt that is not signed */
	bool wants_follow_up;
	bool is_followed_up;
	int64_t pending_us; /* 0: its owner was not asked yet */
	int64_t remind_us;  /* when the next reminder is due; 0: they are through, or it is not asked */
	int64_t ended_us;   /* 0: open */
	int64_t pauses_us;  /* of a suspension: how long it rests in all, this time too */
	int64_t now_us;

	/* Who asks: a person by what their grants reach, or one of the last two. */
	role_set reach; /* access_reach over the complaint's area */
	bool is_respondent;
	bool is_worker; /* dispatched, or of the crew that was */
	bool
		has_handled; /* had a hand in it then, whatever they are today; asked for a follow-up only */
	bool is_owner;   /* has given the one-time code back */
	bool is_system;

	unsigned given; /* bits of enum complaint_need that came with the step, and were found good */
};

struct complaint_verdict {
	const struct complaint_move *move;
	enum complaint_state to;
	role_set roles;              /* those by which it is allowed: one of them is the grant's */
	enum complaint_need missing; /* with the refusal of a need; NEED_COUNT else */
};

/*
 * Decides one step. The order of refusals is fixed, so that nobody learns of what is not his:
 *
 *   NOT_FOUND     no role reaches it, or it is led above them, or it is about them
 *   CONFLICT      the client saw another version
 *   STEP_REFUSED  the step does not follow from the state
 *   DENIED        a role reaches it, but none that may take this step
 *   of the row    of the first need that is missing: STEP_REFUSED, FIELD_INVALID; out->missing says which
 *
 * Everything of *out is set in every case; move, to and roles only mean something with ERR_OK.
 */
enum err complaint_decide(const struct complaint_ask *ask, struct complaint_verdict *out);

/*
 * Of the roles that reach a complaint's area, those that have anything to do with the complaint: none
 * for the person it is about, and none below whoever leads it, unless they were dispatched.
 */
role_set complaint_reach(
	role_set reach, enum complaint_lead lead, bool is_respondent, bool is_worker);

/* Whoever took a step in one of these roles has had a hand in it: all but the desk and the inspector. */
role_set complaint_handling_roles(void);

/* The roles behind one kind of actor; 0 for those that no role makes (WORKER, OWNER, SYSTEM). */
role_set complaint_who_roles(enum complaint_who who, enum complaint_lead lead, bool has_officer);

/*
 * Who leads a complaint about somebody with these roles over its area: one level above the highest of them.
 * About an unknown member of the staff it is the officer.
 */
enum complaint_lead complaint_lead_of(role_set respondent, bool is_conduct);

/* An appointment: in order, at most a day long, not ended yet, and within the coming year. */
bool complaint_window_is_good(int64_t from_us, int64_t to_us, int64_t now_us);

/* Not too long ago for the owner to reopen it: 15 days. */
bool complaint_is_recent(int64_t ended_us, int64_t now_us);

/* A suspension's end: in the future, at most 90 days ahead. */
bool complaint_pause_is_good(int64_t until_us, int64_t now_us);
