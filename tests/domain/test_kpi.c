/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves figures: rates at both sides of each rounding and each target, without anything lost to it; from how many
 * answers on a person's own satisfaction is shown; and whose figures each role sees, written down a second time.
 */
#include "server/domain/kpi.h"

#include <string.h>

#include "tests/check.h"

static void test_rates_are_rounded_half_up(void)
{
	static const struct {
		int64_t hits, total;
		int32_t rate;
	} rows[] = {
		{0, 0, KPI_RATE_NONE},
		{0, 1, 0},
		{1, 1, 10000},
		{1, 2, 5000},
		{1, 3, 3333},
		{2, 3, 6667},
		{49, 50, 9800},
		{1, 20000, 1}, /* 0.005 % exactly: up */
		{1, 20001, 0}, /* a little less: down */
		{19999, 20000, 10000},
		{5000000000, 10000000000, 5000},
		{9999999999, 10000000000, 10000},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(kpi_rate((struct kpi_count){rows[i].hits, rows[i].total}), rows[i].rate);
	}
}

static void test_targets_are_held_against_counts(void)
{
	static const struct {
		enum kpi kpi;
		int64_t hits, total;
		bool is_met;
	} rows[] = {
		{KPI_ACCEPTANCE, 98, 100, true},
		{KPI_ACCEPTANCE, 97, 100, false},
		{KPI_ACCEPTANCE, 979999, 1000000, false}, /* shown as 98 % */
		{KPI_ACCEPTANCE, 980000, 1000000, true},
		{KPI_ARRIVAL, 19, 20, true},
		{KPI_ARRIVAL, 18, 19, false},
		{KPI_CLOSING, 95, 100, true},
		{KPI_CLOSING, 94, 100, false},
		{KPI_FIRST_FIX, 9, 10, true},
		{KPI_FIRST_FIX, 89, 100, false},
		{KPI_FOLLOW_UP_COMPLAINTS, 100, 100, true},
		{KPI_FOLLOW_UP_COMPLAINTS, 99999, 100000, false},
		{KPI_FOLLOW_UP_REPAIRS, 3, 10, true},
		{KPI_FOLLOW_UP_REPAIRS, 29, 100, false},
		{KPI_SATISFACTION, 9, 10, true},
		{KPI_SATISFACTION, 8, 9, false},
		{KPI_SATISFACTION, 0, 0, false},
		{KPI_CLOSING, 0, 0, false},
		{KPI_REPEATS, 5, 100, true},
		{KPI_REPEATS, 51, 1000, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(kpi_is_met(rows[i].kpi, (struct kpi_count){rows[i].hits, rows[i].total}),
			rows[i].is_met);
		CHECK_INT_EQ(kpi_is_most(rows[i].kpi), rows[i].kpi == KPI_REPEATS);
	}
}

static void test_few_answers_are_the_teams(void)
{
	for (int kpi = 1; kpi < KPI_END; kpi++) {
		CHECK(kpi_name(kpi) != NULL);
		for (int64_t total = 1; total < 30; total++) {
			CHECK_INT_EQ(kpi_is_shown((enum kpi)kpi, (struct kpi_count){1, total}),
				kpi != KPI_SATISFACTION || total >= 10);
		}
	}
	CHECK(kpi_name(0) == NULL);
	CHECK(kpi_name(KPI_END) == NULL);
}

/* COMPLAINT, VIOLATION and DISPUTE; REPAIR and REQUEST; nothing twice. */
static void test_kinds_that_are_followed_up(void)
{
	CHECK_INT_EQ(kpi_kinds(KPI_FOLLOW_UP_COMPLAINTS), 1 << 0 | 1 << 6 | 1 << 7);
	CHECK_INT_EQ(kpi_kinds(KPI_FOLLOW_UP_REPAIRS), 1 << 1 | 1 << 2);
	CHECK_INT_EQ(kpi_kinds(KPI_ACCEPTANCE), 0);
	CHECK_INT_EQ(kpi_kinds(KPI_SATISFACTION), 0);
}

/* Bit by number of role.def: up the line, never sideways. */
static void test_whose_figures_a_role_sees(void)
{
	static const role_set sees[] = {
		[ROLE_LEADER] = 1 << 6 | 1 << 7 | 1 << 8,
		[ROLE_OFFICER] = 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8,
		[ROLE_MANAGER] = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9,
		[ROLE_DIRECTOR] = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9,
	};

	for (size_t i = 0; i < role_row_count; i++) {
		enum role role = role_rows[i].role;

		CHECK_INT_EQ(kpi_sees(role), (size_t)role < COUNT(sees) ? sees[role] : 0);
		CHECK((kpi_sees(role) & ROLE_BIT(role)) == 0);
		CHECK(kpi_sees(role) == 0 || (right_roles(RIGHT_REPORT_PERSON) & ROLE_BIT(role)) != 0);
		CHECK((right_roles(RIGHT_REPORT_PERSON) & ROLE_BIT(role)) == 0 || kpi_sees(role) != 0);
	}
}

static const struct test tests[] = {
	{"rates_are_rounded_half_up", test_rates_are_rounded_half_up},
	{"targets_are_held_against_counts", test_targets_are_held_against_counts},
	{"few_answers_are_the_teams", test_few_answers_are_the_teams},
	{"kinds_that_are_followed_up", test_kinds_that_are_followed_up},
	{"whose_figures_a_role_sees", test_whose_figures_a_role_sees},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
