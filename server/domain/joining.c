/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/joining.h"

#include "server/domain/category.h"

bool joining_is_same_category(uint32_t one, uint32_t other)
{
	uint32_t group = category_group(one);

	return one == other ||
	       (group != 0 && group == category_group(other) && (one == group || other == group));
}

static bool is_closed(enum complaint_state state)
{
	return state == COMPLAINT_CLOSED || state == COMPLAINT_CLOSED_OUT_OF_SCOPE ||
	       state == COMPLAINT_ARCHIVED;
}

bool joining_is_repeat(const struct joining_new *now, const struct joining_earlier *earlier)
{
	int64_t since_us = now->now_us - earlier->ended_us;
	bool is_shown =
		earlier->lead <= now->lead && (uuid_is_nil(earlier->respondent_id) ||
										  uuid_equal(earlier->respondent_id, now->respondent_id));

	return is_closed(earlier->state) && earlier->ended_us != 0 && since_us >= 0 &&
	       since_us <= JOINING_REPEAT_DAYS * JOINING_DAY_US &&
	       joining_is_same_category(now->category, earlier->category) && is_shown;
}

bool joining_may_be_original(const struct joining_earlier *earlier, int64_t submitted_us)
{
	return is_closed(earlier->state) && earlier->ended_us != 0 && earlier->ended_us <= submitted_us;
}

bool joining_counts_chase(int64_t chased_us, int64_t now_us)
{
	return chased_us == 0 || now_us - chased_us >= JOINING_CHASE_HOURS * JOINING_HOUR_US;
}
