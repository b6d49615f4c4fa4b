/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/calendar.h"

#include "common/clock.h"
#include "common/day.h"

#define US_PER_MIN (60 * US_PER_S)
#define US_PER_DAY (24 * 60 * US_PER_MIN)
#define DAYS_MAX 20000 /* fifty years: further than any span of a promise reaches */
#define THURSDAY 4     /* 1970-01-01, Monday being 1 */
#define SATURDAY 6

/* The part of a day that counts, in UTC; empty where nothing does. */
struct stretch {
	int64_t from_us;
	int64_t to_us;
};

bool calendar_hours_are_good(int open_min, int close_min)
{
	return open_min >= 0 && close_min <= SERVICE_MINUTES_MAX &&
	       close_min - open_min >= SERVICE_MINUTES_MIN;
}

int32_t zone_offset_s(const struct zone *zone, int64_t utc_us)
{
	size_t i = zone->count;

	assert(zone->count >= 1);
	while (i > 1 && zone->changes[i - 1].from_us > utc_us) {
		i--;
	}
	return zone->changes[i - 1].offset_s;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t zone_day(const struct zone *zone, int64_t utc_us)
{
	int64_t local_us = utc_us + zone_offset_s(zone, utc_us) * US_PER_S;

	return (int32_t)floor_div(local_us, US_PER_DAY);
}

/* The instant of a local time; of one that a change of the clocks leaves out or has twice, a near one. */
static int64_t to_utc(const struct zone *zone, int64_t local_us)
{
	int64_t guess_us = local_us - zone_offset_s(zone, local_us) * US_PER_S;

	return local_us - zone_offset_s(zone, guess_us) * US_PER_S;
}

static const struct calendar_day *find_day(const struct calendar *calendar, int32_t day)
{
	size_t low = 0;
	size_t high = calendar->day_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->days[middle].day < day) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < calendar->day_count && calendar->days[low].day == day ? &calendar->days[low]
	                                                                   : NULL;
}

static int weekday(int32_t day)
{
	return (int)(((day + THURSDAY - 1) % 7 + 7) % 7) + 1;
}

bool calendar_is_working(const struct calendar *calendar, int32_t day)
{
	const struct calendar_day *special = find_day(calendar, day);

	return special == NULL ? weekday(day) < SATURDAY : !special->is_off;
}

bool calendar_knows(const struct calendar *calendar, int32_t day)
{
	int year = (int)(day_number(day) / 10000) - CALENDAR_YEAR_FIRST;

	return year >= 0 && year < CALENDAR_YEAR_COUNT && (calendar->known_years >> year & 1) != 0;
}

static struct stretch stretch_of(
	const struct calendar *calendar, enum calendar_kind kind, int32_t day)
{
	int64_t midnight_us = day * US_PER_DAY;

	if (kind == CALENDAR_WORKING_DAYS && !calendar_is_working(calendar, day)) {
		return (struct stretch){0, 0};
	}
	return (struct stretch){to_utc(calendar->zone, midnight_us + calendar->open_min * US_PER_MIN),
		to_utc(calendar->zone, midnight_us + calendar->close_min * US_PER_MIN)};
}

static int64_t max_us(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t min_us(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t calendar_between(
	const struct calendar *calendar, enum calendar_kind kind, int64_t from_us, int64_t to_us)
{
	int64_t sum_us = 0;
	int32_t last;

	assert(from_us <= to_us);
	if (kind == CALENDAR_24X7) {
		return to_us - from_us;
	}
	last = zone_day(calendar->zone, to_us);
	for (int32_t day = zone_day(calendar->zone, from_us); day <= last; day++) {
		struct stretch stretch = stretch_of(calendar, kind, day);

		sum_us += max_us(0, min_us(to_us, stretch.to_us) - max_us(from_us, stretch.from_us));
	}
	return sum_us;
}

int64_t calendar_after(const struct calendar *calendar, enum calendar_kind kind, int64_t from_us,
	int64_t span_us, bool *is_provisional)
{
	int32_t first;

	assert(span_us >= 0);
	if (kind == CALENDAR_24X7 || span_us == 0) {
		return from_us + span_us;
	}
	first = zone_day(calendar->zone, from_us);
	for (int32_t day = first; day < first + DAYS_MAX; day++) {
		struct stretch stretch = stretch_of(calendar, kind, day);
		int64_t begin_us = max_us(from_us, stretch.from_us);

		if (kind == CALENDAR_WORKING_DAYS && !calendar_knows(calendar, day)) {
			*is_provisional = true;
		}
		if (stretch.to_us - begin_us >= span_us) {
			return begin_us + span_us;
		}
		span_us -= max_us(0, stretch.to_us - begin_us);
	}
	unreachable(); /* hours are an hour at least, and most weeks have a working day */
}
