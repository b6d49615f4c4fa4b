/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A complaint's number as people say it: its day in the community and its place in that day, 20261124-0007.
 * The database keeps the two; four digits are the least, not the most.
 */
#pragma once

#include "common/arena.h"

#define COMPLAINT_NUMBER_BYTES 20 /* eight, a dash, and what an int32_t can be */

/* In the arena; NULL where that failed. The day is counted as in common/day.h. */
char *complaint_number(struct arena *arena, int32_t day, int32_t day_no);

/*
 * What a person typed. False unless it is YYYYMMDD-nnnn of a day that there is: the database is not asked
 * to read anything else as a date. *out_day is borrowed from the text.
 */
bool complaint_number_read(struct str number, struct str *out_day, int32_t *out_day_no);
