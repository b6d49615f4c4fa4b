/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/journey.h"

#include <stdio.h>
#include <string.h>

#include "complaint.pb-c.h"
#include "tests/faults/journey_body.h"
#include "tests/live/walk.h"

#define STEPS_SPAN 18
#define FAULT_ODDS 4 /* one step in so many meets a fault */
#define DEADLINE_MS_MIN 1000
#define DEADLINE_MS_SPAN 4000

/* How often a step is drawn, against the others that are possible. Those of 0 need a clock, or come by themselves. */
static const struct {
	enum complaint_step step;
	unsigned weight;
} odds[] = {
	{COMPLAINT_STEP_ACCEPT, 12},
	{COMPLAINT_STEP_BOOK, 8},
	{COMPLAINT_STEP_DISPATCH, 8},
	{COMPLAINT_STEP_REASSIGN, 2},
	{COMPLAINT_STEP_CLASSIFY, 1},
	{COMPLAINT_STEP_ARRIVE, 10},
	{COMPLAINT_STEP_DONE, 8},
	{COMPLAINT_STEP_VERIFY, 10},
	{COMPLAINT_STEP_CONFIRM, 10},
	{COMPLAINT_STEP_PASS, 2},
	{COMPLAINT_STEP_REJECT, 1},
	{COMPLAINT_STEP_ADVISE, 2},
	{COMPLAINT_STEP_REPORT_UP, 8},
	{COMPLAINT_STEP_AGREE, 3},
	{COMPLAINT_STEP_OVERRULE, 5},
	{COMPLAINT_STEP_ANSWER, 2},
	{COMPLAINT_STEP_SEND, 8},
	{COMPLAINT_STEP_RETURN, 1},
	{COMPLAINT_STEP_SIGN, 12},
	{COMPLAINT_STEP_SEND_BACK, 1},
	{COMPLAINT_STEP_REFUSE, 2},
	{COMPLAINT_STEP_REOPEN, 2},
	{COMPLAINT_STEP_FOLLOW_UP, 2},
	{COMPLAINT_STEP_SUSPEND, 1},
	{COMPLAINT_STEP_RESUME, 8},
	{COMPLAINT_STEP_MERGE, 1},
	{COMPLAINT_STEP_UNMERGE, 8},
	{COMPLAINT_STEP_WITHDRAW, 1},
};

/* What the table cannot know: what must be there already. */
static bool is_possible(const struct journey *journey, enum complaint_step step)
{
	bool is_accepted = journey->fold.state == COMPLAINT_ACCEPTED;

	if (fold_ask(&journey->fold, step) == 0) {
		return false;
	}
	if (step == COMPLAINT_STEP_DISPATCH) {
		return is_accepted ? journey->is_urgent : journey->is_booked;
	}
	if (step == COMPLAINT_STEP_REASSIGN) {
		/* Booked for a person: then its minute is nobody else's, whoever is sent. */
		return journey->is_booked && journey->worker != JOURNEY_NOBODY;
	}
	return step != COMPLAINT_STEP_SIGN || journey->has_receipt;
}

/* The next step; 0 where there is none. */
static enum complaint_step draw_step(struct journey *journey)
{
	uint64_t all = 0;
	uint64_t drawn;

	for (size_t i = 0; i < COUNT(odds); i++) {
		all += is_possible(journey, odds[i].step) ? odds[i].weight : 0;
	}
	if (all == 0) {
		return (enum complaint_step)0;
	}
	drawn = dice_below(&journey->dice, all);
	for (size_t i = 0; i < COUNT(odds); i++) {
		uint64_t weight = is_possible(journey, odds[i].step) ? odds[i].weight : 0;

		if (drawn < weight) {
			return odds[i].step;
		}
		drawn -= weight;
	}
	unreachable();
}

/* ---- by whom -------------------------------------------------------------------------------- */

static size_t draw_of(struct journey *journey, enum cast_part part)
{
	return cast_first(part) + dice_below(&journey->dice, cast_count(part));
}

/* One of those that the move names. No team has an officer: the manager stands above the leader. */
static size_t draw_person(struct journey *journey, enum complaint_step step)
{
	const struct complaint_move *move = complaint_move(journey->fold.state, step);
	size_t may[WHO_COUNT];
	size_t count = 0;

	if (step == COMPLAINT_STEP_SUBMIT || step == COMPLAINT_STEP_MERGE) {
		return draw_of(journey, CAST_DESK);
	}
	if ((move->who & WHO_BIT(WHO_LEAD)) != 0) {
		may[count++] = journey->team;
	}
	if ((move->who & WHO_BIT(WHO_DESK)) != 0) {
		may[count++] = draw_of(journey, CAST_DESK);
	}
	if ((move->who & (WHO_BIT(WHO_ABOVE) | WHO_BIT(WHO_MANAGER))) != 0) {
		may[count++] = draw_of(journey, CAST_MANAGER);
	}
	if ((move->who & WHO_BIT(WHO_WORKER)) != 0) {
		may[count++] =
			journey->worker != JOURNEY_NOBODY ? journey->worker : draw_of(journey, CAST_WORKER);
	}
	assert(count > 0);
	return may[dice_below(&journey->dice, count)];
}

/* ---- the present step ----------------------------------------------------------------------- */

static void draw_plans(struct journey *journey)
{
	bool meets = dice_once_in(&journey->dice, FAULT_ODDS);

	for (size_t i = 0; i < JOURNEY_FAULTS; i++) {
		struct proxy_plan plan = proxy_draw_call(&journey->dice);

		journey->plans[i] = meets ? plan : (struct proxy_plan){.fault = PROXY_PASS};
		meets = meets && dice_once_in(&journey->dice, FAULT_ODDS);
	}
}

static void prepare(struct journey *journey, enum complaint_step step)
{
	journey->step = step;
	journey->person = draw_person(journey, step);
	journey->key = live_key();
	if (step == COMPLAINT_STEP_SUBMIT) {
		journey->record = ledger_add(journey->slot->ledger, journey->key);
		journey->record->slot = journey->slot->number;
		journey->record->ordinal = journey->slot->journey_count;
	}
	journey->attempt_count = 0;
	journey->deadline_ms = DEADLINE_MS_MIN + (uint32_t)dice_below(&journey->dice, DEADLINE_MS_SPAN);
	draw_plans(journey);
	journey_body_draw(journey);
}

void journey_begin(struct journey *journey, struct journey_slot *slot)
{
	struct dice_stream stream = {slot->seed, slot->number, slot->journey_count};
	bool is_master = slot->journey_count == 0;

	*journey = (struct journey){.slot = slot, .dice = dice_of(&stream), .worker = JOURNEY_NOBODY};
	journey->team = dice_below(&journey->dice, CAST_TEAMS);
	journey->steps_left = is_master ? 1 : 1 + (unsigned)dice_below(&journey->dice, STEPS_SPAN);
	journey->is_urgent = dice_once_in(&journey->dice, 4);
	prepare(journey, COMPLAINT_STEP_SUBMIT);
	if (is_master) {
		slot->master_id = journey->key;
	}
	slot->journey_count++;
}

struct client_ask journey_ask(const struct journey *journey)
{
	return (struct client_ask){
		.method = journey->method,
		.body = span_of(journey->body, journey->body_bytes),
		.key = span_of(journey->key.bytes, UUID_BYTES),
		.deadline_ms = journey->deadline_ms,
	};
}

struct proxy_plan journey_plan(const struct journey *journey)
{
	return journey->attempt_count < JOURNEY_FAULTS ? journey->plans[journey->attempt_count]
	                                               : (struct proxy_plan){.fault = PROXY_PASS};
}

/* ---- after it ------------------------------------------------------------------------------- */

/* What a step makes of what must be there for others; as complaint_record.c has it. */
static void follow(struct journey *journey, enum complaint_state from)
{
	enum complaint_state to = journey->fold.state;
	bool is_aside = to == COMPLAINT_SUSPENDED || to == COMPLAINT_MERGED;
	bool keeps_slot =
		from == COMPLAINT_SCHEDULED || from == COMPLAINT_DISPATCHED || from == COMPLAINT_ON_SITE;
	bool is_anew = journey->step == COMPLAINT_STEP_PASS || to == COMPLAINT_REOPENED;

	if (is_anew) {
		journey->worker = JOURNEY_NOBODY;
	}
	if (is_anew || journey->step == COMPLAINT_STEP_RETURN ||
		journey->step == COMPLAINT_STEP_SEND_BACK) {
		journey->is_booked = journey->has_receipt = false;
	}
	if (journey->step == COMPLAINT_STEP_REASSIGN) {
		journey->has_receipt = false;
	}
	if (is_aside && keeps_slot) {
		journey->is_booked = false;
	}
	if (journey->step == COMPLAINT_STEP_BOOK || journey->step == COMPLAINT_STEP_DISPATCH) {
		journey->is_booked = true;
	}
}

bool journey_acknowledge(struct journey *journey, const struct client_result *result)
{
	enum complaint_state from = journey->fold.state;
	struct ledger_step step = {.step = (uint8_t)journey->step};
	enum complaint_step next;

	fold_take(&journey->fold, journey->step);
	step.to = (uint8_t)journey->fold.state;
	ledger_acknowledge(journey->slot->ledger, journey->record, &step);
	if (journey->step == COMPLAINT_STEP_SUBMIT) {
		(void)snprintf(
			journey->record->number, LEDGER_NUMBER_BYTES, "%s", walk_reply_number(result));
	} else if (journey->step == COMPLAINT_STEP_DONE) {
		journey->has_receipt = true;
		journey->has_code = ((const Pb__ComplaintDoneReply *)result->message)->is_code_sent;
	}
	follow(journey, from);
	if (--journey->steps_left == 0) {
		return false;
	}
	next = draw_step(journey);
	if (next == 0) {
		return false;
	}
	prepare(journey, next);
	return true;
}
