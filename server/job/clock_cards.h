/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cards of one look of the clock job: read from rows, taken through events, alarms fired, and written by
 * one statement. Everything lives in the job's arena.
 */
#pragma once

#include "server/almanac.h"
#include "server/db/query.h"
#include "server/domain/clock.h"

struct clock_turn {
	int64_t turn;
	int64_t era;
	uint64_t xid;
	int64_t seq;
	int64_t reckoned; /* the almanac's version by which all that run were reckoned */
};

struct clock_held {
	struct uuid community_id;
	struct uuid complaint_id;
	struct clock_rules rules;
	struct clock_card card;
};

struct clock_alarmed {
	size_t held; /* whose */
	struct clock_alarm alarm;
};

struct clock_cards {
	const struct almanac *almanac;
	struct clock_turn turn; /* as it will be */
	struct clock_held *held;
	size_t held_count;
	size_t held_max;
	struct clock_alarmed *alarms;
	size_t alarm_count;
	bool is_behind; /* a community is not in the almanac yet: nothing is done, it is read first */
};

/* Room for so many cards; NULL where the arena failed. */
struct clock_cards *clock_cards_new(struct arena *arena, const struct almanac *almanac,
	const struct clock_turn *turn, size_t cards_max);

/* Rows of clock_events: cards begin, and go through their steps; the turn goes with them. */
void clock_cards_follow(struct clock_cards *cards, const struct query *events);

/* Rows of clock_due, and of clock_running, which are reckoned once more; those that stay as they are are let go. */
void clock_cards_look_up(struct clock_cards *cards, const struct query *due);
void clock_cards_reckon(struct clock_cards *cards, const struct query *running);

/* What has to be told by now, of all of them. */
void clock_cards_fire(struct clock_cards *cards, int64_t now_us);

/* The parameters of clock_write, guarded by the turn as it was read. */
void clock_cards_write(
	const struct clock_cards *cards, struct query *query, int64_t turn, int64_t now_us);
