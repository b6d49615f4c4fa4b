/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks of a complaint, pure: what was promised for it, and a step that it took, go in; which clocks
 * run, until when, what is due to be told and when to look again come out. The clocks are rows of
 * clock.def. Source: service standards §3.2; product.md row C8.
 *
 * A clock runs from an instant to its due time and beyond, until what it waits for has come, or is no longer
 * wanted. Acceptance never pauses. Resolving pauses while the complaint is suspended, until the pause's
 * own end at the latest; booking and arrival begin anew after it, since the visit does.
 */
#pragma once

#include "server/domain/calendar.h"
#include "server/domain/complaint_record.h"

enum clock_number {
#define CLOCK(number, name, column, is_elapsed, from, until) CLOCK_##name = (number),
#include "server/domain/clock.def"
#undef CLOCK
	CLOCK_END
};

#define CLOCK_COUNT (CLOCK_END - 1)

enum clock_threshold {
#define THRESHOLD(percent, name, who) THRESHOLD_##name,
#include "server/domain/clock.def"
#undef THRESHOLD
	THRESHOLD_COUNT
};

extern const int clock_percents[THRESHOLD_COUNT];

const char *clock_name(int number);          /* NULL for a number that is none */
const char *clock_threshold_name(int index); /* likewise */
const char *calendar_kind_name(int kind);    /* likewise */

/* How long after its beginning a clock is due. */
enum promise_term {
	TERM_NONE,        /* there is no such clock */
	TERM_MINUTES,     /* that counts on the promise's calendar */
	TERM_APPOINTMENT, /* at the end of the appointment */
	TERM_DEADLINE,    /* so many minutes before the deadline that was set from outside */
};

struct promise_clock {
	enum promise_term term;
	int32_t minutes;
};

/* One row of a set of promises. An empty condition is 0: any. */
struct promise {
	int32_t set_no;
	int32_t row_no;
	int kind;
	int subkind;
	int channel;
	int urgency; /* the default that goes with it; matches nothing */
	enum calendar_kind calendar;
	struct promise_clock clocks[CLOCK_COUNT]; /* by number - 1 */
};

/*
 * The row that fits best: a channel's before a subkind's before a kind's. NULL where none fits; of two that
 * fit alike, the first.
 */
const struct promise *promise_match(
	const struct promise *rows, size_t row_count, int kind, int subkind, int channel);

struct clock {
	int64_t from_us; /* 0: it does not run and never ran */
	int64_t due_us;
	int64_t met_us; /* 0: not yet */
};

struct clock_card {
	struct clock clocks[CLOCK_COUNT]; /* by number - 1 */
	uint32_t fired;                   /* bit (number - 1) * THRESHOLD_COUNT + threshold */
	uint32_t provisional;             /* bit number - 1: the calendar lacks a year of it */
	int64_t deadline_us;              /* set from outside; 0: none */
	int64_t paused_from_us;           /* 0: not paused */
	int64_t paused_to_us;             /* where the pause ends by itself */
	int64_t paused_us;                /* of the pauses that are over */
};

/* What clocks are reckoned with. */
struct clock_rules {
	const struct promise *promise;
	const struct calendar *calendar;
};

/* A new complaint's. */
void clock_begin(struct clock_card *card, const struct clock_rules *rules, int64_t submitted_us,
	int64_t deadline_us, int64_t now_us);

/* After a step was taken from `from`, by which the record became as it is. */
void clock_step(struct clock_card *card, const struct clock_rules *rules, enum complaint_step step,
	enum complaint_state from, const struct complaint_record *after, int64_t now_us);

/*
 * Due times once more, since the calendar has changed: of what runs, and of what lacked a year. What has fired stays
 * so. True: something is otherwise than it was.
 */
bool clock_reckon(struct clock_card *card, const struct clock_rules *rules);

/* A clock that runs and waits. */
bool clock_is_running(const struct clock *clock);

/*
 * When it passes a threshold; INT64_MAX where it does not run, or never will while the pause lasts.
 * With 100 %, the due time with the pauses in it.
 */
int64_t clock_threshold_us(const struct clock_card *card, const struct clock_rules *rules,
	enum clock_number number, enum clock_threshold threshold);

/* Of `fired`. */
uint32_t clock_fired_bit(enum clock_number number, enum clock_threshold threshold);

/* The next moment at which something is to be told; INT64_MAX: never. */
int64_t clock_next_us(const struct clock_card *card, const struct clock_rules *rules);

struct clock_alarm {
	enum clock_number number;
	enum clock_threshold threshold;
};

/*
 * What has to be told now, marked as told: of each clock the highest threshold it passed, those below it
 * having been passed in silence. So an hour in which nobody looked makes no storm.
 */
size_t clock_fire(struct clock_card *card, const struct clock_rules *rules, int64_t now_us,
	struct clock_alarm out[CLOCK_COUNT]);

/*
 * When it is due, pauses included; while one lasts, as if it lasted to its end, which may be never: INT64_MAX.
 * Of one that was met, when it had been.
 */
int64_t clock_due_us(const struct clock_card *card, enum clock_number number);

/* Met too late, or not met and overdue. At the due time itself it is in time. */
bool clock_is_late(const struct clock_card *card, enum clock_number number, int64_t now_us);
