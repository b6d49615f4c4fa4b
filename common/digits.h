/* SPDX-License-Identifier: Apache-2.0 */
/* A number's decimal digits, for texts of which a request makes hundreds: printf costs four times as many instructions. */
#pragma once

#include <stdint.h>

/* Writes before `end`, from the last digit to the first, at least `len` of them; returns where they begin. */
static inline char *put_digits(char *end, uint64_t value, int len)
{
	for (; value > 0 || len > 0; len--) {
		*--end = (char)('0' + value % 10);
		value /= 10;
	}
	return end;
}
