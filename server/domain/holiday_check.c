/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/holiday_check.h"

#include "common/day.h"
#include "server/domain/calendar.h"
#include "server/domain/place.h"

#define DECEMBER 12

static bool is_of_year(int year, int32_t day)
{
	uint32_t number = day_number(day);
	int of_year = (int)(number / 10000);
	int month = (int)(number / 100 % 100);

	return of_year == year || (of_year == year - 1 && month == DECEMBER);
}

static bool came_before(const struct holiday *days, size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (days[i].is_day && days[i].day == days[row].day) {
			return true;
		}
	}
	return false;
}

static enum err day_fault(
	int year, const struct holiday *days, size_t row, const char **out_allowed)
{
	if (!days[row].is_day) {
		*out_allowed = "a day of the calendar, as 20261001";
		return ERR_FIELD_RANGE;
	}
	if (!is_of_year(year, days[row].day)) {
		*out_allowed = "a day of the year, or of the December before it";
		return ERR_FIELD_RANGE;
	}
	if (came_before(days, row)) {
		*out_allowed = "each day once";
		return ERR_NAME_TAKEN;
	}
	return ERR_OK;
}

/* A holiday takes in the weekend that it meets, so a day off may be any; a day that is worked may not. */
static enum err kind_fault(const struct holiday *one, const char **out_allowed)
{
	const struct calendar plain = {.day_count = 0};

	if (!one->has_is_off) {
		*out_allowed = "off or worked";
		return ERR_FIELD_MISSING;
	}
	if (one->is_day && !one->is_off && calendar_is_working(&plain, one->day)) {
		*out_allowed = "off: a day that makes up is a Saturday or Sunday";
		return ERR_FIELD_INVALID;
	}
	return ERR_OK;
}

static enum err name_fault(const struct holiday *one, const char **out_allowed)
{
	struct place_fault fault = place_name_fault(one->name);

	*out_allowed = fault.err == ERR_FIELD_INVALID ? fault.allowed : "1..64 characters";
	return one->name.len == 0 ? ERR_FIELD_MISSING : fault.err;
}

size_t holiday_check(
	int year, const struct holiday *days, size_t count, struct holiday_problem *out)
{
	size_t problem_count = 0;

	assert(count <= HOLIDAY_DAYS_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *allowed[HOLIDAY_FIELD_COUNT] = {NULL};
		enum err faults[HOLIDAY_FIELD_COUNT] = {
			[HOLIDAY_DAY] = day_fault(year, days, i, &allowed[HOLIDAY_DAY]),
			[HOLIDAY_IS_OFF] = kind_fault(&days[i], &allowed[HOLIDAY_IS_OFF]),
			[HOLIDAY_NAME] = name_fault(&days[i], &allowed[HOLIDAY_NAME]),
		};

		for (int field = 0; field < HOLIDAY_FIELD_COUNT; field++) {
			if (faults[field] != ERR_OK) {
				out[problem_count++] = (struct holiday_problem){
					i, (enum holiday_field)field, faults[field], allowed[field]};
			}
		}
	}
	return problem_count;
}
