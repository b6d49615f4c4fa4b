/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)
#define WAITED_US (7 * DAY_US)  /* reminders on days 1, 3 and 7; then a person decides */
#define RECENT_US (15 * DAY_US) /* the owner may reopen; after it, it is archived */
#define PAUSE_US (90 * DAY_US)
#define PAUSES_US (7 * DAY_US) /* of all pauses together, without the manager */

#define TEAM_MEMBERS (ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_CLEANER) | ROLE_BIT(ROLE_GUARD))
#define WORKERS (TEAM_MEMBERS | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_CREW_MEMBER))

const struct complaint_move complaint_moves[] = {
#define BY(who) WHO_BIT(WHO_##who)
#define WITH(need) NEED_BIT(NEED_##need)
#define MOVE(from, step, to, who, needs) \
	{COMPLAINT_##from, COMPLAINT_STEP_##step, COMPLAINT_##to, who, needs},
#include "server/domain/complaint.def"
#undef MOVE
#undef WITH
#undef BY
};
const size_t complaint_move_count = COUNT(complaint_moves);

const struct complaint_need_row complaint_needs[NEED_COUNT] = {
#define NEED(name, err, field, allowed) [NEED_##name] = {#name, ERR_##err, field, allowed},
#include "server/domain/complaint.def"
#undef NEED
};

const enum complaint_state complaint_states[] = {
#define STATE(number, name) COMPLAINT_##name,
#include "server/domain/complaint.def"
#undef STATE
};
static_assert(COUNT(complaint_states) == COMPLAINT_STATE_COUNT, "a row per state");

const enum complaint_step complaint_steps[] = {
#define STEP(number, name) COMPLAINT_STEP_##name,
#include "server/domain/complaint.def"
#undef STEP
};
static_assert(COUNT(complaint_steps) == COMPLAINT_STEP_COUNT, "a row per step");
#define STEP(number, name) static_assert((number) < COMPLAINT_STEP_NUMBERS, #name);
#include "server/domain/complaint.def"
#undef STEP

const char *complaint_state_name(int state)
{
	switch (state) {
#define STATE(number, name) \
	case number: \
		return #name;
#include "server/domain/complaint.def"
#undef STATE
	}
	return NULL;
}

const char *complaint_step_name(int step)
{
	switch (step) {
#define STEP(number, name) \
	case number: \
		return #name;
#include "server/domain/complaint.def"
#undef STEP
	}
	return NULL;
}

bool complaint_is_open(enum complaint_state state)
{
	return state < 100;
}

/* The row of the state itself goes before that of any open one. */
const struct complaint_move *complaint_move(enum complaint_state from, enum complaint_step step)
{
	bool is_any = complaint_is_open(from) && from != COMPLAINT_SUSPENDED;
	const struct complaint_move *any = NULL;

	for (size_t i = 0; i < complaint_move_count; i++) {
		const struct complaint_move *move = &complaint_moves[i];

		if (move->step == step && move->from == from) {
			return move;
		}
		if (move->step == step && move->from == COMPLAINT_ANY_OPEN && is_any) {
			any = move;
		}
	}
	return any;
}

role_set complaint_reach(
	role_set reach, enum complaint_lead lead, bool is_respondent, bool is_worker)
{
	role_set seen = reach & right_roles(RIGHT_COMPLAINT_READ);

	if (is_respondent) {
		return 0;
	}
	if (is_worker) {
		return seen;
	}
	if (lead >= LEAD_OFFICER) {
		seen &= ~TEAM_MEMBERS;
	}
	if (lead >= LEAD_MANAGER) {
		seen &= ~ROLE_BIT(ROLE_OFFICER);
	}
	if (lead >= LEAD_DIRECTOR) {
		seen &= ~ROLE_BIT(ROLE_MANAGER);
	}
	return seen;
}

role_set complaint_handling_roles(void)
{
	return WORKERS | ROLE_BIT(ROLE_MANAGER) | ROLE_BIT(ROLE_DIRECTOR);
}

/* The officer's level; where the team has none, the manager stands in. */
static role_set officer_roles(bool has_officer)
{
	return ROLE_BIT(has_officer ? ROLE_OFFICER : ROLE_MANAGER);
}

static role_set lead_roles(enum complaint_lead lead, bool has_officer)
{
	switch (lead) {
	case LEAD_LEADER:
		return ROLE_BIT(ROLE_LEADER);
	case LEAD_OFFICER:
		return officer_roles(has_officer);
	case LEAD_MANAGER:
		return ROLE_BIT(ROLE_MANAGER);
	case LEAD_DIRECTOR:
		return ROLE_BIT(ROLE_DIRECTOR);
	}
	unreachable();
}

/* Nobody is above the director: there it ends. */
static role_set above_roles(enum complaint_lead lead, bool has_officer)
{
	switch (lead) {
	case LEAD_LEADER:
		return officer_roles(has_officer);
	case LEAD_OFFICER:
		return ROLE_BIT(has_officer ? ROLE_MANAGER : ROLE_DIRECTOR);
	case LEAD_MANAGER:
	case LEAD_DIRECTOR:
		return ROLE_BIT(ROLE_DIRECTOR);
	}
	unreachable();
}

role_set complaint_who_roles(enum complaint_who who, enum complaint_lead lead, bool has_officer)
{
	switch (who) {
	case WHO_LEAD:
		return lead_roles(lead, has_officer);
	case WHO_OFFICER:
		return lead_roles(lead < LEAD_OFFICER ? LEAD_OFFICER : lead, has_officer);
	case WHO_ABOVE:
		return above_roles(lead, has_officer);
	case WHO_MANAGER:
		return lead_roles(lead < LEAD_MANAGER ? LEAD_MANAGER : lead, has_officer);
	case WHO_DESK:
		return ROLE_BIT(ROLE_CUSTOMER_SERVICE);
	case WHO_INSPECTOR:
		return ROLE_BIT(ROLE_INSPECTOR);
	case WHO_WORKER:
	case WHO_OWNER:
	case WHO_SYSTEM:
	case WHO_COUNT:
		return 0;
	}
	unreachable();
}

enum complaint_lead complaint_lead_of(role_set respondent, bool is_conduct)
{
	/* Nobody is above a director but another one. */
	if ((respondent & (ROLE_BIT(ROLE_MANAGER) | ROLE_BIT(ROLE_DIRECTOR))) != 0) {
		return LEAD_DIRECTOR;
	}
	if ((respondent & ROLE_BIT(ROLE_OFFICER)) != 0) {
		return LEAD_MANAGER;
	}
	return is_conduct || (respondent & TEAM_MEMBERS) != 0 ? LEAD_OFFICER : LEAD_LEADER;
}

/* What the complaint itself shows, beside what came with the step. */
static unsigned needs_met(const struct complaint_ask *ask, role_set roles)
{
	int64_t ended_since_us = ask->ended_us == 0 ? -1 : ask->now_us - ask->ended_us;
	int64_t asked_since_us = ask->pending_us == 0 ? -1 : ask->now_us - ask->pending_us;
	/* An inspector, or a bad score at the follow-up, is not bound to the owner's 15 days. */
	bool is_recent = complaint_is_recent(ask->ended_us, ask->now_us) ||
	                 (roles & ROLE_BIT(ROLE_INSPECTOR)) != 0 ||
	                 (ask->given & NEED_BIT(NEED_SCORE)) != 0;
	bool is_settled = ended_since_us > RECENT_US && (ask->is_followed_up || !ask->wants_follow_up);
	bool has_waited = asked_since_us >= WAITED_US && ask->remind_us == 0;
	bool is_due = ask->remind_us != 0 && ask->now_us >= ask->remind_us;
	role_set managers = complaint_who_roles(WHO_MANAGER, ask->lead, ask->has_officer);
	bool is_brief = ask->pauses_us <= PAUSES_US || (roles & managers) != 0;
	unsigned met = ask->given;

	met |= ask->is_urgent ? NEED_BIT(NEED_URGENT) : 0;
	met |= ask->has_team ? NEED_BIT(NEED_OWNED) : 0;
	met |= ask->is_booked ? NEED_BIT(NEED_BOOKED) : 0;
	met |= ask->has_receipt ? NEED_BIT(NEED_RECEIPT) : 0;
	met |= has_waited ? NEED_BIT(NEED_WAITED) : 0;
	met |= is_recent ? NEED_BIT(NEED_RECENT) : 0;
	met |= is_settled ? NEED_BIT(NEED_SETTLED) : 0;
	met |= is_due ? NEED_BIT(NEED_DUE) : 0;
	met |= is_brief ? NEED_BIT(NEED_BRIEF) : 0;
	return met;
}

/* Prohibitions beat rights: those who handled it or led it do not ask how well that was done. */
static bool is_prohibited(const struct complaint_ask *ask)
{
	role_set handled = WORKERS | lead_roles(ask->lead, ask->has_officer);
	bool is_follow_up =
		ask->step == COMPLAINT_STEP_FOLLOW_UP || (ask->given & NEED_BIT(NEED_SCORE)) != 0;

	return is_follow_up && (ask->is_worker || ask->has_handled || (ask->reach & handled) != 0);
}

/* Whether this person may take the move, and by which of their roles. */
static bool is_allowed(const struct complaint_ask *ask, const struct complaint_move *move,
	role_set reach, role_set *out_roles)
{
	role_set roles = 0;
	bool is_worker = (move->who & WHO_BIT(WHO_WORKER)) != 0 && ask->is_worker;
	bool is_other = ((move->who & WHO_BIT(WHO_OWNER)) != 0 && ask->is_owner) ||
	                ((move->who & WHO_BIT(WHO_SYSTEM)) != 0 && ask->is_system);

	for (int who = 0; who < WHO_COUNT; who++) {
		if ((move->who & WHO_BIT(who)) != 0) {
			roles |= complaint_who_roles((enum complaint_who)who, ask->lead, ask->has_officer);
		}
	}
	*out_roles = reach & (is_worker ? roles | WORKERS : roles);
	return (*out_roles != 0 || is_other) && !is_prohibited(ask);
}

enum err complaint_decide(const struct complaint_ask *ask, struct complaint_verdict *out)
{
	role_set reach = complaint_reach(ask->reach, ask->lead, ask->is_respondent, ask->is_worker);
	const struct complaint_move *move = complaint_move(ask->state, ask->step);
	unsigned missing;

	*out = (struct complaint_verdict){.move = move, .missing = NEED_COUNT};
	if (reach == 0 && !ask->is_owner && !ask->is_system) {
		return ERR_NOT_FOUND;
	}
	if (ask->version != ask->version_expected) {
		return ERR_CONFLICT;
	}
	if (move == NULL) {
		return ERR_STEP_REFUSED;
	}
	if (!is_allowed(ask, move, reach, &out->roles)) {
		return ERR_DENIED;
	}
	missing = move->needs & ~needs_met(ask, out->roles);
	for (int need = 0; need < NEED_COUNT; need++) {
		if ((missing & NEED_BIT(need)) != 0) {
			out->missing = (enum complaint_need)need;
			return complaint_needs[need].err;
		}
	}
	out->to = move->to == COMPLAINT_BEFORE ? ask->state_before
	          : move->to == COMPLAINT_SAME ? ask->state
	                                       : move->to;
	return ERR_OK;
}

bool complaint_window_is_good(int64_t from_us, int64_t to_us, int64_t now_us)
{
	return from_us < to_us && to_us - from_us <= DAY_US && to_us > now_us &&
	       from_us - now_us <= 366 * DAY_US;
}

bool complaint_is_recent(int64_t ended_us, int64_t now_us)
{
	return ended_us != 0 && now_us - ended_us <= RECENT_US;
}

bool complaint_pause_is_good(int64_t until_us, int64_t now_us)
{
	return until_us > now_us && until_us - now_us <= PAUSE_US;
}
