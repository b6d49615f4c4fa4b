/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Months: what people may write, what they read, and which one it is where.
 */
#include "client/admin/month.h"

#include "tests/check.h"

#define NEW_YEAR INT64_C(1798732800000000) /* 2026-12-31T16:00Z: 2027 begins in Shanghai */

static void test_what_is_a_month(void)
{
	static const struct {
		const char *text;
		uint32_t number; /* 0: none */
	} rows[] = {
		{"2026-11", 202611},
		{"2026/11", 202611},
		{"202611", 202611},
		{"2026-01", 202601},
		{"2026-12", 202612},
		{"2026-13", 0},
		{"2026-00", 0},
		{"2026-1", 0},
		{"26-11", 0},
		{"2026-11-24", 0},
		{"20261124", 0},
		{"2026-11-", 0},
		{"20-2611", 0},
		{"2026 11", 0},
		{"", 0},
		{"-", 0},
		{"２０２６-11", 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t number = 0;

		CHECK_INT_EQ(month_parse(str_from_c(rows[i].text), &number), rows[i].number != 0);
		CHECK_INT_EQ(number, rows[i].number);
		if (check_failed()) {
			printf("# %s\n", rows[i].text);
			return;
		}
	}
}

static void test_months_are_of_a_zone(void)
{
	char text[MONTH_TEXT_MAX];

	CHECK_INT_EQ(month_of(NEW_YEAR, "Asia/Shanghai"), 202701);
	CHECK_INT_EQ(month_of(NEW_YEAR - 1, "Asia/Shanghai"), 202612);
	CHECK_INT_EQ(month_of(NEW_YEAR, "UTC"), 202612);
	CHECK_STR_EQ(month_format(202701, text), "2027-01");
	CHECK_STR_EQ(month_format(0, text), "");
}

static const struct test tests[] = {
	{"what_is_a_month", test_what_is_a_month},
	{"months_are_of_a_zone", test_months_are_of_a_zone},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
