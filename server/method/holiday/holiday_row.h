/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Years of holidays as messages.
 */
#pragma once

#include "common/arena.h"
#include "promise.pb-c.h"
#include "server/db/query.h"

/* A row of holiday_years or holiday_year_get; in the arena, NULL where it failed. */
Pb__HolidayYear *holiday_year_message(struct arena *arena, const struct query *query, size_t row);
uint32_t holiday_year_version(const struct query *query, size_t row);

/* A row of holiday_days. */
Pb__Holiday *holiday_message(struct arena *arena, const struct query *query, size_t row);
