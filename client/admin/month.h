/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Months of a community as people write and read them: 2026-11. On the wire they are 202611.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define MONTH_TEXT_MAX 12

/* 2026-11, 2026/11 or 202611; false for anything else. */
bool month_parse(struct str text, uint32_t *out_number) must_check;

/* "2026-11"; the empty text for 0. */
const char *month_format(uint32_t number, char out[MONTH_TEXT_MAX]);

/* The month of this moment in a time zone that is known (when.h). */
uint32_t month_of(int64_t us, const char *zone);
