/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the check of a year's holidays: a table of years, each with everything that is wrong with it. 2026-10-01
 * is a Thursday, 2026-10-03 a Saturday.
 */
#include "server/domain/holiday_check.h"

#include <stdio.h>
#include <string.h>

#include "common/day.h"
#include "tests/check.h"

#define DAYS_MAX 4

struct day_case {
	uint32_t number;
	char kind; /* o off, w worked, or nothing */
	const char *name;
};

static const struct year_case {
	const char *what;
	struct day_case days[DAYS_MAX];
	const char *problems; /* "row field error", with ; between */
} cases[] = {
	{"a holiday with its make-up day", {{20261001, 'o', "国庆节"}, {20261010, 'w', "国庆节"}}, ""},
	{"a weekend's day that is off with it", {{20261002, 'o', "国庆节"}, {20261003, 'o', "国庆节"}},
		""},
	{"the last of the December before", {{20251231, 'o', "元旦"}, {20260101, 'o', "元旦"}}, ""},
	{"the last and the first", {{20260101, 'o', "元旦"}, {20261231, 'o', "元旦"}}, ""},
	{"the leap day of a year without", {{20260229, 'o', "节"}}, "0 day FIELD_RANGE"},
	{"no day at all", {{1, 'o', "节"}}, "0 day FIELD_RANGE"},
	{"a day of the year after", {{20270101, 'o', "元旦"}}, "0 day FIELD_RANGE"},
	{"a day of the November before", {{20251130, 'o', "节"}}, "0 day FIELD_RANGE"},
	{"twice", {{20261001, 'o', "国庆节"}, {20261001, 'w', "国庆节"}},
		"1 day NAME_TAKEN; 1 is_off FIELD_INVALID"},
	{"a weekday that makes up", {{20261008, 'w', "国庆节"}}, "0 is_off FIELD_INVALID"},
	{"a Sunday that makes up", {{20261011, 'w', "国庆节"}}, ""},
	{"a Friday that makes up", {{20261009, 'w', "国庆节"}}, "0 is_off FIELD_INVALID"},
	{"neither off nor worked", {{20261001, 0, "国庆节"}}, "0 is_off FIELD_MISSING"},
	{"no name", {{20261001, 'o', ""}}, "0 name FIELD_MISSING"},
	{"a break in the name", {{20261001, 'o', "国庆\n节"}}, "0 name FIELD_INVALID"},
	{"a long name",
		{{20261001, 'o',
			"1234567890123456789012345678901234567890123456789012345678901234"
			"节"}},
		"0 name FIELD_LENGTH"},
	{"all at once", {{20261301, 0, ""}, {20261001, 'o', "国庆节"}},
		"0 day FIELD_RANGE; 0 is_off FIELD_MISSING; 0 name FIELD_MISSING"},
};

static void check_case(const struct year_case *one)
{
	static const char *const fields[] = {"day", "is_off", "name"};
	struct holiday days[DAYS_MAX];
	struct holiday_problem problems[DAYS_MAX * HOLIDAY_FIELD_COUNT];
	char text[256] = "";
	size_t count = 0;
	size_t problem_count;

	while (count < DAYS_MAX && one->days[count].number != 0) {
		const struct day_case *day = &one->days[count];

		days[count] = (struct holiday){.has_is_off = day->kind != 0,
			.is_off = day->kind == 'o',
			.name = str_from_c(day->name)};
		days[count].is_day = day_from_number(day->number, &days[count].day);
		count++;
	}
	problem_count = holiday_check(2026, days, count, problems);
	for (size_t i = 0; i < problem_count; i++) {
		size_t len = strlen(text);

		CHECK(problems[i].allowed != NULL);
		(void)snprintf(text + len, sizeof text - len, "%s%zu %s %s", len == 0 ? "" : "; ",
			problems[i].row, fields[problems[i].field], err_name(problems[i].err));
	}
	CHECK_STR_EQ(str_from_c(text), one->problems);
}

static void test_years_and_what_is_wrong_with_them(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i]);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"years_and_what_is_wrong_with_them", test_years_and_what_is_wrong_with_them},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
