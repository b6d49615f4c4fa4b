/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds the check of holidays against the years as they were announced (product.md row C8):
 *
 *     GUANJIA_HOLIDAYS=FILE.json meson test -C build -v 'domain holiday report'
 *
 * FILE has by year a list of name, date (2026-10-01) and isOffDay. Without the setting it is
 * ../shared/data/cn_holidays_2023_2027.json, seen from the project's folder; where there is none the test is skipped.
 * Every year that has days must pass whole, and no day of it twice, turned, or of another year.
 */
#include "server/domain/holiday_check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/admin/day.h"
#include "common/day.h"
#include "tests/check.h"

static json_t *years;

struct year {
	struct holiday days[HOLIDAY_DAYS_MAX + 1];
	size_t count;
	struct holiday_problem problems[(HOLIDAY_DAYS_MAX + 1) * HOLIDAY_FIELD_COUNT];
};

static void read_year(const json_t *list, struct year *out)
{
	out->count = json_array_size(list);
	assert(out->count <= HOLIDAY_DAYS_MAX);
	for (size_t i = 0; i < out->count; i++) {
		const json_t *one = json_array_get(list, i);
		const char *date = json_string_value(json_object_get(one, "date"));
		const char *name = json_string_value(json_object_get(one, "name"));
		struct holiday *day = &out->days[i];
		uint32_t number = 0;

		*day = (struct holiday){.has_is_off = true,
			.is_off = json_is_true(json_object_get(one, "isOffDay")),
			.name = str_from_c(name == NULL ? "" : name)};
		day->is_day = date != NULL && day_parse(str_from_c(date), &number) &&
		              day_from_number(number, &day->day);
	}
}

/* A weekday that is off and would be worked, or nothing where it is a weekend's. */
static bool turns_bad(int year_number, struct year *year, size_t at)
{
	struct holiday kept = year->days[at];
	size_t count;

	year->days[at].is_off = !kept.is_off;
	count = holiday_check(year_number, year->days, year->count, year->problems);
	year->days[at] = kept;
	return count > 0;
}

static void check_year(int number, struct year *year)
{
	size_t turned = 0;

	CHECK_INT_EQ(holiday_check(number, year->days, year->count, year->problems), 0);
	CHECK(holiday_check(number + 1, year->days, year->count, year->problems) > 0);
	CHECK(holiday_check(number - 1, year->days, year->count, year->problems) > 0);
	for (size_t i = 0; i < year->count; i++) {
		turned += turns_bad(number, year, i);
	}
	printf("# %d: %zu days, %zu of them weekdays that are off\n", number, year->count, turned);
	CHECK(turned > 10);
	year->days[year->count] = year->days[0];
	if (year->count < HOLIDAY_DAYS_MAX) {
		CHECK_INT_EQ(holiday_check(number, year->days, year->count + 1, year->problems), 1);
	}
}

static void test_announced_years_pass(void)
{
	const char *key;
	json_t *list;
	size_t count = 0;

	json_object_foreach(years, key, list)
	{
		struct year year;

		read_year(list, &year);
		if (year.count > 0) {
			check_year((int)strtol(key, NULL, 10), &year);
			count++;
		}
	}
	CHECK(count > 0);
}

static const struct test tests[] = {
	{"announced_years_pass", test_announced_years_pass},
};

int main(int argc, char **argv)
{
	const char *path = getenv("GUANJIA_HOLIDAYS");
	int failed;

	path = path != NULL ? path : argc > 1 ? argv[1] : "";
	if (access(path, R_OK) != 0) {
		printf("1..0 # SKIP no holidays: GUANJIA_HOLIDAYS\n");
		return 0;
	}
	years = json_load_file(path, 0, NULL);
	assert(years != NULL);
	failed = check_main(tests, COUNT(tests));
	json_decref(years);
	return failed;
}
