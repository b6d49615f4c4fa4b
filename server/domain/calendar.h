/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time as an office counts it, pure: every hour, a community's service hours on every day of the year, or
 * those of its working days. Source: service standards §3.2.
 *
 * Instants are UTC microseconds; days and hours are the community's, by the offsets of its zone. Days that
 * are no working days, and weekends that are, come from the calendar of holidays; of a year that it lacks
 * the plain week is taken, and the answer is provisional.
 */
#pragma once

#include "common/base.h"

#define ZONE_CHANGES_MAX 32
#define CALENDAR_YEAR_FIRST 2000
#define CALENDAR_YEAR_COUNT 64

/* The least of a day in minutes that service hours may have, so that no clock runs for years. */
#define SERVICE_MINUTES_MIN 60
#define SERVICE_MINUTES_MAX 1440

enum calendar_kind {
#define CALENDAR(number, name, words) CALENDAR_##name = (number),
#include "server/domain/clock.def"
#undef CALENDAR
};

/* What is added to UTC from an instant on. */
struct zone_change {
	int64_t from_us;
	int32_t offset_s;
};

/* At least one change, rising; the first holds before it too. */
struct zone {
	size_t count;
	struct zone_change changes[ZONE_CHANGES_MAX];
};

/* A day unlike its weekday: off from Monday to Friday, or on at a weekend. Days count from 1970-01-01. */
struct calendar_day {
	int32_t day;
	bool is_off;
};

struct calendar {
	const struct zone *zone;
	int open_min; /* of the day, in the community's time */
	int close_min;
	const struct calendar_day *days; /* rising */
	size_t day_count;
	uint64_t known_years; /* bit 0: CALENDAR_YEAR_FIRST */
};

/* Are these hours that service can have? Minutes of the day, at least an hour apart. */
bool calendar_hours_are_good(int open_min, int close_min);

int32_t zone_offset_s(const struct zone *zone, int64_t utc_us);
/* The community's day at this instant. */
int32_t zone_day(const struct zone *zone, int64_t utc_us);

bool calendar_is_working(const struct calendar *calendar, int32_t day);
bool calendar_knows(const struct calendar *calendar, int32_t day);

/* Microseconds that count between two instants, from ≤ to. */
int64_t calendar_between(
	const struct calendar *calendar, enum calendar_kind kind, int64_t from_us, int64_t to_us);

/*
 * The first instant when so much that counts has passed since `from_us`: at closing time where that is
 * the end of it, not at the next opening.
 *
 *   is_provisional  set where a day was needed that the calendar does not know; never cleared
 */
int64_t calendar_after(const struct calendar *calendar, enum calendar_kind kind, int64_t from_us,
	int64_t span_us, bool *is_provisional);
