/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which complaints have to do with each other, by the figures of joining.def: pure. What is alike in words is
 * similar.h's.
 */
#pragma once

#include "common/uuid.h"
#include "server/domain/complaint.h"

enum joining {
#define JOINING(name, number, unit, why) JOINING_##name = (number),
#include "server/domain/joining.def"
#undef JOINING
};

#define JOINING_HOUR_US (INT64_C(3600) * 1000000)
#define JOINING_DAY_US (24 * JOINING_HOUR_US)

/* One that the household had before; by its place, or by a telephone that both gave in their own name. */
struct joining_earlier {
	struct uuid complaint_id;
	uint32_t category;
	enum complaint_state state;
	int64_t ended_us; /* 0: open */
	enum complaint_lead lead;
	struct uuid respondent_id;
};

/* One that is submitted now. */
struct joining_new {
	uint32_t category;
	int64_t now_us;
	enum complaint_lead lead;
	struct uuid respondent_id;
};

/* Equal, or one of them is the other's group: the more exact one was perhaps only suggested. */
bool joining_is_same_category(uint32_t one, uint32_t other);

/*
 * Is the new one a repeat? Closed, not withdrawn or merged; within the days; of the same category. And not one that
 * whoever sees the new one would not see: led higher, or about somebody else.
 */
bool joining_is_repeat(const struct joining_new *now, const struct joining_earlier *earlier);

/* Could it be the original of a repeat submitted at this time, on a person's word? Closed before. */
bool joining_may_be_original(const struct joining_earlier *earlier, int64_t submitted_us);

/* Does an owner's asking again count, the last time that counted being then (0: never)? */
bool joining_counts_chase(int64_t chased_us, int64_t now_us);
