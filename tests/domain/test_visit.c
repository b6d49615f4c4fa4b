/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a visit needs, by what it is about: the rules are written down a second time below, for every
 * category, and each is the row's own, its group's or that of all others; none is so long or short that
 * no window could hold it.
 */
#include "server/domain/visit.h"

#include "server/domain/category.h"
#include "tests/check.h"

#define OF(group) CATEGORY_##group, CATEGORY_##group + 99

/* From a number to another, the last one that holds a category counts. */
static const struct visit_case {
	uint32_t first, last;
	enum qualification qualification;
	enum trade trade;
	int minutes;
} cases[] = {
	{1, CATEGORY_MAX, QUALIFICATION_NONE, TRADE_NONE, 60},
	{OF(ELEVATOR), QUALIFICATION_LIFT, TRADE_LIFT, 120},
	{OF(WATER), QUALIFICATION_NONE, TRADE_PLUMBING, 90},
	{OF(POWER), QUALIFICATION_ELECTRICIAN, TRADE_ELECTRICITY, 90},
	{OF(HEATING), QUALIFICATION_NONE, TRADE_HEATING, 90},
	{CATEGORY_HEATING_FEE, CATEGORY_HEATING_FEE, QUALIFICATION_NONE, TRADE_NONE, 60},
	{OF(GAS), QUALIFICATION_NONE, TRADE_GAS, 60},
	{CATEGORY_PARKING_CHARGER, CATEGORY_PARKING_CHARGER, QUALIFICATION_ELECTRICIAN,
		TRADE_ELECTRICITY, 90},
	{CATEGORY_SANITATION_PESTS, CATEGORY_SANITATION_PESTS, QUALIFICATION_NONE, TRADE_PESTS, 60},
	{OF(GREENING), QUALIFICATION_NONE, TRADE_GREENING, 90},
	{CATEGORY_SECURITY_ACCESS, CATEGORY_SECURITY_ACCESS, QUALIFICATION_NONE, TRADE_INTERCOM, 60},
	{CATEGORY_SECURITY_THEFT, CATEGORY_SECURITY_STRANGERS, QUALIFICATION_GUARD_CERT, TRADE_NONE,
		60},
	{CATEGORY_FIRE_EQUIPMENT, CATEGORY_FIRE_EQUIPMENT, QUALIFICATION_NONE, TRADE_FIRE, 90},
	{OF(QUALITY), QUALIFICATION_NONE, TRADE_MASONRY, 120},
};

static const struct visit_case *case_of(uint32_t category)
{
	const struct visit_case *found = &cases[0];

	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].first <= category && category <= cases[i].last) {
			found = &cases[i];
		}
	}
	return found;
}

static void test_every_category_has_its_rule(void)
{
	for (size_t i = 0; i < category_row_count; i++) {
		uint32_t category = category_rows[i].number;
		const struct visit_case *expected = case_of(category);
		const struct visit_rule *rule = visit_rule_of(category);

		CHECK_INT_EQ(rule->qualification, expected->qualification);
		CHECK_INT_EQ(rule->trade, expected->trade);
		CHECK_INT_EQ(rule->minutes, expected->minutes);
		if (check_failed()) {
			printf("# %s\n", category_rows[i].name);
			return;
		}
	}
}

/* What was imported has no category; a later server may have one that this one does not know. */
static void test_what_is_no_category_has_the_rule_of_all_others(void)
{
	static const uint32_t numbers[] = {0, 1, 99, 2100, 9800, CATEGORY_MAX, UINT32_MAX};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		const struct visit_rule *rule = visit_rule_of(numbers[i]);

		CHECK_INT_EQ(rule->category, 0);
		CHECK_INT_EQ(rule->qualification, QUALIFICATION_NONE);
		CHECK_INT_EQ(rule->trade, TRADE_NONE);
	}
}

static void test_rows_can_be_meant(void)
{
	for (size_t i = 0; i < visit_rule_count; i++) {
		const struct visit_rule *rule = &visit_rules[i];

		CHECK(category_is_known(rule->category));
		CHECK(rule->minutes > 0 && rule->minutes % VISIT_GRID_MINUTES == 0);
		CHECK(rule->minutes <= VISIT_CLOSE_MINUTE - VISIT_OPEN_MINUTE);
		for (size_t k = 0; k < i; k++) {
			CHECK(visit_rules[k].category != rule->category);
		}
	}
	/* The reason of the number of orders: so many repairs fill a day of service. */
	CHECK_INT_EQ((VISIT_CLOSE_MINUTE - VISIT_OPEN_MINUTE) / 90, VISIT_ORDERS_MAX);
}

static void test_qualifications_have_names(void)
{
	CHECK_STR_EQ(qualification_name(QUALIFICATION_ELECTRICIAN), "ELECTRICIAN");
	CHECK_STR_EQ(qualification_name(QUALIFICATION_LIFT), "LIFT");
	CHECK(qualification_name(QUALIFICATION_NONE) == NULL);
	CHECK(qualification_name(7) == NULL);
}

static const struct test tests[] = {
	{"every_category_has_its_rule", test_every_category_has_its_rule},
	{"what_is_no_category_has_the_rule_of_all_others",
		test_what_is_no_category_has_the_rule_of_all_others},
	{"rows_can_be_meant", test_rows_can_be_meant},
	{"qualifications_have_names", test_qualifications_have_names},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
