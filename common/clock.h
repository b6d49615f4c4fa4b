/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time as a parameter. A server reads it once a tick and hands it down; tests hand down their own.
 *
 *   mono_us   microseconds of a clock that only rises: deadlines, idle times
 *   utc_us    microseconds since 1970-01-01T00:00Z: what is stored and shown; may jump
 */
#pragma once

#include "common/base.h"

struct instant {
	int64_t mono_us;
	int64_t utc_us;
};

#define US_PER_MS INT64_C(1000)
#define US_PER_S INT64_C(1000000)

/* What the machine's clocks say now. */
struct instant clock_now(void);
/* Only the one that rises: to measure how long something took. */
int64_t clock_mono_us(void);
