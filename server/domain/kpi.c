/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/kpi.h"

#define WHOLE 10000 /* hundredths of a per cent */

static const struct {
	const char *name;
	uint32_t kinds;
	int32_t target;
	bool is_most;
} rows[KPI_COUNT] = {
#define OF(kind) (UINT32_C(1) << ((kind)-1))
#define KPI(number, name, kinds, target, is_most, hits, total, guard, whose) \
	[(number)-1] = {#name, kinds, target, is_most},
#include "server/domain/kpi.def"
#undef KPI
#undef OF
};

const char *kpi_name(int number)
{
	return number >= 1 && number <= KPI_COUNT ? rows[number - 1].name : NULL;
}

int32_t kpi_target(enum kpi kpi)
{
	assert(kpi >= 1 && kpi < KPI_END);
	return rows[kpi - 1].target;
}

bool kpi_is_most(enum kpi kpi)
{
	assert(kpi >= 1 && kpi < KPI_END);
	return rows[kpi - 1].is_most;
}

uint32_t kpi_kinds(enum kpi kpi)
{
	assert(kpi >= 1 && kpi < KPI_END);
	return rows[kpi - 1].kinds;
}

int32_t kpi_rate(struct kpi_count count)
{
	assert(0 <= count.hits && count.hits <= count.total);
	assert(count.total <= INT64_MAX / (2 * WHOLE) - 1);
	if (count.total == 0) {
		return KPI_RATE_NONE;
	}
	return (int32_t)((2 * count.hits * WHOLE + count.total) / (2 * count.total));
}

bool kpi_is_met(enum kpi kpi, struct kpi_count count)
{
	int64_t reached = count.hits * WHOLE;
	int64_t wanted = count.total * kpi_target(kpi);

	assert(0 <= count.hits && count.hits <= count.total);
	if (count.total == 0) {
		return false;
	}
	return kpi_is_most(kpi) ? reached <= wanted : reached >= wanted;
}

bool kpi_is_shown(enum kpi kpi, struct kpi_count own)
{
	return kpi != KPI_SATISFACTION || own.total >= KPI_ANSWERS_MIN;
}

role_set kpi_sees(enum role role)
{
	static const struct {
		enum role role;
		role_set sees;
	} sights[] = {
#define HOLDS(role) ROLE_BIT(ROLE_##role)
#define SEES(role, roles) {ROLE_##role, roles},
#include "server/domain/kpi.def"
#undef SEES
#undef HOLDS
	};

	for (size_t i = 0; i < COUNT(sights); i++) {
		if (sights[i].role == role) {
			return sights[i].sees;
		}
	}
	return 0;
}
