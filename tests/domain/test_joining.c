/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves which complaint is a repeat of which, to the microsecond, in every state, for each pair of who leads them
 * and whom they are about; which category is the same as which, over all pairs of them; and when asking again counts.
 */
#include "server/domain/joining.h"

#include "server/domain/category.h"
#include "tests/check.h"

#define NOW INT64_C(1790000000000000)
#define DAY JOINING_DAY_US

static const struct uuid nobody_at_all = {{0}};
static const struct uuid somebody = {{1}};
static const struct uuid another = {{2}};

static struct joining_new now_of(uint32_t category)
{
	return (struct joining_new){.category = category, .now_us = NOW, .lead = LEAD_LEADER};
}

static struct joining_earlier earlier_of(uint32_t category, int64_t ended_us)
{
	return (struct joining_earlier){
		.category = category, .state = COMPLAINT_CLOSED, .ended_us = ended_us, .lead = LEAD_LEADER};
}

static void test_within_thirty_days_of_the_close(void)
{
	static const struct {
		int64_t ended_us;
		bool is_repeat;
	} rows[] = {
		{NOW, true},
		{NOW - 1, true},
		{NOW - 30 * DAY, true},
		{NOW - 30 * DAY - 1, false},
		{NOW + 1, false}, /* another server's clock */
		{0, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct joining_new now = now_of(CATEGORY_WATER_LEAK);
		struct joining_earlier earlier = earlier_of(CATEGORY_WATER_LEAK, rows[i].ended_us);

		CHECK_INT_EQ(joining_is_repeat(&now, &earlier), rows[i].is_repeat);
	}
}

static void test_of_what_was_closed_and_nothing_else(void)
{
	for (size_t i = 0; i < COMPLAINT_STATE_COUNT; i++) {
		struct joining_new now = now_of(CATEGORY_WATER_LEAK);
		struct joining_earlier earlier = earlier_of(CATEGORY_WATER_LEAK, NOW - DAY);
		int state = (int)complaint_states[i];
		bool is_closed = state == 100 || state == 101 || state == 105;

		earlier.state = complaint_states[i];
		CHECK_INT_EQ(joining_is_repeat(&now, &earlier), is_closed);
		CHECK_INT_EQ(joining_may_be_original(&earlier, NOW), is_closed);
	}
}

/* By hand: a group is a multiple of a hundred. */
static void test_a_category_is_the_same_as_itself_and_its_group(void)
{
	for (size_t i = 0; i < category_row_count; i++) {
		for (size_t k = 0; k < category_row_count; k++) {
			uint32_t one = category_rows[i].number;
			uint32_t other = category_rows[k].number;
			bool is_same =
				one == other || (one / 100 == other / 100 && (one % 100 == 0 || other % 100 == 0));

			CHECK_INT_EQ(joining_is_same_category(one, other), is_same);
		}
	}
	CHECK(!joining_is_same_category(150, 100)); /* none there is */
}

static void test_what_would_not_be_seen_is_not_named(void)
{
	static const struct {
		enum complaint_lead now, earlier;
		const struct uuid *about_now, *about_earlier;
		bool is_repeat;
	} rows[] = {
		{LEAD_LEADER, LEAD_LEADER, &nobody_at_all, &nobody_at_all, true},
		{LEAD_OFFICER, LEAD_LEADER, &somebody, &nobody_at_all, true},
		{LEAD_LEADER, LEAD_OFFICER, &nobody_at_all, &nobody_at_all, false},
		{LEAD_OFFICER, LEAD_OFFICER, &somebody, &somebody, true},
		{LEAD_OFFICER, LEAD_OFFICER, &somebody, &another, false},
		{LEAD_OFFICER, LEAD_OFFICER, &nobody_at_all, &somebody, false},
		{LEAD_MANAGER, LEAD_DIRECTOR, &somebody, &somebody, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct joining_new now = now_of(CATEGORY_STAFF_CONDUCT);
		struct joining_earlier earlier = earlier_of(CATEGORY_STAFF_CONDUCT, NOW - DAY);

		now.lead = rows[i].now;
		now.respondent_id = *rows[i].about_now;
		earlier.lead = rows[i].earlier;
		earlier.respondent_id = *rows[i].about_earlier;
		CHECK_INT_EQ(joining_is_repeat(&now, &earlier), rows[i].is_repeat);
	}
}

static void test_a_person_may_name_what_had_ended_before(void)
{
	struct joining_earlier earlier = earlier_of(CATEGORY_GAS, NOW);

	CHECK(joining_may_be_original(&earlier, NOW));
	CHECK(joining_may_be_original(&earlier, NOW + 400 * DAY));
	CHECK(!joining_may_be_original(&earlier, NOW - 1));
	earlier.ended_us = 0;
	CHECK(!joining_may_be_original(&earlier, NOW));
}

static void test_once_an_hour_counts(void)
{
	CHECK(joining_counts_chase(0, NOW));
	CHECK(joining_counts_chase(NOW - JOINING_HOUR_US, NOW));
	CHECK(!joining_counts_chase(NOW - JOINING_HOUR_US + 1, NOW));
	CHECK(!joining_counts_chase(NOW, NOW));
	CHECK(!joining_counts_chase(NOW + DAY, NOW)); /* a clock that was ahead */
}

static const struct test tests[] = {
	{"within_thirty_days_of_the_close", test_within_thirty_days_of_the_close},
	{"of_what_was_closed_and_nothing_else", test_of_what_was_closed_and_nothing_else},
	{"a_category_is_the_same_as_itself_and_its_group",
		test_a_category_is_the_same_as_itself_and_its_group},
	{"what_would_not_be_seen_is_not_named", test_what_would_not_be_seen_is_not_named},
	{"a_person_may_name_what_had_ended_before", test_a_person_may_name_what_had_ended_before},
	{"once_an_hour_counts", test_once_an_hour_counts},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
