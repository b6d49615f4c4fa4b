/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted: a number for each row of counter.def. */
#pragma once

#include <stdint.h>

struct counters {
#define COUNTER(member, name, text) uint64_t member;
#define GAUGE COUNTER
#include "server/counter.def"
#undef COUNTER
#undef GAUGE
};
