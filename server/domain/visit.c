/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/visit.h"

#include "server/domain/category.h"

const struct visit_rule visit_rules[] = {
#define VISIT(category, qualification, trade, minutes) \
	{CATEGORY_##category, QUALIFICATION_##qualification, TRADE_##trade, minutes},
#include "server/domain/visit.def"
#undef VISIT
};
const size_t visit_rule_count = COUNT(visit_rules);

static const struct visit_rule other = {
#define VISIT_OTHER(qualification, trade, minutes) \
	0, QUALIFICATION_##qualification, TRADE_##trade, minutes
#include "server/domain/visit.def"
#undef VISIT_OTHER
};

static const struct visit_rule *find(uint32_t category)
{
	for (size_t i = 0; i < visit_rule_count; i++) {
		if (visit_rules[i].category == category) {
			return &visit_rules[i];
		}
	}
	return NULL;
}

const struct visit_rule *visit_rule_of(uint32_t category)
{
	const struct visit_rule *rule = find(category);

	if (rule == NULL) {
		rule = find(category_group(category));
	}
	return rule == NULL ? &other : rule;
}

const char *qualification_name(int number)
{
	switch (number) {
#define QUALIFICATION(value, name, zh, en) \
	case value: \
		return #name;
#include "server/domain/qualification.def"
#undef QUALIFICATION
	}
	return NULL;
}
