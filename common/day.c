/* SPDX-License-Identifier: Apache-2.0 */
#include "common/day.h"

#define YEAR_FIRST 1970
#define YEAR_END 2100

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

uint32_t day_number(int32_t day)
{
	int year = YEAR_FIRST;
	int month = 1;

	assert(day >= 0);
	while (day >= days_of_year(year)) {
		day -= days_of_year(year);
		year++;
	}
	assert(year < YEAR_END);
	while (day >= days_of_month(year, month)) {
		day -= days_of_month(year, month);
		month++;
	}
	return (uint32_t)(year * 10000 + month * 100 + day + 1);
}
