/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telephone numbers as people in China type them, and the one form that is stored and searched: E.164.
 * Pure. Source: ITU-T E.164; the national plan: mobiles are 1[3-9] and nine digits more, landlines an
 * area code (10, 2x with eight digits, others of three digits with seven or eight).
 */
#pragma once

#include "common/span.h"

/* '+', at most 15 digits, and a NUL. */
#define PHONE_BYTES 17

/*
 * What was typed, as "+8613800001234".
 *
 *   typed     UTF-8; spaces, dashes, parentheses and full-width characters are fine
 *   returns   false, and out untouched, for what is no number: also for a landline without its area
 *             code, since nobody knows which city was meant
 */
bool phone_normalise(struct str typed, char out[PHONE_BYTES]) must_check;

/*
 * For those who may not see it: "138****1234", "0991-****567", "+*******567" abroad. What is no E.164
 * number becomes stars only.
 */
void phone_mask(struct str e164, char out[PHONE_BYTES]);
