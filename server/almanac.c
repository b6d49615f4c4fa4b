/* SPDX-License-Identifier: Apache-2.0 */
#include "server/almanac.h"

#include <string.h>

#include "common/clock.h"
#include "common/day.h"

#define ALMANAC_BYTES_MAX (16 * 1024 * 1024)
#define DAY_US (24 * 3600 * US_PER_S)
#define ZONE_PAST_US (400 * DAY_US) /* clocks of what rests long began then */
#define ZONE_FRESH_US (30 * DAY_US)
#define ZONE_FUTURE_US \
	(400 * DAY_US) /* further than most clocks reach; behind it the last offset holds */

enum {
	PROMISE_SET,
	PROMISE_ROW,
	PROMISE_FROM,
	PROMISE_KIND,
	PROMISE_SUBKIND,
	PROMISE_CHANNEL,
	PROMISE_URGENCY,
	PROMISE_CALENDAR,
	PROMISE_TERMS,
	PROMISE_MINUTES
};
enum { COMMUNITY_ID, COMMUNITY_ZONE, COMMUNITY_OPEN, COMMUNITY_CLOSE };
enum { ZONE_NAME, ZONE_AT, ZONE_SECONDS };

void almanac_ask(struct query queries[ALMANAC_QUERY_COUNT], struct arena *arena, int64_t now_us)
{
	static const enum stmt stmts[ALMANAC_QUERY_COUNT] = {
		[ALMANAC_PROMISES] = STMT_almanac_promises,
		[ALMANAC_YEARS] = STMT_almanac_years,
		[ALMANAC_DAYS] = STMT_almanac_days,
		[ALMANAC_COMMUNITIES] = STMT_almanac_communities,
		[ALMANAC_ZONES] = STMT_almanac_zones,
	};

	for (size_t i = 0; i < ALMANAC_QUERY_COUNT; i++) {
		query_init(&queries[i], stmts[i], arena);
	}
	query_time(&queries[ALMANAC_ZONES], now_us - ZONE_PAST_US);
	query_time(&queries[ALMANAC_ZONES], now_us + ZONE_FUTURE_US);
}

static struct promise_clock promise_clock(int term, int64_t minutes)
{
	static const enum promise_term terms[] = {
		TERM_NONE, TERM_MINUTES, TERM_APPOINTMENT, TERM_DEADLINE};

	assert(term >= 0 && term < (int)COUNT(terms));
	return (struct promise_clock){terms[term], (int32_t)minutes};
}

static void read_promise(const struct query *query, size_t row, struct almanac_promise *out)
{
	int terms[CLOCK_COUNT] = {0};
	int64_t minutes[CLOCK_COUNT] = {0};

	(void)row_int2s(query, row, PROMISE_TERMS, terms, CLOCK_COUNT);
	(void)row_int8s(query, row, PROMISE_MINUTES, minutes, CLOCK_COUNT);
	*out = (struct almanac_promise){
		.promise = {.set_no = row_int4(query, row, PROMISE_SET),
			.row_no = row_int4(query, row, PROMISE_ROW),
			.kind = row_int2(query, row, PROMISE_KIND),
			.subkind = row_int2(query, row, PROMISE_SUBKIND),
			.channel = row_int2(query, row, PROMISE_CHANNEL),
			.urgency = row_int2(query, row, PROMISE_URGENCY),
			.calendar = (enum calendar_kind)row_int2(query, row, PROMISE_CALENDAR)},
		.valid_from = row_day(query, row, PROMISE_FROM)};
	for (size_t i = 0; i < CLOCK_COUNT; i++) {
		out->promise.clocks[i] = promise_clock(terms[i], minutes[i]);
	}
}

static void read_promises(struct almanac *almanac, const struct query *query)
{
	size_t count = query_rows(query);

	almanac->promises = arena_alloc(&almanac->arena, count * sizeof *almanac->promises);
	for (size_t i = 0; almanac->promises != NULL && i < count; i++) {
		read_promise(query, i, &almanac->promises[i]);
		almanac->promise_count = i + 1;
	}
}

static void read_days(struct almanac *almanac, const struct query *years, const struct query *days)
{
	size_t count = query_rows(days);

	for (size_t i = 0; i < query_rows(years); i++) {
		almanac->known_years |= UINT64_C(1) << (row_int2(years, i, 0) - CALENDAR_YEAR_FIRST);
	}
	almanac->days = arena_alloc(&almanac->arena, count * sizeof *almanac->days);
	for (size_t i = 0; almanac->days != NULL && i < count; i++) {
		almanac->days[i] = (struct calendar_day){row_day(days, i, 0), row_bool(days, i, 1)};
		almanac->day_count = i + 1;
	}
}

/* Of the rows with this name; one that has more changes than there is room for keeps the last ones. */
static const struct zone *read_zone(
	struct almanac *almanac, const struct query *zones, struct str name)
{
	struct zone *zone = arena_new(&almanac->arena, struct zone);

	for (size_t i = 0; zone != NULL && i < query_rows(zones); i++) {
		if (!str_equal(row_text(zones, i, ZONE_NAME), name)) {
			continue;
		}
		if (zone->count == ZONE_CHANGES_MAX) {
			memmove(&zone->changes[0], &zone->changes[1],
				(ZONE_CHANGES_MAX - 1) * sizeof zone->changes[0]);
			zone->count--;
		}
		zone->changes[zone->count++] =
			(struct zone_change){row_time(zones, i, ZONE_AT), row_int4(zones, i, ZONE_SECONDS)};
	}
	return zone;
}

/* Communities of one zone share it. */
static const struct zone *find_zone(
	struct almanac *almanac, const struct query *communities, size_t row, const struct query *zones)
{
	struct str name = row_text(communities, row, COMMUNITY_ZONE);

	for (size_t i = 0; i < row; i++) {
		if (str_equal(row_text(communities, i, COMMUNITY_ZONE), name)) {
			return almanac->communities[i].calendar.zone;
		}
	}
	return read_zone(almanac, zones, name);
}

/* A community that was made between two of the queries has no zone yet: it is of the next almanac. */
static void read_communities(
	struct almanac *almanac, const struct query *query, const struct query *zones)
{
	size_t count = query_rows(query);

	almanac->communities = arena_alloc(&almanac->arena, count * sizeof *almanac->communities);
	for (size_t i = 0; almanac->communities != NULL && i < count; i++) {
		const struct zone *zone = find_zone(almanac, query, i, zones);

		if (zone == NULL || zone->count == 0) {
			return;
		}
		almanac->communities[i] =
			(struct almanac_community){.community_id = row_uuid(query, i, COMMUNITY_ID),
				.calendar = {.zone = zone,
					.open_min = row_int2(query, i, COMMUNITY_OPEN),
					.close_min = row_int2(query, i, COMMUNITY_CLOSE),
					.days = almanac->days,
					.day_count = almanac->day_count,
					.known_years = almanac->known_years}};
		almanac->community_count = i + 1;
	}
}

bool almanac_take(struct almanac *almanac, const struct query queries[ALMANAC_QUERY_COUNT],
	int64_t version, int64_t now_us)
{
	struct almanac fresh = {.version = version, .stale_us = now_us + ZONE_FRESH_US};

	arena_init(&fresh.arena, ALMANAC_BYTES_MAX);
	read_promises(&fresh, &queries[ALMANAC_PROMISES]);
	read_days(&fresh, &queries[ALMANAC_YEARS], &queries[ALMANAC_DAYS]);
	read_communities(&fresh, &queries[ALMANAC_COMMUNITIES], &queries[ALMANAC_ZONES]);
	if (fresh.arena.failed) {
		arena_fini(&fresh.arena);
		return false;
	}
	almanac_fini(almanac);
	*almanac = fresh;
	return true;
}

void almanac_fini(struct almanac *almanac)
{
	arena_fini(&almanac->arena);
	*almanac = (struct almanac){.version = 0};
}

const struct calendar *almanac_calendar(const struct almanac *almanac, struct uuid community_id)
{
	size_t low = 0;
	size_t high = almanac->community_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order =
			memcmp(almanac->communities[middle].community_id.bytes, community_id.bytes, UUID_BYTES);

		if (order == 0) {
			return &almanac->communities[middle].calendar;
		}
		low = order < 0 ? middle + 1 : low;
		high = order < 0 ? high : middle;
	}
	return NULL;
}

const struct promise *almanac_promise(const struct almanac *almanac, int32_t set_no, int32_t row_no)
{
	for (size_t i = 0; i < almanac->promise_count; i++) {
		const struct promise *promise = &almanac->promises[i].promise;

		if (promise->set_no == set_no && promise->row_no == row_no) {
			return promise;
		}
	}
	return NULL;
}

const struct promise *almanac_match(
	const struct almanac *almanac, int32_t day, int kind, int subkind, int channel)
{
	struct promise rows[ALMANAC_SET_ROWS_MAX];
	size_t count = 0;
	const struct promise *found;

	for (size_t i = 0; i < almanac->promise_count; i++) {
		const struct almanac_promise *row = &almanac->promises[i];

		if (row->valid_from > day) {
			break;
		}
		count = count > 0 && rows[0].set_no != row->promise.set_no ? 0 : count; /* a later set */
		if (count < ALMANAC_SET_ROWS_MAX) {
			rows[count++] = row->promise;
		}
	}
	found = promise_match(rows, count, kind, subkind, channel);
	return found == NULL ? NULL : almanac_promise(almanac, found->set_no, found->row_no);
}
