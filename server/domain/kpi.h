/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures about complaints, pure: counts come in, rates and what may be shown of them go out. What is counted is
 * said by kpi.def in words and by stmt_report.def in SQL; a model in the tests holds one against the other.
 * No figure is rounded before it is compared, and nothing here is a floating-point number.
 */
#pragma once

#include "server/domain/access.h"

enum kpi {
#define KPI(number, name, kinds, target, is_most, hits, total, guard, whose) KPI_##name = (number),
#include "server/domain/kpi.def"
#undef KPI
	KPI_END
};

#define KPI_COUNT (KPI_END - 1)

/* With fewer answers than this a person's satisfaction gives way to the team's. */
#define KPI_ANSWERS_MIN 10

#define KPI_RATE_NONE (-1) /* nothing was counted: there is no rate */

struct kpi_count {
	int64_t hits; /* 0 ≤ hits ≤ total */
	int64_t total;
};

/* NULL for a number that is none. */
const char *kpi_name(int number);

/* Hundredths of a per cent. */
int32_t kpi_target(enum kpi kpi);
/* Is the target the most that may be, rather than the least? */
bool kpi_is_most(enum kpi kpi);
/* Bit kind - 1 of each kind of complaints that it is about; 0: all. */
uint32_t kpi_kinds(enum kpi kpi);

/* In hundredths of a per cent, half rounded up; KPI_RATE_NONE where nothing was counted. */
int32_t kpi_rate(struct kpi_count count);

/* Is the target reached? By the counts themselves; false where nothing was counted. */
bool kpi_is_met(enum kpi kpi, struct kpi_count count);

/*
 * May a person's own count be shown? Where not, the team's is shown in its place; how many their own were is
 * shown in every case.
 */
bool kpi_is_shown(enum kpi kpi, struct kpi_count own);

/* The roles whose people's figures somebody with this role sees in the area of that role. */
role_set kpi_sees(enum role role);
