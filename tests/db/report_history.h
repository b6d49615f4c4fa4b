/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories of complaints drawn from a seed, as data and in the database: steps at random moments by random people, the
 * clocks that the domain keeps of them, the alarms that the job would leave, at times late. Nobody's rights are asked:
 * what a report makes of a history must be right for every one that the tables can hold.
 */
#pragma once

#include <libpq-fe.h>

#include "server/domain/access.h"
#include "server/domain/clock.h"

#define HISTORY_EVENTS_MAX 400
#define HISTORY_ACCOUNT_FIRST 3 /* 1 and 2 are the town's own */
#define HISTORY_ACCOUNT_LAST 14
#define HISTORY_DAY (INT64_C(24) * 3600 * 1000000)

struct history_event {
	int64_t at_us;
	int step, from, to;
	uint32_t account, grant; /* 0: the server's own */
	uint32_t team, crew;     /* of the complaint behind it; 0: none */
	int reason, score, clock, percent;
};

struct history {
	uint32_t n; /* of its record */
	int kind, subkind, category, lead;
	uint32_t respondent; /* 0: nobody; 1: who asks */
	uint32_t team, crew, worker;
	int64_t submitted_us;
	struct complaint_record record;
	struct clock_card card;
	size_t count;
	struct history_event events[HISTORY_EVENTS_MAX];
};

/* One in seven is a repeat: of itself, which is all that its row can name. */
static inline bool history_is_repeat(const struct history *history)
{
	return history->n % 7 == 0;
}

struct history_grant {
	uint32_t account;
	int role;
	uint32_t team, crew; /* of community 1; 0: not of one */
	int64_t from_us, to_us;
};

/* By number - 1; every step is by one of these. */
extern const struct history_grant history_grants[];
extern const size_t history_grant_count;

/* Teams 3 and 4, the people and their grants, beside what town_build makes. */
void history_people(PGconn *super);

/* The same for the same seed and number. All of it lies before TOWN_NOW. */
void history_draw(struct history *history, uint64_t seed, uint32_t n);
void history_write(PGconn *super, const struct history *history);
