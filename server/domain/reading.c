/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/reading.h"

#define ROWS true
#define TIMES false

const struct reading_row reading_rows[READING_COUNT] = {
#define READING(number, name, topic, first, last, what, is_export) \
	[(number)-1] = {READING_##name, #name, topic, first, last, what, is_export},
#include "server/domain/reading.def"
#undef READING
};

#define ROLE_ANY 0
const struct reading_budget reading_budgets[] = {
#define BUDGET(kind, role, a_day) {READING_##kind, ROLE_##role, a_day},
#include "server/domain/reading.def"
#undef BUDGET
};
#undef ROLE_ANY

const size_t reading_budget_count = COUNT(reading_budgets);

const struct reading_row *reading_row(int number)
{
	return number >= 1 && number <= READING_COUNT ? &reading_rows[number - 1] : NULL;
}

int64_t reading_a_day(enum reading kind, role_set roles)
{
	int64_t most = 0;

	for (size_t i = 0; i < reading_budget_count; i++) {
		const struct reading_budget *budget = &reading_budgets[i];
		bool is_theirs = budget->role == 0 || (roles & ROLE_BIT(budget->role)) != 0;

		if (budget->kind == kind && is_theirs && budget->a_day > most) {
			most = budget->a_day;
		}
	}
	return most;
}
