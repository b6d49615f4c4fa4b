/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves time as an office counts it (product.md row C8): by cases at the edges of hours, weeks, holidays and
 * years, and against a slow and obvious model that walks half hour by half hour, on 100,000 random calendars.
 */
#include "server/domain/calendar.h"

#include <string.h>

#include "common/clock.h"
#include "common/day.h"
#include "tests/check.h"

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct zone shanghai = {1, {{0, 8 * 3600}}};

/* 20261124 and 2030: that local moment in the zone, as UTC. */
static int64_t at_zone(const struct zone *zone, uint32_t date, int hhmm)
{
	int32_t day;
	bool is_day = day_from_number(date, &day);
	int64_t local_us;

	assert(is_day);
	local_us = day * DAY + hhmm / 100 * HOUR + hhmm % 100 * MINUTE;
	return local_us -
	       zone_offset_s(zone, local_us - zone_offset_s(zone, local_us) * US_PER_S) * US_PER_S;
}

static int64_t at(uint32_t date, int hhmm)
{
	return at_zone(&shanghai, date, hhmm);
}

static struct calendar_day day_of(uint32_t date, bool is_off)
{
	struct calendar_day out = {.is_off = is_off};
	bool is_day = day_from_number(date, &out.day);

	assert(is_day);
	return out;
}

#define KNOWN_2026 (UINT64_C(1) << 26)

static void test_cases(void)
{
	/* 2026-11-23 is a Monday. Thursday is off, the Saturday after it is worked. */
	const struct calendar_day days[] = {day_of(20261126, true), day_of(20261128, false)};
	const struct calendar calendar = {
		&shanghai, 8 * 60 + 30, 20 * 60 + 30, days, COUNT(days), KNOWN_2026};
	static const struct {
		enum calendar_kind kind;
		int minutes;
		uint32_t from_date;
		int from;
		uint32_t to_date;
		int to;
		bool is_provisional;
	} rows[] = {
		{CALENDAR_24X7, 15, 20261123, 2359, 20261124, 14, false},
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 900, 20261123, 915, false},
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 830, 20261123, 845, false},
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 300, 20261123, 845, false}, /* before opening */
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 2030, 20261124, 845, false},
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 2200, 20261124, 845, false},
		{CALENDAR_SERVICE_HOURS, 15, 20261123, 2020, 20261124, 835, false},
		{CALENDAR_SERVICE_HOURS, 10, 20261123, 2020, 20261123, 2030, false}, /* at closing */
		{CALENDAR_SERVICE_HOURS, 720, 20261123, 830, 20261123, 2030, false},
		{CALENDAR_SERVICE_HOURS, 721, 20261123, 830, 20261124, 831, false},
		{CALENDAR_SERVICE_HOURS, 720, 20261127, 1400, 20261128, 1400, false}, /* a weekend */
		{CALENDAR_SERVICE_HOURS, 60, 20261231, 2000, 20270101, 900, false},
		{CALENDAR_SERVICE_HOURS, 0, 20261123, 300, 20261123, 300, false},
		{CALENDAR_WORKING_DAYS, 60, 20261125, 2000, 20261127, 900, false}, /* Thursday is off */
		{CALENDAR_WORKING_DAYS, 60, 20261126, 1200, 20261127, 930, false},
		{CALENDAR_WORKING_DAYS, 60, 20261127, 2000, 20261128, 900, false}, /* worked */
		{CALENDAR_WORKING_DAYS, 60, 20261128, 2000, 20261130, 900, false},
		{CALENDAR_WORKING_DAYS, 60, 20261231, 2000, 20270101, 900, true}, /* nobody knows 2027 */
		{CALENDAR_WORKING_DAYS, 30, 20261231, 2000, 20261231, 2030, false},
		{CALENDAR_WORKING_DAYS, 1440, 20270108, 830, 20270111, 2030, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool is_provisional = false;
		int64_t from_us = at(rows[i].from_date, rows[i].from);
		int64_t to_us = calendar_after(
			&calendar, rows[i].kind, from_us, rows[i].minutes * MINUTE, &is_provisional);

		CHECK_INT_EQ(to_us, at(rows[i].to_date, rows[i].to));
		CHECK_INT_EQ(is_provisional, rows[i].is_provisional);
		CHECK_INT_EQ(
			calendar_between(&calendar, rows[i].kind, from_us, to_us), rows[i].minutes * MINUTE);
		if (check_failed()) {
			printf("# row %zu\n", i);
			return;
		}
	}
}

/* Europe/Berlin in 2026: the nights of March 29 and October 25. */
static void test_hours_follow_the_zone(void)
{
	static const struct zone berlin = {3, {{0, 3600}, {INT64_C(1774746000) * US_PER_S, 7200},
											  {INT64_C(1792890000) * US_PER_S, 3600}}};
	const struct calendar calendar = {&berlin, 9 * 60, 17 * 60, NULL, 0, KNOWN_2026};
	bool is_provisional = false;

	CHECK_INT_EQ(zone_offset_s(&berlin, INT64_MIN), 3600);
	CHECK_INT_EQ(calendar_after(&calendar, CALENDAR_SERVICE_HOURS, at_zone(&berlin, 20260328, 1600),
					 2 * HOUR, &is_provisional),
		at_zone(&berlin, 20260329, 1000));
	CHECK_INT_EQ(calendar_after(&calendar, CALENDAR_SERVICE_HOURS, at_zone(&berlin, 20261024, 1600),
					 2 * HOUR, &is_provisional),
		at_zone(&berlin, 20261025, 1000));
	CHECK_INT_EQ(at_zone(&berlin, 20260329, 1000) - at_zone(&berlin, 20260328, 1000), 23 * HOUR);
	CHECK_INT_EQ(zone_day(&berlin, at_zone(&berlin, 20260329, 0) - 1),
		zone_day(&berlin, at_zone(&berlin, 20260329, 0)) - 1);
}

static void test_which_hours_are_good(void)
{
	static const struct {
		int open, close;
		bool is_good;
	} rows[] = {{510, 1230, true}, {0, 1440, true}, {0, 60, true}, {0, 59, false}, {-1, 600, false},
		{600, 1441, false}, {600, 600, false}, {1230, 510, false}, {1380, 1440, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(calendar_hours_are_good(rows[i].open, rows[i].close), rows[i].is_good);
	}
}

/* --- the model --- */

#define STEP (30 * MINUTE)
#define ROUNDS 100000

#define DAYS 120
#define BEGIN_DAY 20440 /* 2025-12-18: the new year is always near */

static uint64_t dice_state = UINT64_C(0x9E3779B97F4A7C15);

/* xorshift64*; the same numbers in every run. */
static int dice(int below)
{
	dice_state ^= dice_state >> 12;
	dice_state ^= dice_state << 25;
	dice_state ^= dice_state >> 27;
	return (int)((dice_state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % (unsigned)below);
}

struct world {
	struct zone zone;
	struct calendar calendar;
	struct calendar_day days[DAYS];
	bool is_off[DAYS]; /* from BEGIN_DAY, weekends in it */
};

/* The clocks change at night, when hours begin at five or later, or not at all. */
static void make_zone(struct world *world)
{
	int32_t offset_s = (dice(53) - 24) * 1800;
	int64_t change_us = (BEGIN_DAY + 10 + dice(60)) * DAY + 3 * HOUR - offset_s * US_PER_S;

	world->zone = (struct zone){1, {{0, offset_s}}};
	if (dice(3) == 0) {
		world->zone.count = 2;
		world->zone.changes[1] =
			(struct zone_change){change_us, offset_s + (dice(2) == 0 ? 3600 : -3600)};
	}
}

static void make_days(struct world *world)
{
	int odds = 2 + dice(20);

	for (int i = 0; i < DAYS; i++) {
		world->is_off[i] = (BEGIN_DAY + i + 3) % 7 >= 5; /* 1970-01-01 was a Thursday */
		if (dice(odds) == 0) {
			world->is_off[i] = dice(2) == 0;
			world->days[world->calendar.day_count++] =
				(struct calendar_day){BEGIN_DAY + i, world->is_off[i]};
		}
	}
}

static void make_world(struct world *world)
{
	int open = 10 + dice(20);

	*world = (struct world){0};
	make_zone(world);
	world->calendar = (struct calendar){.zone = &world->zone,
		.open_min = open * 30,
		.close_min = (open + 2 + dice(47 - open)) * 30,
		.days = world->days,
		.known_years = (uint64_t)dice(4) << 25};
	make_days(world);
}

struct moment {
	int day, minute;
};

static struct moment local(const struct world *world, int64_t utc_us)
{
	const struct zone *zone = &world->zone;
	bool is_changed = zone->count == 2 && utc_us >= zone->changes[1].from_us;
	int64_t local_us = utc_us + zone->changes[is_changed].offset_s * US_PER_S;

	return (struct moment){(int)(local_us / DAY), (int)(local_us % DAY / MINUTE)};
}

/* Does the half hour that begins then count? */
static bool counts(const struct world *world, enum calendar_kind kind, int64_t utc_us)
{
	struct moment moment = local(world, utc_us);

	if (kind == CALENDAR_24X7) {
		return true;
	}
	if (kind == CALENDAR_WORKING_DAYS && world->is_off[moment.day - BEGIN_DAY]) {
		return false;
	}
	return moment.minute >= world->calendar.open_min && moment.minute < world->calendar.close_min;
}

/* 2026-01-01 is day 20454. */
static bool is_unknown(const struct world *world, int day)
{
	return (world->calendar.known_years >> (day < 20454 ? 25 : 26) & 1) == 0;
}

static int compared_count;

static void check_round(int round)
{
	struct world world;
	enum calendar_kind kind = (enum calendar_kind)(1 + dice(3));
	int64_t from_us = (BEGIN_DAY + 5 + dice(40)) * DAY + dice(48) * STEP;
	int64_t span_us = (1 + dice(40)) * STEP;
	int64_t left_us = span_us;
	int64_t to_us = from_us;
	bool is_unsure = false;
	bool is_provisional = false;

	make_world(&world);
	while (left_us > 0 && local(&world, to_us).day < BEGIN_DAY + DAYS - 1) {
		is_unsure = is_unsure ||
		            (kind == CALENDAR_WORKING_DAYS && is_unknown(&world, local(&world, to_us).day));
		left_us -= counts(&world, kind, to_us) ? STEP : 0;
		to_us += STEP;
	}
	if (left_us > 0) {
		return; /* it ends behind the days that were made */
	}
	CHECK_INT_EQ(calendar_after(&world.calendar, kind, from_us, span_us, &is_provisional), to_us);
	CHECK_INT_EQ(calendar_between(&world.calendar, kind, from_us, to_us), span_us);
	compared_count++;
	CHECK_INT_EQ(is_provisional, is_unsure);
	if (check_failed()) {
		printf("# round %d, kind %d\n", round, kind);
	}
}

static void test_random_calendars_agree_with_a_slow_model(void)
{
	for (int round = 0; round < ROUNDS && !check_failed(); round++) {
		check_round(round);
	}
	CHECK(compared_count > ROUNDS / 10 * 9);
}

static const struct test tests[] = {
	{"cases", test_cases},
	{"hours_follow_the_zone", test_hours_follow_the_zone},
	{"which_hours_are_good", test_which_hours_are_good},
	{"random_calendars_agree_with_a_slow_model", test_random_calendars_agree_with_a_slow_model},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
