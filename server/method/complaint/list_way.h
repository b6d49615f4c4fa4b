/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways in which complaints are looked for, each with its statements of stmt_list.def, and which way a filter
 * goes: the first, in the order of list_way.c, whose condition it has, for that finds the fewest.
 */
#pragma once

#include "server/db/stmt.h"

struct listing;

enum list_way {
	LIST_WAY_TIME, /* all of the community */
	LIST_WAY_TEAM,
	LIST_WAY_TEAMS, /* several */
	LIST_WAY_CREWS,
	LIST_WAY_QUEUE,
	LIST_WAY_OPEN,
	LIST_WAY_WAITING,
	LIST_WAY_WORDS,
	LIST_WAY_WORDS_DUE, /* by clock */
	LIST_WAY_SHORT,     /* words that no index knows */
	LIST_WAY_SHORT_DUE,
	LIST_WAY_OPEN_DUE, /* by clock; from here on each knows both orders */
	LIST_WAY_NUMBER,
	LIST_WAY_PHONE,
	LIST_WAY_HANDLED,
	LIST_WAY_WORKER,
	LIST_WAY_JOINED,
	LIST_WAY_PLACE,
	LIST_WAY_DUE,
	LIST_WAY_ENDED,
	LIST_WAY_COUNT
};

struct list_way_row {
	enum stmt page;
	enum stmt back; /* the page before a row */
	enum stmt sum;
	enum stmt count; /* in no order: a sum without anchors */
};

extern const struct list_way_row list_way_rows[LIST_WAY_COUNT];

/* By the filter alone: LIST_WAY_TIME where it has no condition that few meet. */
enum list_way list_way_of(const struct listing *listing);
