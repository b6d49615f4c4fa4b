/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves when owners are reminded: a table of cases at both sides of each edge, on time, late by an hour, late by
 * weeks, at night, in three time zones; then whole histories of a server that looks now and then, or is away for
 * any length of time: never two reminders within a day, none at night, none of a day that is not over, and in
 * the end always the last one.
 */
#include "server/domain/reminder.h"

#include "tests/check.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
/* 2026-11-23T00:00 in China, where all that is not said otherwise is. */
#define MIDNIGHT (INT64_C(1795392000) * SECOND - 8 * HOUR)
#define CHINA 28800
#define ASKED (MIDNIGHT + 15 * HOUR)

/* --- the day --- */

static void test_owners_are_written_to_by_day(void)
{
	static const struct {
		int64_t now_us;
		int32_t offset_s;
		int64_t then_us;
	} rows[] = {
		{MIDNIGHT + 9 * HOUR, CHINA, MIDNIGHT + 9 * HOUR},
		{MIDNIGHT + 9 * HOUR - 1, CHINA, MIDNIGHT + 9 * HOUR},
		{MIDNIGHT, CHINA, MIDNIGHT + 9 * HOUR},
		{MIDNIGHT + 20 * HOUR - 1, CHINA, MIDNIGHT + 20 * HOUR - 1},
		{MIDNIGHT + 20 * HOUR, CHINA, MIDNIGHT + 33 * HOUR},
		{MIDNIGHT + DAY - 1, CHINA, MIDNIGHT + 33 * HOUR},
		/* The same moment elsewhere: in London it is eight hours earlier, in New York thirteen. */
		{MIDNIGHT + 12 * HOUR, 0, MIDNIGHT + 17 * HOUR},
		{MIDNIGHT + 22 * HOUR, 0, MIDNIGHT + 22 * HOUR},
		{MIDNIGHT + 12 * HOUR, -5 * 3600, MIDNIGHT + 22 * HOUR},
		{MIDNIGHT + 23 * HOUR, -5 * 3600, MIDNIGHT + 23 * HOUR},
		{MIDNIGHT + 12 * HOUR, 20700, MIDNIGHT + 12 * HOUR}, /* Kathmandu: 05:45 */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reminder_clock clock = {rows[i].now_us, rows[i].offset_s};

		CHECK_INT_EQ(reminder_daytime_us(&clock), rows[i].then_us);
		if (check_failed()) {
			printf("# row %zu\n", i);
			return;
		}
	}
}

/* --- one look --- */

static void test_the_latest_that_is_due_is_sent_once(void)
{
	static const struct {
		const char *what;
		int64_t remind_us, now_us; /* since it was asked, at three in the afternoon */
		enum reminder_verdict verdict;
		int day;
		int64_t next_us; /* … likewise; -1: never */
	} rows[] = {
		{"a moment early", DAY, DAY - 1, REMINDER_NONE, 0, DAY},
		{"on time", DAY, DAY, REMINDER_NOW, 1, 3 * DAY},
		{"an hour late", DAY, DAY + HOUR, REMINDER_NOW, 1, 3 * DAY},
		{"at eight in the evening", DAY, DAY + 5 * HOUR, REMINDER_LATER, 0, DAY + 18 * HOUR},
		{"at night", DAY, DAY + 12 * HOUR, REMINDER_LATER, 0, DAY + 18 * HOUR},
		{"in the morning after it", DAY + 18 * HOUR, DAY + 18 * HOUR, REMINDER_NOW, 1, 3 * DAY},
		{"so late that the next would follow at once: a day is between", DAY, 3 * DAY - HOUR,
			REMINDER_NOW, 1, 4 * DAY - HOUR},
		{"a day between, later than its own", DAY, 3 * DAY - 20 * HOUR, REMINDER_NOW, 1,
			3 * DAY + 4 * HOUR},
		{"the second on time", 3 * DAY, 3 * DAY, REMINDER_NOW, 3, 7 * DAY},
		{"the first, away until the third day", DAY, 3 * DAY, REMINDER_NOW, 3, 7 * DAY},
		{"the first, away until the sixth", DAY, 6 * DAY + 23 * HOUR, REMINDER_NOW, 3,
			7 * DAY + 23 * HOUR},
		{"the first, away for a week", DAY, 7 * DAY, REMINDER_NOW, 7, -1},
		{"the first, away for a year", DAY, 365 * DAY, REMINDER_NOW, 7, -1},
		{"the last on time", 7 * DAY, 7 * DAY, REMINDER_NOW, 7, -1},
		{"the last a moment early", 7 * DAY, 7 * DAY - 1, REMINDER_NONE, 0, 7 * DAY},
		{"none is left", 0, 9 * DAY, REMINDER_NONE, 0, -1},
		{"the clock was set back behind the question", -HOUR, -HOUR, REMINDER_NOW, 1, 3 * DAY},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reminder_clock clock = {ASKED + rows[i].now_us, CHINA};
		int64_t remind_us = rows[i].remind_us == 0 ? 0 : ASKED + rows[i].remind_us;
		struct reminder_plan plan = reminder_plan(ASKED, remind_us, &clock);

		CHECK_INT_EQ(plan.verdict, rows[i].verdict);
		CHECK_INT_EQ(plan.day, rows[i].day);
		CHECK_INT_EQ(plan.next_us, rows[i].next_us == -1 ? 0 : ASKED + rows[i].next_us);
		if (check_failed()) {
			printf("# %s\n", rows[i].what);
			return;
		}
	}
	CHECK_INT_EQ(reminder_first_us(ASKED), ASKED + DAY);
}

/* What would come at night is put off to the morning when it is planned. */
static void test_the_next_is_planned_for_the_day(void)
{
	struct reminder_clock clock = {MIDNIGHT + 2 * DAY + 10 * HOUR, CHINA};
	int64_t pending_us = MIDNIGHT + 22 * HOUR;
	struct reminder_plan plan = reminder_plan(pending_us, pending_us + DAY, &clock);

	CHECK_INT_EQ(plan.verdict, REMINDER_NOW);
	CHECK_INT_EQ(plan.next_us, MIDNIGHT + 4 * DAY + 9 * HOUR); /* not the third day at 22:00 */
}

/* --- histories --- */

struct history {
	int64_t pending_us, remind_us;
	int64_t told_us; /* the last reminder; 0: none */
	int last_day;
	size_t count;
};

/* One look, and what it must not do. */
static void look(struct history *history, int64_t now_us)
{
	struct reminder_clock clock = {now_us, CHINA};
	struct reminder_plan plan = reminder_plan(history->pending_us, history->remind_us, &clock);
	int64_t since_midnight_us = (now_us - MIDNIGHT) % DAY;

	CHECK(plan.verdict != REMINDER_LATER || plan.next_us > now_us);
	CHECK(plan.verdict == REMINDER_NONE || plan.next_us == 0 || plan.next_us > now_us);
	history->remind_us = plan.next_us;
	if (plan.verdict != REMINDER_NOW) {
		return;
	}
	CHECK(since_midnight_us >= 9 * HOUR && since_midnight_us < 20 * HOUR);
	CHECK(now_us - history->pending_us >= plan.day * DAY);
	CHECK(plan.day > history->last_day);
	CHECK(history->told_us == 0 || now_us - history->told_us >= DAY);
	history->told_us = now_us;
	history->last_day = plan.day;
	history->count++;
}

/* Asked at any quarter of an hour; a server that looks every `step_us`, and is away from `away` on for so long. */
static void play(int64_t pending_us, int64_t step_us, int64_t away_us, int64_t away_for_us)
{
	struct history history = {pending_us, reminder_first_us(pending_us), 0, 0, 0};
	int64_t end_us = pending_us + 12 * DAY + away_for_us;

	for (int64_t now_us = pending_us; now_us < end_us && !check_failed(); now_us += step_us) {
		if (now_us < pending_us + away_us || now_us >= pending_us + away_us + away_for_us) {
			look(&history, now_us);
		}
	}
	CHECK_INT_EQ(history.last_day, 7);
	CHECK_INT_EQ(history.remind_us, 0);
	CHECK(history.count <= REMINDER_COUNT);
	CHECK(away_for_us > 0 || history.count == REMINDER_COUNT);
}

static void test_whatever_is_missed_no_storm_follows(void)
{
	static const int64_t away_for[] = {0, HOUR, 11 * HOUR, DAY, 3 * DAY, 8 * DAY, 40 * DAY};

	for (int64_t quarter = 0; quarter < 96; quarter += 5) {
		for (size_t i = 0; i < COUNT(away_for); i++) {
			for (int64_t away = 0; away < 9 && !check_failed(); away++) {
				play(MIDNIGHT + quarter * 15 * 60 * SECOND, 7 * 60 * SECOND, away * 22 * HOUR,
					away_for[i]);
			}
		}
		if (check_failed()) {
			printf("# quarter %lld\n", (long long)quarter);
			return;
		}
	}
}

static const struct test tests[] = {
	{"owners_are_written_to_by_day", test_owners_are_written_to_by_day},
	{"the_latest_that_is_due_is_sent_once", test_the_latest_that_is_due_is_sent_once},
	{"the_next_is_planned_for_the_day", test_the_next_is_planned_for_the_day},
	{"whatever_is_missed_no_storm_follows", test_whatever_is_missed_no_storm_follows},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
