/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/position.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBERS 3

const char *position_format(const struct position *position, char out[POSITION_TEXT_MAX])
{
	(void)snprintf(out, POSITION_TEXT_MAX, "%" PRIu64 ".%" PRIu64 ".%" PRId64, position->era,
		position->xid, position->seq);
	return out;
}

bool position_parse(const char *text, struct position *out)
{
	long long numbers[NUMBERS];

	for (size_t i = 0; i < NUMBERS; i++) {
		char *end;

		if (*text < '0' || *text > '9') { /* strtoll would take blanks and signs */
			return false;
		}
		errno = 0;
		numbers[i] = strtoll(text, &end, 10);
		if (errno != 0 || *end != (i + 1 < NUMBERS ? '.' : '\0')) {
			return false;
		}
		text = end + 1;
	}
	*out = (struct position){(uint64_t)numbers[0], (uint64_t)numbers[1], numbers[2]};
	return true;
}
