/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that digits are printf's: of every number at an edge, with none and with more digits asked for than it has.
 */
#include "common/digits.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/check.h"

#define LEN_MAX 20 /* of a uint64 */

static void check_digits(uint64_t value, int len)
{
	char wanted[LEN_MAX + 1];
	char text[LEN_MAX + 1];
	char *begin;

	text[LEN_MAX] = '\0';
	begin = put_digits(text + LEN_MAX, value, len);
	(void)snprintf(wanted, sizeof wanted, "%0*" PRIu64, len, value);
	CHECK_STR_EQ(begin, wanted);
}

static void test_digits_are_printf_s(void)
{
	check_digits(UINT64_MAX, 1);
	check_digits(UINT64_MAX, LEN_MAX);
	check_digits((uint64_t)INT64_MAX + 1, 1);
	check_digits(0, 1);
	check_digits(0, 4);
	for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10) {
		for (int len = 1; len <= 8; len++) {
			check_digits(power - 1, len);
			check_digits(power, len);
		}
	}
}

static void test_nothing_of_which_none_are_asked_is_nothing(void)
{
	char text[1];

	CHECK(put_digits(text + 1, 0, 0) == text + 1);
}

static const struct test tests[] = {
	{"digits_are_printf_s", test_digits_are_printf_s},
	{"nothing_of_which_none_are_asked_is_nothing", test_nothing_of_which_none_are_asked_is_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
