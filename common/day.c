/* SPDX-License-Identifier: Apache-2.0 */
#include "common/day.h"

#define YEAR_FIRST 1970
#define YEAR_END 2100
#define DAYS_OF_ERA 146097      /* 400 years */
#define DAYS_BEFORE_1970 719468 /* since 0000-03-01 */
#define DAY_FIRST (-365)        /* 1969-01-01: somewhere it is the day before the first */
#define DAY_END 47482           /* 2100-01-01 */

static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
	assert(month >= 1 && month <= 12);
	return month_days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static int days_of_year(int year)
{
	return is_leap(year) ? 366 : 365;
}

bool day_from_number(uint32_t number, int32_t *out_day)
{
	int year = (int)(number / 10000);
	int month = (int)(number / 100 % 100);
	int day = (int)(number % 100);
	int32_t count = 0;

	if (year < YEAR_FIRST || year >= YEAR_END || month < 1 || month > 12 || day < 1 ||
		day > days_of_month(year, month)) {
		return false;
	}
	for (int i = YEAR_FIRST; i < year; i++) {
		count += days_of_year(i);
	}
	for (int i = 1; i < month; i++) {
		count += days_of_month(year, i);
	}
	*out_day = count + day - 1;
	return true;
}

/*
 * Without a loop, since lists ask for many: years begin in March here, so that the leap day is the last one,
 * and 400 of them are always as long. The arithmetic is Howard Hinnant's "chrono-Compatible Low-Level Date
 * Algorithms", civil_from_days.
 */
uint32_t day_number(int32_t day)
{
	uint32_t since_march_0, of_era, year_of_era, of_year, month_of_year, year;

	assert(day >= DAY_FIRST && day < DAY_END);
	since_march_0 = (uint32_t)(day + DAYS_BEFORE_1970);
	of_era = since_march_0 % DAYS_OF_ERA;
	year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month_of_year = (5 * of_year + 2) / 153; /* 0 is March */
	year = since_march_0 / DAYS_OF_ERA * 400 + year_of_era + (month_of_year >= 10);
	return year * 10000 + (month_of_year < 10 ? month_of_year + 3 : month_of_year - 9) * 100 +
	       of_year - (153 * month_of_year + 2) / 5 + 1;
}
