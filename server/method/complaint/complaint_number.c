/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_number.h"

#include <string.h>

#include "common/day.h"
#include "common/digits.h"

#define DAY_LEN 8
#define DAY_NO_LEN_MIN 4

/* By hand: a list makes one for each of its rows. */
char *complaint_number(struct arena *arena, int32_t day, int32_t day_no)
{
	char text[COMPLAINT_NUMBER_BYTES];
	char *end = text + sizeof text;
	char *begin;

	assert(day_no > 0);
	begin = put_digits(end, (uint32_t)day_no, DAY_NO_LEN_MIN);
	*--begin = '-';
	begin = put_digits(begin, day_number(day), DAY_LEN);
	assert(begin >= text);
	return arena_c_string(arena, str_of(begin, (size_t)(end - begin)));
}

static int digits(struct str text)
{
	int value = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || value > 100000000) {
			return -1;
		}
		value = value * 10 + (text.ptr[i] - '0');
	}
	return text.len == 0 ? -1 : value;
}

bool complaint_number_read(struct str number, struct str *out_day, int32_t *out_day_no)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, day_no;

	if (number.len < DAY_LEN + 2 || number.ptr[DAY_LEN] != '-') {
		return false;
	}
	year = digits(str_of(number.ptr, 4));
	month = digits(str_of(number.ptr + 4, 2));
	day = digits(str_of(number.ptr + 6, 2));
	day_no = digits(str_of(number.ptr + DAY_LEN + 1, number.len - DAY_LEN - 1));
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days[month - 1] ||
		(month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))) ||
		day_no < 1) {
		return false;
	}
	*out_day = str_of(number.ptr, DAY_LEN);
	*out_day_no = day_no;
	return true;
}
