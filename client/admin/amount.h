/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amounts that people write with a decimal point, as whole numbers of their smallest part: 1.5 is
 * 1500 thousandths, 12.50 yuan are 1250 fen. Exact: what has more decimals than there are is refused,
 * not rounded.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define AMOUNT_DECIMALS_MAX 6

/*
 * Reads digits, and behind a point more of them.
 *
 *   decimals  0 to AMOUNT_DECIMALS_MAX: how many the smallest part has
 *   max       of the result, at most INT64_MAX
 *   returns   false, and *out is untouched, for anything else: signs, blanks, no digit on either side
 *             of the point, too many decimals, more than max
 */
bool amount_parse(struct str text, unsigned decimals, uint64_t max, uint64_t *out) must_check;
