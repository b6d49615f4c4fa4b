/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions: what people may carry from one run to the next, and that it comes back as it was.
 */
#include "client/admin/position.h"

#include <string.h>

#include "tests/check.h"

static void test_what_is_a_position(void)
{
	static const struct {
		const char *text;
		bool is_one;
	} rows[] = {
		{"4294967297.1234.56", true},
		{"1.0.0", true},
		{"9223372036854775807.9223372036854775807.9223372036854775807", true},
		{"9223372036854775808.1.1", false},
		{"1.2", false},
		{"1.2.3.4", false},
		{"1.2.3.", false},
		{"1.2.", false},
		{"1..3", false},
		{".1.2", false},
		{"1.2.-3", false},
		{"+1.2.3", false},
		{" 1.2.3", false},
		{"1. 2.3", false},
		{"1.2.3 ", false},
		{"1,2,3", false},
		{"0x1.2.3", false},
		{"a.b.c", false},
		{"", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct position position = {7, 7, 7};
		char text[POSITION_TEXT_MAX];

		CHECK_INT_EQ(position_parse(rows[i].text, &position), rows[i].is_one);
		if (rows[i].is_one) {
			CHECK_STR_EQ(position_format(&position, text), rows[i].text);
		} else {
			CHECK(position.era == 7 && position.xid == 7 && position.seq == 7);
		}
	}
}

static const struct test tests[] = {
	{"what_is_a_position", test_what_is_a_position},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
