/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clocks are reckoned by, as the database had it in one moment: every set of promises that was approved,
 * holidays, and of each community its zone and service hours. Made of rows, never changed; whoever finds
 * that clock_turn.almanac has risen makes a new one.
 */
#pragma once

#include "common/arena.h"
#include "common/uuid.h"
#include "server/db/query.h"
#include "server/domain/clock.h"

/* Queries in this order, of which the last has two times: from when to when zones are to be known. */
enum almanac_query {
	ALMANAC_PROMISES,
	ALMANAC_YEARS,
	ALMANAC_DAYS,
	ALMANAC_COMMUNITIES,
	ALMANAC_ZONES,
	ALMANAC_QUERY_COUNT
};

#define ALMANAC_SET_ROWS_MAX 64

struct almanac_promise {
	struct promise promise;
	int32_t valid_from; /* of its set: a day of the community */
};

struct almanac_community {
	struct uuid community_id;
	struct calendar calendar;
};

struct almanac {
	struct arena arena;
	int64_t version;                  /* of clock_turn; 0: none was made yet */
	int64_t stale_us;                 /* from then on zones are asked for anew */
	struct almanac_promise *promises; /* by set's day, set, row */
	size_t promise_count;
	struct calendar_day *days;
	size_t day_count;
	uint64_t known_years;
	struct almanac_community *communities; /* by id */
	size_t community_count;
};

/* The queries, in the arena's memory. */
void almanac_ask(struct query queries[ALMANAC_QUERY_COUNT], struct arena *arena, int64_t now_us);

/*
 * In place of what was there.
 *
 *   returns  false  memory is out: what was there stays
 */
bool almanac_take(struct almanac *almanac, const struct query queries[ALMANAC_QUERY_COUNT],
	int64_t version, int64_t now_us);

void almanac_fini(struct almanac *almanac);

/* NULL: no such community, or one that came later. */
const struct calendar *almanac_calendar(const struct almanac *almanac, struct uuid community_id);

/* The row of a set that a card names; NULL: none. */
const struct promise *almanac_promise(
	const struct almanac *almanac, int32_t set_no, int32_t row_no);

/* For a new complaint of that day: by the set that is in force then. NULL: nothing is promised. */
const struct promise *almanac_match(
	const struct almanac *almanac, int32_t day, int kind, int subkind, int channel);
