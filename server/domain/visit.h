/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a visit needs, by what the complaint is about: who may do it, which crews it is for, how long a
 * window it takes (visit.def); and the limits of a person's day. Pure.
 */
#pragma once

#include "common/base.h"

enum qualification {
	QUALIFICATION_NONE = 0, /* in the table alone */
#define QUALIFICATION(number, name, zh, en) QUALIFICATION_##name = (number),
#include "server/domain/qualification.def"
#undef QUALIFICATION
};

enum trade {
	TRADE_NONE = 0, /* in the table alone */
#define TRADE(number, name) TRADE_##name = (number),
#include "server/domain/visit.def"
#undef TRADE
};

/*
 * Service hours, minutes of the community's day (service standards §3.2): 08:30 to 20:30. The one place;
 * a setting of the community comes in by the parameters of visit_days (stmt.def).
 */
#define VISIT_OPEN_MINUTE (8 * 60 + 30)
#define VISIT_CLOSE_MINUTE (20 * 60 + 30)

/* Windows begin on this grid, counted from the opening: what people say to each other. */
#define VISIT_GRID_MINUTES 30
/* How far ahead windows are looked for. */
#define VISIT_DAYS_AHEAD 14

/*
 * How many orders one person may have that are dispatched and not done, where the crew has no number of
 * its own: service hours hold twelve hours, a visit with its way takes an hour and a half, so eight fill
 * a day. Who has more will not come today, and their owner had better hear it now.
 */
#define VISIT_ORDERS_MAX 8

struct visit_rule {
	uint32_t category; /* 0: of all others */
	enum qualification qualification;
	enum trade trade;
	int minutes;
};

extern const struct visit_rule visit_rules[];
extern const size_t visit_rule_count;

/* Of a category, its group, or all others; never NULL. */
const struct visit_rule *visit_rule_of(uint32_t category);

/* NULL for a number that is none. */
const char *qualification_name(int number);
