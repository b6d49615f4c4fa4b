/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what a person may read a day is the most that any of their roles has, that everybody has a budget of each
 * kind, and that no event counts as two kinds.
 */
#include "server/domain/reading.h"

#include "tests/check.h"

static void test_kinds_do_not_overlap(void)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_row *row = reading_row((int)i + 1);

		CHECK_INT_EQ(row->kind, i + 1);
		CHECK(row->first_step >= 1 && row->first_step <= row->last_step);
		for (size_t k = 0; k < i; k++) {
			const struct reading_row *other = reading_row((int)k + 1);

			CHECK(other->topic != row->topic || other->last_step < row->first_step ||
				  row->last_step < other->first_step);
		}
	}
	CHECK(reading_row(0) == NULL);
	CHECK(reading_row(READING_COUNT + 1) == NULL);
}

static void test_of_several_roles_the_largest_budget_counts(void)
{
	static const struct {
		enum reading kind;
		role_set roles;
		int64_t a_day;
	} rows[] = {
		{READING_FILE, 0, 200},
		{READING_FILE, ROLE_BIT(ROLE_CLEANER), 200},
		{READING_FILE, ROLE_BIT(ROLE_MANAGER), 400},
		{READING_FILE, ROLE_BIT(ROLE_MANAGER) | ROLE_BIT(ROLE_INSPECTOR), 600},
		{READING_LIST_FILE, ROLE_BIT(ROLE_DIRECTOR), 50000},
		{READING_RECORD_WORDS, ROLE_BIT(ROLE_ADMINISTRATOR), 0},
		{READING_RECORD_WORDS, ROLE_BIT(ROLE_AUDITOR), 5},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(reading_a_day(rows[i].kind, rows[i].roles), rows[i].a_day);
	}
}

/* The statement takes the largest of what it finds: of nothing it would find none. */
static void test_everybody_has_a_budget_of_each_kind(void)
{
	for (int kind = 1; kind <= READING_COUNT; kind++) {
		size_t found = 0;

		for (size_t i = 0; i < reading_budget_count; i++) {
			const struct reading_budget *budget = &reading_budgets[i];

			found += (int)budget->kind == kind && budget->role == 0;
			CHECK(budget->role == 0 || role_row(budget->role) != NULL);
		}
		CHECK_INT_EQ(found, 1);
	}
}

static const struct test tests[] = {
	{"kinds_do_not_overlap", test_kinds_do_not_overlap},
	{"of_several_roles_the_largest_budget_counts", test_of_several_roles_the_largest_budget_counts},
	{"everybody_has_a_budget_of_each_kind", test_everybody_has_a_budget_of_each_kind},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
