/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what holds whatever people do: 10,000 histories of a complaint are played, each up to 100 steps that random
 * people ask for, some of whom may; owners with a code and the server by itself among them. After every step the
 * invariants are checked from outside the table. The seed is fixed, so a failure comes again; CHECK_SEED in the
 * environment plays others, and a failure prints the one that made it.
 */
#include "server/domain/complaint_record.h"
#include "server/domain/reminder.h"

#include <stdlib.h>

#include "tests/check.h"
#include "tests/domain/history_person.h"

#define HISTORY_COUNT 20000
#define STEPS_MAX 100
#define START INT64_C(1790000000000000)
#define MINUTE (INT64_C(60) * 1000000)

/* --- one step --- */

/* Leads away from the close: would be taken far too often, since most of them are open to any state. */
static bool is_aside(enum complaint_step step)
{
	return step == COMPLAINT_STEP_WITHDRAW || step == COMPLAINT_STEP_REJECT ||
	       step == COMPLAINT_STEP_SUSPEND || step == COMPLAINT_STEP_MERGE ||
	       step == COMPLAINT_STEP_PASS || step == COMPLAINT_STEP_RETURN ||
	       step >= COMPLAINT_STEP_SPLIT;
}

/* One that follows from the state, by a row of the table; or any at all. */
static enum complaint_step draw_step(enum complaint_state state)
{
	for (int tries = 0; tries < 100; tries++) {
		enum complaint_step step = complaint_steps[draw(COMPLAINT_STEP_COUNT)];
		bool follows = complaint_move(state, step) != NULL;

		if (one_in(64) || (follows && (!is_aside(step) || one_in(16)))) {
			return step;
		}
	}
	return COMPLAINT_STEP_SUBMIT;
}

static unsigned draw_given(enum complaint_step step)
{
	unsigned given = NEED_BIT(NEED_COUNT) - 1;
	bool has_score =
		step == COMPLAINT_STEP_FOLLOW_UP || (step == COMPLAINT_STEP_REOPEN && one_in(2));
	/* Shown by the record, never brought along: all before ASKED but what `code` brings. */
	unsigned shown = (NEED_BIT(NEED_ASKED) - 1) & ~(NEED_BIT(NEED_PHONE) | NEED_BIT(NEED_QUIET));

	given &= one_in(8) ? (unsigned)draw(NEED_BIT(NEED_COUNT)) : given;
	return given & ~shown & ~(has_score ? 0U : NEED_BIT(NEED_SCORE));
}

static struct complaint_ask draw_ask(const struct matter *matter, const struct person *person)
{
	const struct complaint_record *record = &matter->record;
	struct area area = {
		matter->community_id, record->team_id, is_long_over(matter) ? uuid_nil : record->crew_id};
	struct complaint_ask ask = {
		.state = record->state,
		.state_before = record->state_before,
		.version = record->version,
		.version_expected = one_in(8) ? (uint32_t)draw(20) : record->version,
		.step = draw_step(record->state),
		.lead = record->lead,
		.has_officer = !one_in(4),
		.has_team = !uuid_is_nil(record->team_id),
		.is_urgent = record->urgency == 3,
		.is_booked = record->window_from_us != 0,
		.has_receipt = !uuid_is_nil(record->receipt_id),
		.wants_follow_up = complaint_wants_follow_up(record),
		.is_followed_up = record->followed_up_us != 0,
		.pending_us = record->pending_us,
		.remind_us = record->remind_us,
		.ended_us = record->ended_us,
		.now_us = matter->now_us,
		.reach = access_reach(
			(struct access_grants){person->grants, person->count}, &area, matter->now_us),
		.is_respondent = uuid_equal(record->respondent_id, person->account_id) &&
	                     !uuid_is_nil(person->account_id),
		.is_worker = is_worker(person, matter),
		.is_owner = person->is_owner,
		.is_system = person->is_system,
	};

	ask.given = draw_given(ask.step);
	return ask;
}

static void assign(struct complaint_record *record)
{
	record->crew_id = draw_id(CREW, 2);
	record->worker_id = one_in(2) ? draw_id(ACCOUNT, PEOPLE) : uuid_nil;
}

/* What the step's own method changes. */
static void take_step(struct matter *matter, const struct person *person, enum complaint_step step)
{
	struct complaint_record *record = &matter->record;

	switch ((int)step) {
	case COMPLAINT_STEP_BOOK:
		record->window_from_us = matter->now_us + MINUTE;
		record->window_to_us = matter->now_us + 60 * MINUTE;
		matter->is_booked = true;
		if (one_in(2)) {
			assign(record);
		}
		break;
	case COMPLAINT_STEP_DISPATCH:
	case COMPLAINT_STEP_REASSIGN:
		matter->is_booked = true;
		record->window_from_us =
			record->window_from_us == 0 ? matter->now_us : record->window_from_us;
		record->window_to_us = record->window_from_us + 60 * MINUTE;
		assign(record);
		break;
	case COMPLAINT_STEP_DONE:
		record->work_done_us = matter->now_us;
		record->receipt_id = draw_id(RECEIPT, 200);
		break;
	case COMPLAINT_STEP_CONFIRM:
		record->close_mode = person->is_owner ? CLOSE_OWNER : CLOSE_CALL;
		record->rating = (int)draw(6);
		break;
	case COMPLAINT_STEP_REMIND:
		record->remind_us = reminder_plan(
			record->pending_us, record->remind_us, &(struct reminder_clock){matter->now_us, 28800})
		                        .next_us;
		break;
	case COMPLAINT_STEP_DECIDE:
		record->close_mode = CLOSE_DECIDED;
		break;
	case COMPLAINT_STEP_PASS:
		record->team_id = draw_id(TEAM, 2);
		matter->is_booked = false;
		break;
	case COMPLAINT_STEP_RETURN:
	case COMPLAINT_STEP_SEND_BACK:
	case COMPLAINT_STEP_REFUSE:
	case COMPLAINT_STEP_REOPEN:
		matter->is_booked = false;
		break;
	case COMPLAINT_STEP_SUSPEND:
		record->suspend_reason = 11 + (int)draw(4);
		record->suspended_until_us = matter->now_us + DAY;
		break;
	case COMPLAINT_STEP_MERGE:
		record->master_id = draw_id(MASTER, 2);
		break;
	case COMPLAINT_STEP_FOLLOW_UP:
		record->follow_up_score = 1 + (int)draw(5);
		record->followed_up_us = matter->now_us;
		break;
	}
	record->version++;
}

/* --- what always holds --- */

/* Of the record alone. */
static void check_record(const struct matter *matter)
{
	const struct complaint_record *record = &matter->record;
	int state = (int)record->state;
	bool is_aside = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED;
	bool has_window = record->window_from_us != 0;

	CHECK(complaint_state_name(state) != NULL);
	CHECK_INT_EQ(record->state_before != 0, is_aside);
	CHECK(!is_aside || (record->state_before < 100 && record->state_before != COMPLAINT_SUSPENDED));
	CHECK_INT_EQ(record->suspended_until_us != 0, state == COMPLAINT_SUSPENDED);
	CHECK_INT_EQ(record->suspend_reason != 0, state == COMPLAINT_SUSPENDED);
	CHECK_INT_EQ(!uuid_is_nil(record->master_id), state == COMPLAINT_MERGED);
	CHECK_INT_EQ(record->ended_us != 0, state >= 100);
	CHECK_INT_EQ(has_window, record->window_to_us != 0);
	CHECK(!has_window || matter->is_booked);
	CHECK(record->accepted_us <= matter->now_us && record->ended_us <= matter->now_us);
}

/* Of what must have been before a state; those aside and given up may come from anywhere. */
static void check_past(const struct complaint_record *record)
{
	int state = (int)record->state;
	bool is_past_visit = state == COMPLAINT_ON_SITE || state == COMPLAINT_WORK_DONE;
	bool is_fresh = state == COMPLAINT_SUBMITTED || state == COMPLAINT_REJECTED_INVALID;
	bool is_aside = state == COMPLAINT_SUSPENDED || state == COMPLAINT_MERGED;

	CHECK(is_aside || state == COMPLAINT_WITHDRAWN || is_fresh == (record->accepted_us == 0));
	CHECK(!is_past_visit || record->arrived_us != 0);
	CHECK(!(is_past_visit || state == COMPLAINT_DISPATCHED) || !uuid_is_nil(record->crew_id) ||
		  !uuid_is_nil(record->worker_id));
	CHECK(state != COMPLAINT_WORK_DONE || !uuid_is_nil(record->receipt_id));
	CHECK(uuid_is_nil(record->receipt_id) == (record->work_done_us == 0));
	CHECK(state != COMPLAINT_PENDING_CONFIRMATION || record->pending_us != 0);
	CHECK(state == COMPLAINT_PENDING_CONFIRMATION || record->remind_us == 0);
	CHECK(state != COMPLAINT_CLOSED || (record->close_mode != 0 && record->pending_us != 0));
	CHECK(complaint_is_open(record->state) ? record->close_mode == 0 : true);
	CHECK(record->rating == 0 || record->close_mode == CLOSE_OWNER ||
		  record->close_mode == CLOSE_CALL);
}

/* Of the step that led here. */
static void check_moved(
	const struct matter *before, const struct matter *after, enum complaint_step step)
{
	const struct complaint_record *record = &after->record;
	enum complaint_state from = before->record.state;
	bool is_reopened = step == COMPLAINT_STEP_REFUSE || step == COMPLAINT_STEP_REOPEN;

	CHECK_INT_EQ(record->version, before->record.version + 1);
	CHECK(from != COMPLAINT_ARCHIVED && from != COMPLAINT_WITHDRAWN &&
		  from != COMPLAINT_REJECTED_INVALID);
	CHECK(step != COMPLAINT_STEP_SUBMIT);
	CHECK_INT_EQ(record->reopened_count, before->record.reopened_count + is_reopened);
	if (step == COMPLAINT_STEP_PASS || is_reopened) {
		CHECK(uuid_is_nil(record->crew_id) && uuid_is_nil(record->worker_id));
		CHECK(record->window_from_us == 0 && uuid_is_nil(record->receipt_id));
	}
	if (is_reopened) {
		CHECK_INT_EQ(record->state, COMPLAINT_REOPENED);
		CHECK(record->rating == 0 && record->close_mode == 0 && record->followed_up_us == 0);
	}
	if (step == COMPLAINT_STEP_RESUME || step == COMPLAINT_STEP_UNMERGE) {
		CHECK_INT_EQ(record->state, before->record.state_before);
	}
	CHECK(record->state != COMPLAINT_ARCHIVED || (after->now_us - record->ended_us > 15 * DAY &&
													 record->ended_us == before->record.ended_us));
	CHECK(step != COMPLAINT_STEP_DECIDE ||
		  (after->now_us - record->pending_us >= 7 * DAY && before->record.remind_us == 0));
	CHECK(step != COMPLAINT_STEP_REMIND ||
		  (before->record.remind_us != 0 && before->record.remind_us <= after->now_us));
}

/* Of whoever took it. */
static void check_actor(
	const struct matter *before, const struct person *person, enum complaint_step step)
{
	role_set handlers = ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_CLEANER) |
	                    ROLE_BIT(ROLE_GUARD) | ROLE_BIT(ROLE_CREW_MEMBER);

	if (person->is_owner) {
		CHECK(step == COMPLAINT_STEP_CONFIRM || step == COMPLAINT_STEP_REFUSE ||
			  step == COMPLAINT_STEP_REOPEN || step == COMPLAINT_STEP_WITHDRAW ||
			  step == COMPLAINT_STEP_CHASE);
		return;
	}
	if (person->is_system) {
		CHECK(step == COMPLAINT_STEP_RESUME || step == COMPLAINT_STEP_UNMERGE ||
			  step == COMPLAINT_STEP_ARCHIVE || step == COMPLAINT_STEP_REMIND);
		return;
	}
	CHECK(step != COMPLAINT_STEP_ARCHIVE && step != COMPLAINT_STEP_REMIND);
	CHECK(!uuid_equal(before->record.respondent_id, person->account_id));
	CHECK(is_high_enough(person, before));
	CHECK(step != COMPLAINT_STEP_FOLLOW_UP ||
		  (!is_worker(person, before) && !has_role(person, before, handlers)));
	CHECK((step != COMPLAINT_STEP_ARRIVE && step != COMPLAINT_STEP_DONE &&
			  step != COMPLAINT_STEP_SIGN && step != COMPLAINT_STEP_CODE) ||
		  is_worker(person, before));
}

/* --- the play --- */

/* How often each step was taken, and each state entered, over all histories. */
struct tally {
	size_t steps[COMPLAINT_STEP_NUMBERS];
	size_t states[106];
	size_t refused;
};

static void play_asked(
	struct matter *matter, struct tally *tally, struct person person, struct complaint_ask ask)
{
	struct matter before = *matter;
	struct complaint_verdict verdict;
	enum err err = complaint_decide(&ask, &verdict);

	if (err != ERR_OK) {
		CHECK(err == ERR_NOT_FOUND || err == ERR_CONFLICT || err == ERR_STEP_REFUSED ||
			  err == ERR_DENIED || err == ERR_FIELD_INVALID);
		CHECK(verdict.missing == NEED_COUNT || err == ERR_STEP_REFUSED || err == ERR_FIELD_INVALID);
		tally->refused++;
		return;
	}
	CHECK_INT_EQ(ask.version_expected, before.record.version);
	complaint_apply(&matter->record, &verdict, matter->now_us);
	take_step(matter, &person, ask.step);
	tally->steps[ask.step]++;
	tally->states[matter->record.state]++;
	check_actor(&before, &person, ask.step);
	check_moved(&before, matter, ask.step);
	check_record(matter);
	check_past(&matter->record);
	if (check_failed()) {
		printf("# %s %s\n", complaint_state_name((int)before.record.state),
			complaint_step_name((int)ask.step));
	}
}

static void play_step(struct matter *matter, struct tally *tally)
{
	struct person person = draw_person(matter);

	play_asked(matter, tally, person, draw_ask(matter, &person));
}

/* What the job does, and mostly in time: nobody could decide otherwise. */
static void play_reminder(struct matter *matter, struct tally *tally)
{
	struct person server = {.is_system = true};
	struct complaint_ask ask = draw_ask(matter, &server);

	ask.step = COMPLAINT_STEP_REMIND;
	ask.version_expected = ask.version;
	ask.given = 0;
	play_asked(matter, tally, server, ask);
}

/* Whatever has happened: customer service can end it on the owner's word, or take it back to where it can. */
static void check_it_can_end(struct matter *matter)
{
	struct complaint_ask ask = {
		.state = matter->record.state,
		.state_before = matter->record.state_before,
		.step = matter->record.state == COMPLAINT_MERGED ? COMPLAINT_STEP_UNMERGE
	                                                     : COMPLAINT_STEP_WITHDRAW,
		.lead = matter->record.lead,
		.now_us = matter->now_us,
		.reach = ROLE_BIT(ROLE_CUSTOMER_SERVICE),
		.given = NEED_BIT(NEED_REASON),
	};
	struct complaint_verdict verdict;

	if (matter->record.state == COMPLAINT_MERGED) {
		CHECK_INT_EQ(complaint_decide(&ask, &verdict), ERR_OK);
		ask.state = verdict.to;
		ask.step = COMPLAINT_STEP_WITHDRAW;
	}
	CHECK_INT_EQ(
		complaint_decide(&ask, &verdict), complaint_is_open(ask.state) ? ERR_OK : ERR_STEP_REFUSED);
}

static void play_history(struct tally *tally)
{
	struct matter matter = {.community_id = draw_id(COMMUNITY, 2), .now_us = START};
	size_t count = 1 + draw(STEPS_MAX);

	matter.record = (struct complaint_record){
		.version = 1,
		.kind = 1 + (int)draw(8),
		.urgency = 1 + (int)draw(3),
		.lead = one_in(2) ? LEAD_LEADER : (enum complaint_lead)(1 + draw(4)),
		.respondent_id = one_in(2) ? uuid_nil : draw_id(ACCOUNT, PEOPLE),
		.state = COMPLAINT_SUBMITTED,
		.team_id = one_in(8) ? uuid_nil : draw_id(TEAM, 2),
	};
	for (size_t i = 0; i < count; i++) {
		matter.now_us += MINUTE * (int64_t)draw(one_in(8) ? 20 * 24 * 60 : 10);
		if (matter.record.remind_us != 0 && matter.now_us >= matter.record.remind_us &&
			!one_in(4)) {
			play_reminder(&matter, tally);
		}
		play_step(&matter, tally);
		if (check_failed()) {
			return;
		}
	}
	check_it_can_end(&matter);
}

static void test_histories_hold_the_invariants(void)
{
	const char *text = getenv("CHECK_SEED");
	uint64_t seed = text == NULL ? 20261123 : strtoull(text, NULL, 0);
	struct tally tally = {.refused = 0};
	size_t taken = 0;

	for (size_t i = 0; i < HISTORY_COUNT; i++) {
		random_state = (seed + i) * UINT64_C(0x9E3779B97F4A7C15) | 1;
		play_history(&tally);
		if (check_failed()) {
			printf("# history %zu; again: CHECK_SEED=%llu\n", i, (unsigned long long)(seed + i));
			return;
		}
	}
	for (size_t i = 0; i < COMPLAINT_STEP_COUNT; i++) {
		taken += tally.steps[complaint_steps[i]];
	}
	/* The dice reach everything. */
	for (size_t i = 0; i < complaint_move_count; i++) {
		CHECK(tally.steps[complaint_moves[i].step] >= 20);
	}
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		taken += tally.states[complaint_states[i]];
		CHECK(tally.states[complaint_states[i]] >= 20);
	}
	printf("# %zu steps taken, %zu refused\n", taken, tally.refused);
}

static const struct test tests[] = {
	{"histories_hold_the_invariants", test_histories_hold_the_invariants},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
