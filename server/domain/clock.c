/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/clock.h"

#include "common/clock.h"

#define US_PER_MIN (60 * US_PER_S)

const int clock_percents[THRESHOLD_COUNT] = {
#define THRESHOLD(percent, name, who) (percent),
#include "server/domain/clock.def"
#undef THRESHOLD
};

static const struct {
	const char *name;
	bool is_elapsed; /* counts all time, whatever the promise's calendar */
} rows[CLOCK_COUNT] = {
#define CLOCK(number, name, column, is_elapsed, from, until) [(number)-1] = {#name, is_elapsed},
#include "server/domain/clock.def"
#undef CLOCK
};

const char *clock_name(int number)
{
	return number >= 1 && number <= CLOCK_COUNT ? rows[number - 1].name : NULL;
}

const char *clock_threshold_name(int index)
{
	static const char *const names[THRESHOLD_COUNT] = {
#define THRESHOLD(percent, name, who) #name,
#include "server/domain/clock.def"
#undef THRESHOLD
	};

	return index >= 0 && index < THRESHOLD_COUNT ? names[index] : NULL;
}

const char *calendar_kind_name(int kind)
{
	static const char *const names[] = {
#define CALENDAR(number, name, words) [number] = #name,
#include "server/domain/clock.def"
#undef CALENDAR
	};

	return kind >= 1 && kind < (int)COUNT(names) ? names[kind] : NULL;
}

/* How well a row fits; 0: not at all. */
static int fit(const struct promise *row, int kind, int subkind, int channel)
{
	if ((row->kind != 0 && row->kind != kind) || (row->subkind != 0 && row->subkind != subkind) ||
		(row->channel != 0 && row->channel != channel)) {
		return 0;
	}
	return 1 + (row->kind != 0) + 2 * (row->subkind != 0) + 4 * (row->channel != 0);
}

const struct promise *promise_match(
	const struct promise *promises, size_t row_count, int kind, int subkind, int channel)
{
	const struct promise *best = NULL;
	int best_fit = 0;

	for (size_t i = 0; i < row_count; i++) {
		int this_fit = fit(&promises[i], kind, subkind, channel);

		if (this_fit > best_fit) {
			best = &promises[i];
			best_fit = this_fit;
		}
	}
	return best;
}

bool clock_is_running(const struct clock *clock)
{
	return clock->from_us != 0 && clock->met_us == 0;
}

static enum calendar_kind calendar_of(const struct clock_rules *rules, enum clock_number number)
{
	return rows[number - 1].is_elapsed ? CALENDAR_24X7 : rules->promise->calendar;
}

static bool pauses(enum clock_number number)
{
	return number == CLOCK_RESOLVE;
}

/* When so many per cent of it are over, but for its pauses. The due time of an appointment is given. */
static int64_t reckon_us(const struct clock *clock, const struct clock_rules *rules,
	enum clock_number number, int percent, bool *is_provisional)
{
	const struct promise_clock *promised = &rules->promise->clocks[number - 1];

	if (promised->term != TERM_MINUTES) {
		int64_t span_us = clock->due_us > clock->from_us ? clock->due_us - clock->from_us : 0;

		return percent < 100 ? clock->from_us + span_us / 100 * percent
		                     : clock->due_us + span_us / 100 * (percent - 100);
	}
	return calendar_after(rules->calendar, calendar_of(rules, number), clock->from_us,
		promised->minutes * US_PER_MIN / 100 * percent, is_provisional);
}

static void set_due(struct clock_card *card, const struct clock_rules *rules,
	enum clock_number number, int64_t given_us)
{
	struct clock *clock = &card->clocks[number - 1];
	uint32_t bit = UINT32_C(1) << (number - 1);
	bool is_provisional = false;

	clock->due_us = given_us;
	clock->due_us = reckon_us(clock, rules, number, 100, &is_provisional);
	card->provisional = is_provisional ? card->provisional | bit : card->provisional & ~bit;
}

/* The promise's own fixed end, where it has one; else 0. */
static int64_t fixed_end_us(
	const struct clock_card *card, const struct promise_clock *promised, int64_t appointment_us)
{
	if (promised->term == TERM_APPOINTMENT) {
		return appointment_us;
	}
	return promised->term == TERM_DEADLINE && card->deadline_us != 0
	           ? card->deadline_us - promised->minutes * US_PER_MIN
	           : 0;
}

static void drop(struct clock_card *card, enum clock_number number)
{
	struct clock *clock = &card->clocks[number - 1];

	if (clock_is_running(clock)) {
		*clock = (struct clock){0};
		card->provisional &= ~(UINT32_C(1) << (number - 1));
	}
}

/* From now on it runs, whatever it did before; where nothing was promised, or no end is known, it does not. */
static void start(struct clock_card *card, const struct clock_rules *rules,
	enum clock_number number, int64_t from_us, int64_t appointment_us)
{
	const struct promise_clock *promised = &rules->promise->clocks[number - 1];
	int64_t given_us = fixed_end_us(card, promised, appointment_us);
	struct clock *clock = &card->clocks[number - 1];

	if (promised->term == TERM_NONE || (promised->term != TERM_MINUTES && given_us == 0)) {
		drop(card, number);
		return;
	}
	for (int threshold = 0; threshold < THRESHOLD_COUNT; threshold++) {
		card->fired &= ~clock_fired_bit(number, (enum clock_threshold)threshold);
	}
	*clock = (struct clock){.from_us = from_us};
	set_due(card, rules, number, given_us);
	if (pauses(number)) {
		card->paused_us = 0;
	}
}

static void meet(struct clock_card *card, enum clock_number number, int64_t now_us)
{
	struct clock *clock = &card->clocks[number - 1];

	if (clock_is_running(clock)) {
		clock->met_us = now_us;
	}
}

/* A pause moves what still runs, and was not due when it began: what is late stays late. */
static bool is_moved(const struct clock_card *card, const struct clock *clock)
{
	return card->paused_from_us != 0 && clock_is_running(clock) &&
	       clock->due_us + card->paused_us > card->paused_from_us;
}

static int64_t pause_end_us(const struct clock_card *card, int64_t now_us)
{
	return now_us < card->paused_to_us ? now_us : card->paused_to_us;
}

static void end_pause(struct clock_card *card, int64_t now_us)
{
	if (card->paused_from_us == 0) {
		return;
	}
	if (is_moved(card, &card->clocks[CLOCK_RESOLVE - 1])) {
		card->paused_us += pause_end_us(card, now_us) - card->paused_from_us;
	}
	card->paused_from_us = card->paused_to_us = 0;
}

static void drop_all(struct clock_card *card)
{
	for (int number = 1; number <= CLOCK_COUNT; number++) {
		drop(card, (enum clock_number)number);
	}
	card->paused_from_us = card->paused_to_us = 0;
}

/* The visit begins anew. */
static void start_visit(
	struct clock_card *card, const struct clock_rules *rules, int64_t from_us, int64_t window_us)
{
	start(card, rules, CLOCK_BOOK, from_us, 0);
	start(card, rules, CLOCK_ARRIVE, from_us, window_us);
}

static void drop_visit(struct clock_card *card)
{
	drop(card, CLOCK_BOOK);
	drop(card, CLOCK_ARRIVE);
}

void clock_begin(struct clock_card *card, const struct clock_rules *rules, int64_t submitted_us,
	int64_t deadline_us, int64_t now_us)
{
	*card = (struct clock_card){.deadline_us = deadline_us};
	start(card, rules, CLOCK_ACKNOWLEDGE, submitted_us, 0);
	meet(card, CLOCK_ACKNOWLEDGE, now_us); /* its receipt goes out with it */
	start(card, rules, CLOCK_ACCEPT, submitted_us, 0);
	start(card, rules, CLOCK_ADVISE, submitted_us, 0);
}

/* Out of SUSPENDED or MERGED: what rested goes on, and what had to be given up begins anew. */
static void go_on(struct clock_card *card, const struct clock_rules *rules,
	const struct complaint_record *after, int64_t now_us)
{
	end_pause(card, now_us);
	switch (after->state) {
	case COMPLAINT_SUBMITTED:
		if (card->clocks[CLOCK_ACCEPT - 1].from_us == 0) {
			start(card, rules, CLOCK_ACCEPT, now_us, 0);
		}
		return;
	case COMPLAINT_ACCEPTED:
	case COMPLAINT_REOPENED:
		start_visit(card, rules, now_us, 0);
		return;
	case COMPLAINT_SCHEDULED:
		start(card, rules, CLOCK_ARRIVE, now_us, after->window_to_us);
		return;
	default:
		return;
	}
}

static void rest(struct clock_card *card, const struct complaint_record *after, int64_t now_us)
{
	drop_visit(card);
	card->paused_from_us = now_us;
	card->paused_to_us =
		after->state == COMPLAINT_SUSPENDED ? after->suspended_until_us : INT64_MAX;
	if (after->state == COMPLAINT_MERGED) {
		drop(card, CLOCK_ADVISE);
	}
}

static void accept(struct clock_card *card, const struct clock_rules *rules, int64_t now_us)
{
	meet(card, CLOCK_ACCEPT, now_us);
	start_visit(card, rules, now_us, 0);
	start(card, rules, CLOCK_RESOLVE, now_us, 0);
}

/* Passed on: it is accepted anew, counted from its first submission; nothing of the other team's runs. */
static void submit_again(struct clock_card *card, const struct clock_rules *rules)
{
	struct clock *accepting = &card->clocks[CLOCK_ACCEPT - 1];

	drop_visit(card);
	drop(card, CLOCK_RESOLVE);
	if (accepting->met_us != 0) {
		accepting->met_us = 0;
		set_due(card, rules, CLOCK_ACCEPT, 0);
	}
}

static void reopen(struct clock_card *card, const struct clock_rules *rules, int64_t now_us)
{
	meet(card, CLOCK_FOLLOW_UP, now_us);
	start_visit(card, rules, now_us, 0);
	start(card, rules, CLOCK_RESOLVE, now_us, 0);
}

static void close(struct clock_card *card, const struct clock_rules *rules,
	const struct complaint_record *after, int64_t now_us)
{
	drop_all(card);
	if (complaint_wants_follow_up(after)) {
		start(card, rules, CLOCK_FOLLOW_UP, now_us, 0);
	}
}

/* What ends with the appointment runs from the reopening on, else from the acceptance. */
static void book(
	struct clock_card *card, const struct clock_rules *rules, int64_t window_to_us, int64_t now_us)
{
	int64_t accepted_us = card->clocks[CLOCK_ACCEPT - 1].met_us;
	int64_t from_us = card->clocks[CLOCK_RESOLVE - 1].from_us; /* 0: it waits for the appointment */

	from_us = from_us != 0 ? from_us : accepted_us != 0 ? accepted_us : now_us;
	meet(card, CLOCK_BOOK, now_us);
	drop(card, CLOCK_ADVISE);
	start(card, rules, CLOCK_ARRIVE, from_us, window_to_us);
	if (rules->promise->clocks[CLOCK_RESOLVE - 1].term == TERM_APPOINTMENT) {
		start(card, rules, CLOCK_RESOLVE, from_us, window_to_us);
	}
}

static void enter(struct clock_card *card, const struct clock_rules *rules,
	const struct complaint_record *after, int64_t now_us)
{
	switch (after->state) {
	case COMPLAINT_SUBMITTED:
		submit_again(card, rules);
		return;
	case COMPLAINT_ACCEPTED:
		accept(card, rules, now_us);
		return;
	case COMPLAINT_SCHEDULED: /* perhaps once more, at another time */
		book(card, rules, after->window_to_us, now_us);
		return;
	case COMPLAINT_DISPATCHED: /* an urgent one was not booked */
		meet(card, CLOCK_BOOK, now_us);
		drop(card, CLOCK_ADVISE);
		return;
	case COMPLAINT_ON_SITE:
		meet(card, CLOCK_ARRIVE, now_us);
		return;
	case COMPLAINT_ADVISED:
		meet(card, CLOCK_ADVISE, now_us);
		drop_visit(card);
		drop(card, CLOCK_RESOLVE);
		return;
	case COMPLAINT_ANSWERED:
		drop_visit(card);
		drop(card, CLOCK_ADVISE);
		return;
	case COMPLAINT_PENDING_CONFIRMATION:
		meet(card, CLOCK_RESOLVE, now_us);
		return;
	case COMPLAINT_REOPENED:
		reopen(card, rules, now_us);
		return;
	case COMPLAINT_CLOSED:
	case COMPLAINT_CLOSED_OUT_OF_SCOPE:
		close(card, rules, after, now_us);
		return;
	case COMPLAINT_SUSPENDED:
	case COMPLAINT_MERGED:
		rest(card, after, now_us);
		return;
	case COMPLAINT_REJECTED_INVALID:
	case COMPLAINT_WITHDRAWN:
	case COMPLAINT_ARCHIVED:
		drop_all(card);
		return;
	case COMPLAINT_WORK_DONE:
	case COMPLAINT_REPORTED_UP:
		return;
	case COMPLAINT_ANY_OPEN:
	case COMPLAINT_BEFORE:
	case COMPLAINT_SAME:
		unreachable(); /* a record is in none of them */
	}
}

void clock_step(struct clock_card *card, const struct clock_rules *rules, enum complaint_step step,
	enum complaint_state from, const struct complaint_record *after, int64_t now_us)
{
	bool was_resting = from == COMPLAINT_SUSPENDED || from == COMPLAINT_MERGED;

	if (step == COMPLAINT_STEP_FOLLOW_UP) {
		meet(card, CLOCK_FOLLOW_UP, now_us);
	}
	if (was_resting && complaint_is_open(after->state)) {
		go_on(card, rules, after, now_us);
	} else if (after->state != from || step == COMPLAINT_STEP_BOOK || step == COMPLAINT_STEP_PASS) {
		enter(card, rules, after, now_us);
	}
}

/* What counts every hour is as it was, and so is what was met; but not where a year lacked then. */
static bool is_to_reckon(
	const struct clock_card *card, const struct clock_rules *rules, enum clock_number number)
{
	return rules->promise->clocks[number - 1].term == TERM_MINUTES &&
	       calendar_of(rules, number) != CALENDAR_24X7 &&
	       ((card->provisional >> (number - 1) & 1) != 0 ||
			   clock_is_running(&card->clocks[number - 1]));
}

bool clock_reckon(struct clock_card *card, const struct clock_rules *rules)
{
	uint32_t provisional = card->provisional;
	bool has_moved = false;

	for (int number = 1; number <= CLOCK_COUNT; number++) {
		int64_t due_us = card->clocks[number - 1].due_us;

		if (is_to_reckon(card, rules, (enum clock_number)number)) {
			set_due(card, rules, (enum clock_number)number, 0);
			has_moved = has_moved || card->clocks[number - 1].due_us != due_us;
		}
	}
	return has_moved || card->provisional != provisional;
}

/* An instant of a clock that pauses; what was over when the pause began stays where it was. */
static int64_t with_pauses(const struct clock_card *card, const struct clock *clock, int64_t at_us)
{
	at_us += card->paused_us;
	if (!is_moved(card, clock) || at_us <= card->paused_from_us) {
		return at_us;
	}
	return card->paused_to_us == INT64_MAX ? INT64_MAX
	                                       : at_us + card->paused_to_us - card->paused_from_us;
}

int64_t clock_threshold_us(const struct clock_card *card, const struct clock_rules *rules,
	enum clock_number number, enum clock_threshold threshold)
{
	const struct clock *clock = &card->clocks[number - 1];
	bool is_provisional = false;
	int64_t at_us;

	if (!clock_is_running(clock)) {
		return INT64_MAX;
	}
	at_us = reckon_us(clock, rules, number, clock_percents[threshold], &is_provisional);
	return pauses(number) ? with_pauses(card, clock, at_us) : at_us;
}

int64_t clock_due_us(const struct clock_card *card, enum clock_number number)
{
	const struct clock *clock = &card->clocks[number - 1];

	return pauses(number) ? with_pauses(card, clock, clock->due_us) : clock->due_us;
}

bool clock_is_late(const struct clock_card *card, enum clock_number number, int64_t now_us)
{
	const struct clock *clock = &card->clocks[number - 1];

	if (clock->from_us == 0) {
		return false;
	}
	return (clock->met_us != 0 ? clock->met_us : now_us) > clock_due_us(card, number);
}
