/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who was given what, as kinds that can be counted, and how much of each a day is usual: rows of reading.def. Pure.
 */
#pragma once

#include "server/domain/access.h"

enum reading {
#define READING(number, name, topic, first, last, what, is_export) READING_##name = (number),
#include "server/domain/reading.def"
#undef READING
	READING_END
};

#define READING_COUNT (READING_END - 1)

struct reading_row {
	enum reading kind;
	const char *name;
	int topic; /* of its events */
	int first_step, last_step;
	bool counts_rows; /* the events' count; else the events */
	bool is_export;   /* it left the system */
};

struct reading_budget {
	enum reading kind;
	int role; /* 0: anybody */
	int64_t a_day;
};

extern const struct reading_row reading_rows[READING_COUNT];
extern const struct reading_budget reading_budgets[];
extern const size_t reading_budget_count;

/* NULL for a number that is none. */
const struct reading_row *reading_row(int number);

/* The largest of a person with these roles; that of anybody is the least. */
int64_t reading_a_day(enum reading kind, role_set roles);
