/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the list of holidays means to whoever looks after the installation: which clocks are provisional, and
 * whether the next year ought to be there by now.
 */
#pragma once

#include "common/arena.h"
#include "promise.pb-c.h"

/* The State Council announces the next year in November as a rule; from this day of December on it is missed. */
#define HOLIDAY_NEXT_MISSED_DAY 10

struct holiday_state {
	size_t year_count;
	uint64_t lack_count; /* complaints with a provisional clock */
	const char *lacks;   /* "花园小区 12 (2027)", commas between; in the arena */
	bool is_next_missing;
	uint32_t next_year;
};

struct holiday_state holiday_state_of(const Pb__HolidayListReply *reply, struct arena *arena);
