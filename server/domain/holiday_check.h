/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole check of a year's holidays, pure. A year is announced as its days off, weekends among them where
 * they belong to a holiday, and the weekend's days that are worked to make up. The first days may be the last of
 * the December before: New Year's holiday begins there in some years.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

/* So that a year keeps most of its working days; the longest announced so far had under forty. */
#define HOLIDAY_DAYS_MAX 80

enum holiday_field { HOLIDAY_DAY, HOLIDAY_IS_OFF, HOLIDAY_NAME, HOLIDAY_FIELD_COUNT };

struct holiday {
	bool is_day; /* there is such a day */
	int32_t day; /* since 1970 */
	bool has_is_off;
	bool is_off;
	struct str name;
};

struct holiday_problem {
	size_t row; /* from 0 */
	enum holiday_field field;
	enum err err;
	const char *allowed; /* lives forever */
};

/*
 * By row, at most one a field of a row.
 *
 *   out      room for HOLIDAY_FIELD_COUNT of each row
 *   returns  how many
 */
size_t holiday_check(
	int year, const struct holiday *days, size_t count, struct holiday_problem *out);
