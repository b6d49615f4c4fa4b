/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/reminder.h"

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)

/*
 * Owners are written to by day only: private life is not disturbed by messages at night (Civil Code 1033; law.md,
 * R-PV-01: not from 21 to 9), and an hour earlier nobody is at the counter any more to be called back.
 */
#define DAYTIME_FROM_US (9 * HOUR_US)
#define DAYTIME_TO_US (20 * HOUR_US)

/* After one that came late, the next is not due within minutes. */
#define GAP_US DAY_US

const int reminder_days[REMINDER_COUNT] = {1, 3, 7};

static int64_t due_us(int64_t pending_us, size_t i)
{
	assert(i < REMINDER_COUNT);
	return pending_us + reminder_days[i] * DAY_US;
}

int64_t reminder_first_us(int64_t pending_us)
{
	return due_us(pending_us, 0);
}

int64_t reminder_daytime_us(const struct reminder_clock *clock)
{
	int64_t local_us = clock->now_us + clock->offset_s * SECOND_US;
	int64_t since_midnight_us = local_us % DAY_US;

	assert(local_us >= 0); /* no clock of ours is before 1970 */
	if (since_midnight_us < DAYTIME_FROM_US) {
		return clock->now_us + DAYTIME_FROM_US - since_midnight_us;
	}
	if (since_midnight_us >= DAYTIME_TO_US) {
		return clock->now_us + DAY_US + DAYTIME_FROM_US - since_midnight_us;
	}
	return clock->now_us;
}

/* The latest that is due, or the first: a clock that was set back since is no reason for none. */
static size_t latest(int64_t pending_us, int64_t now_us)
{
	size_t last = 0;

	for (size_t i = 1; i < REMINDER_COUNT; i++) {
		last = due_us(pending_us, i) <= now_us ? i : last;
	}
	return last;
}

/* What follows it, not within a day, and by day. */
static int64_t following_us(int64_t pending_us, size_t i, const struct reminder_clock *clock)
{
	int64_t gap_us = clock->now_us + GAP_US;
	struct reminder_clock then = *clock;

	if (i + 1 == REMINDER_COUNT) {
		return 0;
	}
	then.now_us = due_us(pending_us, i + 1);
	then.now_us = then.now_us < gap_us ? gap_us : then.now_us;
	return reminder_daytime_us(&then);
}

struct reminder_plan reminder_plan(
	int64_t pending_us, int64_t remind_us, const struct reminder_clock *clock)
{
	int64_t daytime_us = reminder_daytime_us(clock);
	size_t i = latest(pending_us, clock->now_us);

	if (remind_us == 0 || clock->now_us < remind_us) {
		return (struct reminder_plan){REMINDER_NONE, 0, remind_us};
	}
	if (daytime_us != clock->now_us) {
		return (struct reminder_plan){REMINDER_LATER, 0, daytime_us};
	}
	return (struct reminder_plan){
		REMINDER_NOW, reminder_days[i], following_us(pending_us, i, clock)};
}
