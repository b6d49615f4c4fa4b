/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that each day of 1970..2099 has one number and each number at most one day: all are counted
 * through in both directions, and some are held against days that are known.
 */
#include "common/day.h"

#include "tests/check.h"

static void test_known_days_have_their_counts(void)
{
	static const struct {
		uint32_t number;
		int32_t day;
	} rows[] = {
		{19700101, 0},
		{19700131, 30},
		{19700201, 31},
		{20000229, 11016},
		{20000301, 11017},
		{20261124, 20781},
		{20991231, 47481},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int32_t day = -1;

		CHECK(day_from_number(rows[i].number, &day));
		CHECK_INT_EQ(day, rows[i].day);
		CHECK_INT_EQ(day_number(rows[i].day), rows[i].number);
	}
}

static void test_every_number_is_a_day_or_none(void)
{
	int32_t next = 0;

	for (uint32_t number = 19690000; number < 21010000; number++) {
		int32_t day = -1;

		if (!day_from_number(number, &day)) {
			CHECK_INT_EQ(day, -1);
			continue;
		}
		CHECK_INT_EQ(day, next);
		CHECK_INT_EQ(day_number(day), number);
		next++;
	}
	CHECK_INT_EQ(next, 47482);
	CHECK_INT_EQ(day_number(-1), 19691231); /* of somewhere west of UTC, and only this way */
	CHECK_INT_EQ(day_number(-365), 19690101);
}

static void test_what_is_no_day_is_refused(void)
{
	static const uint32_t numbers[] = {0, 1, 20260229, 21000101, 19691231, 20261301, 20260001,
		20260100, 20260431, 21000229, 2026112, 202611240, UINT32_MAX};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		int32_t day = -1;

		CHECK(!day_from_number(numbers[i], &day));
		CHECK_INT_EQ(day, -1);
	}
}

static const struct test tests[] = {
	{"known_days_have_their_counts", test_known_days_have_their_counts},
	{"every_number_is_a_day_or_none", test_every_number_is_a_day_or_none},
	{"what_is_no_day_is_refused", test_what_is_no_day_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
