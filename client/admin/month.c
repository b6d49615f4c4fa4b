/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/month.h"

#include <stdio.h>
#include <string.h>

#include "client/admin/when.h"

#define YEAR_LEN 4
#define DIGITS 6

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool month_parse(struct str text, uint32_t *out_number)
{
	uint32_t number = 0;
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (i == YEAR_LEN && (c == '-' || c == '/')) {
			continue;
		}
		if (!is_digit(c) || digits == DIGITS) {
			return false;
		}
		number = number * 10 + (uint32_t)(c - '0');
		digits++;
	}
	if (digits != DIGITS || number % 100 < 1 || number % 100 > 12) {
		return false;
	}
	*out_number = number;
	return true;
}

const char *month_format(uint32_t number, char out[MONTH_TEXT_MAX])
{
	out[0] = '\0';
	if (number != 0) {
		(void)snprintf(out, MONTH_TEXT_MAX, "%04u-%02u", (unsigned)(number / 100 % 10000),
			(unsigned)(number % 100));
	}
	return out;
}

uint32_t month_of(int64_t us, const char *zone)
{
	char text[WHEN_TEXT_MAX];
	uint32_t month = 0;
	bool is_month;

	when_format(us, zone, text); /* 2026-11-24 10:00 */
	is_month = month_parse(str_of(text, strlen("2026-11")), &month);
	assert(is_month);
	return month;
}
