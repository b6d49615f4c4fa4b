/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the check of a proposed set of promises: each thing that can be wrong with a row, alone; that a kind of
 * which some complaint would find nothing is told; that the largest set with everything wrong fits; and that every
 * set that passes gives each complaint that can come a row, whose clocks end.
 */
#include "server/domain/promise_check.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"

enum { COMPLAINT = 1, REPAIR, REQUEST, ENQUIRY, SUGGESTION, COMPLIMENT, VIOLATION, DISPUTE };
enum { EMERGENCY = 1, DWELLING = 4, PAID = 6 };
enum { PHONE = 1, IMPORT = 5, AUTHORITY = 6 };

#define FOR_ANY \
	{ \
		.urgency = 1, .calendar = CALENDAR_SERVICE_HOURS, .clocks = { {TERM_MINUTES, 15} } \
	}

/* Behind a row that takes everything, so that only the row itself can be wrong. */
static const struct row_case {
	const char *what;
	struct promise row;
	const char *problems; /* "field error", with ; between */
} row_cases[] = {
	{"a repair", {.kind = REPAIR, .urgency = 1, .calendar = CALENDAR_24X7}, ""},
	{"every condition",
		{.kind = REPAIR,
			.subkind = EMERGENCY,
			.channel = PHONE,
			.urgency = 3,
			.calendar = CALENDAR_WORKING_DAYS},
		""},
	{"an appointment's end",
		{.kind = REPAIR,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_ARRIVE - 1] = {TERM_APPOINTMENT, 0},
				[CLOCK_RESOLVE - 1] = {TERM_APPOINTMENT, 0}}},
		""},
	{"a deadline",
		{.channel = AUTHORITY,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_RESOLVE - 1] = {TERM_DEADLINE, 0}}},
		""},
	{"no urgency", {.kind = REPAIR, .calendar = CALENDAR_24X7}, "urgency FIELD_MISSING"},
	{"an urgency that there is not", {.kind = REPAIR, .urgency = 4, .calendar = CALENDAR_24X7},
		"urgency FIELD_ENUM"},
	{"no calendar", {.kind = REPAIR, .urgency = 1}, "calendar FIELD_MISSING"},
	{"a calendar that there is not",
		{.kind = REPAIR, .urgency = 1, .calendar = (enum calendar_kind)4}, "calendar FIELD_ENUM"},
	{"a kind that there is not", {.kind = 9, .urgency = 1, .calendar = CALENDAR_24X7},
		"kind FIELD_ENUM"},
	{"a subkind that there is not", {.subkind = 7, .urgency = 1, .calendar = CALENDAR_24X7},
		"subkind FIELD_ENUM"},
	{"a channel that there is not", {.channel = -1, .urgency = 1, .calendar = CALENDAR_24X7},
		"channel FIELD_ENUM"},
	{"what was imported", {.channel = IMPORT, .urgency = 1, .calendar = CALENDAR_24X7},
		"channel FIELD_INVALID"},
	{"the same conditions", FOR_ANY, "kind NAME_TAKEN"},
	{"no time at all",
		{.kind = REPAIR, .urgency = 1, .calendar = CALENDAR_24X7, .clocks = {{TERM_MINUTES, 0}}},
		"ack_min FIELD_RANGE"},
	{"the longest",
		{.kind = REPAIR,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_FOLLOW_UP - 1] = {TERM_MINUTES, PROMISE_MINUTES_MAX}}},
		""},
	{"longer than the longest",
		{.kind = REPAIR,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_FOLLOW_UP - 1] = {TERM_MINUTES, PROMISE_MINUTES_MAX + 1}}},
		"followup_min FIELD_RANGE"},
	{"below zero",
		{.channel = AUTHORITY,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_RESOLVE - 1] = {TERM_DEADLINE, -1}}},
		"resolve_min FIELD_RANGE"},
	{"an appointment before it is made",
		{.kind = REPAIR,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_ACCEPT - 1] = {TERM_APPOINTMENT, 0}}},
		"accept_min FIELD_INVALID"},
	{"a deadline of nobody",
		{.kind = REPAIR,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_RESOLVE - 1] = {TERM_DEADLINE, 60}}},
		"resolve_min FIELD_INVALID"},
	{"a deadline of something else",
		{.channel = AUTHORITY,
			.urgency = 1,
			.calendar = CALENDAR_24X7,
			.clocks = {[CLOCK_ADVISE - 1] = {TERM_DEADLINE, 60}}},
		"advise_min FIELD_INVALID"},
	{"much at once", {.kind = 9, .channel = IMPORT, .clocks = {{TERM_MINUTES, 0}}},
		"kind FIELD_ENUM; channel FIELD_INVALID; urgency FIELD_MISSING; calendar FIELD_MISSING; "
		"ack_min FIELD_RANGE"},
};

static struct promise_problem problems[PROMISE_PROBLEMS_MAX];

/* Of one row; PROMISE_OF_ALL: of what they lack together. */
static const char *told(size_t count, size_t row)
{
	static char text[4096];

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(text);

		if (problems[i].row == row) {
			assert(problems[i].allowed != NULL);
			(void)snprintf(text + len, sizeof text - len, "%s%s %s", len == 0 ? "" : "; ",
				problems[i].field, err_name(problems[i].err));
		}
	}
	return text;
}

static void test_each_row_by_itself(void)
{
	for (size_t i = 0; i < COUNT(row_cases); i++) {
		const struct promise rows[] = {FOR_ANY, row_cases[i].row};
		size_t count = promise_check(rows, COUNT(rows), problems);

		CHECK_STR_EQ(str_from_c(told(count, 1)), row_cases[i].problems);
		CHECK_STR_EQ(str_from_c(told(count, 0)), "");
		CHECK_STR_EQ(str_from_c(told(count, PROMISE_OF_ALL)), "");
		if (check_failed()) {
			printf("# %s\n", row_cases[i].what);
			return;
		}
	}
}

static void test_every_complaint_finds_a_row(void)
{
	struct promise rows[DISPUTE + 6];
	size_t count = 0;

	for (int kind = COMPLAINT; kind <= DISPUTE; kind++) {
		rows[count++] = (struct promise){.kind = kind, .urgency = 1, .calendar = CALENDAR_24X7};
	}
	CHECK_INT_EQ(promise_check(rows, count, problems), 0);
	rows[REQUEST - 1].subkind = PAID;
	CHECK_INT_EQ(promise_check(rows, count, problems), 1);
	CHECK_STR_EQ(str_from_c(problems[0].allowed), "a row for every REQUEST");
	rows[REQUEST - 1].channel = AUTHORITY;
	rows[ENQUIRY - 1].channel = PHONE;
	CHECK_INT_EQ(promise_check(rows, count, problems), 2);
	CHECK(problems[0].row == PROMISE_OF_ALL);
	rows[0].kind = 0; /* takes what the others leave */
	CHECK_INT_EQ(promise_check(rows, count, problems), 0);
	CHECK_INT_EQ(promise_check(rows, 0, problems), 8);
}

/* A repair always says what it is of, so six rows do where one does not say it. */
static void test_a_repair_says_what_it_is_of(void)
{
	struct promise rows[14];
	size_t count = 0;

	for (int kind = COMPLAINT; kind <= DISPUTE; kind++) {
		if (kind != REPAIR) {
			rows[count++] = (struct promise){.kind = kind, .urgency = 1, .calendar = CALENDAR_24X7};
		}
	}
	for (int subkind = EMERGENCY; subkind <= PAID; subkind++) {
		rows[count++] = (struct promise){
			.kind = REPAIR, .subkind = subkind, .urgency = 1, .calendar = CALENDAR_24X7};
	}
	CHECK_INT_EQ(promise_check(rows, count, problems), 0);
	CHECK_INT_EQ(promise_check(rows, count - 1, problems), 1);
	CHECK_STR_EQ(str_from_c(problems[0].allowed), "a row for every REPAIR");
}

static void test_everything_wrong_with_the_largest_set(void)
{
	static struct promise rows[PROMISE_ROWS_MAX];
	size_t count;

	for (size_t i = 0; i < COUNT(rows); i++) {
		rows[i] = (struct promise){.kind = 9,
			.subkind = 7,
			.channel = 77,
			.urgency = 9,
			.calendar = (enum calendar_kind)9};
		for (size_t k = 0; k < CLOCK_COUNT; k++) {
			rows[i].clocks[k] = (struct promise_clock){TERM_MINUTES, -1};
		}
	}
	count = promise_check(rows, COUNT(rows), problems);
	CHECK_INT_EQ(count, COUNT(rows) * (5 + CLOCK_COUNT) + COUNT(rows) - 1 + 8);
	CHECK(count <= PROMISE_PROBLEMS_MAX);
}

/* With an hour of service on working days alone, and every weekday off that may be. */
static void test_the_longest_clock_ends(void)
{
	static const struct zone shanghai = {1, {{0, 8 * 3600}}};
	static struct calendar_day days[60 * 80];
	struct calendar calendar = {&shanghai, 510, 570, days, 0, UINT64_MAX};
	bool is_provisional = false;
	int32_t day = 20700;
	int64_t from_us = (int64_t)day * 24 * 3600 * 1000000;

	for (int year = 0; year < 60; year++) {
		for (int i = 0; i < 80; i++) {
			days[calendar.day_count++] = (struct calendar_day){day + year * 365 + i, true};
		}
	}
	CHECK(calendar_after(&calendar, CALENDAR_WORKING_DAYS, from_us,
			  INT64_C(2) * PROMISE_MINUTES_MAX * 60 * 1000000, &is_provisional) > from_us);
}

static const struct test tests[] = {
	{"each_row_by_itself", test_each_row_by_itself},
	{"every_complaint_finds_a_row", test_every_complaint_finds_a_row},
	{"a_repair_says_what_it_is_of", test_a_repair_says_what_it_is_of},
	{"everything_wrong_with_the_largest_set", test_everything_wrong_with_the_largest_set},
	{"the_longest_clock_ends", test_the_longest_clock_ends},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
