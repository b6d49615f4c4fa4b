/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the calendar, without a time and without a zone: whoever needs today asks the database, which
 * knows the zones. Inside a day is a count from 1970-01-01; outside it is a number that people can read,
 * 20261124.
 */
#pragma once

#include "common/base.h"

#define DAY_NEVER INT32_MAX /* behind every day: until further notice */

/* False unless it is a day that there is, of 1970..2099. */
bool day_from_number(uint32_t number, int32_t *out_day) must_check;

/* 20261124. The day is one of 1969..2099: where 1970 began in UTC, it was still the day before elsewhere. */
uint32_t day_number(int32_t day);
