/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/amount.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Appends a digit; false where that would be more than max. */
static bool push(uint64_t *amount, unsigned digit, uint64_t max)
{
	if (*amount > (max - digit) / 10) {
		return false;
	}
	*amount = *amount * 10 + digit;
	return true;
}

bool amount_parse(struct str text, unsigned decimals, uint64_t max, uint64_t *out)
{
	uint64_t amount = 0;
	unsigned seen = 0; /* digits behind the point */
	size_t point = text.len;

	assert(decimals <= AMOUNT_DECIMALS_MAX && max <= INT64_MAX && max >= 9);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '.' && point == text.len) {
			point = i;
			continue;
		}
		if (!is_digit(text.ptr[i]) || !push(&amount, (unsigned)(text.ptr[i] - '0'), max)) {
			return false;
		}
		seen += point < text.len ? 1 : 0;
		if (seen > decimals) {
			return false;
		}
	}
	if (point == 0 || point + 1 == text.len || text.len == 0) {
		return false;
	}
	for (; seen < decimals; seen++) {
		if (!push(&amount, 0, max)) {
			return false;
		}
	}
	*out = amount;
	return true;
}
