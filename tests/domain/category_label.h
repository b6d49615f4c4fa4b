/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The labels that keyword rules have given to messages of residents (columns kw_primary and kw_all), and
 * the groups that each of them means. For tests that hold suggestions against such a file.
 */
#pragma once

#include "server/domain/category.h"

static const struct category_label {
	const char *name;
	uint32_t groups[2];
} category_labels[] = {
	{"elevator", {CATEGORY_ELEVATOR}},
	{"fee_dispute", {CATEGORY_FEES, CATEGORY_FUND}},
	{"fire_safety", {CATEGORY_FIRE}},
	{"greening", {CATEGORY_GREENING}},
	{"noise", {CATEGORY_NOISE}},
	{"other", {CATEGORY_OTHER}},
	{"owners_committee", {CATEGORY_COMMITTEE}},
	{"parking", {CATEGORY_PARKING}},
	{"pm_conduct", {CATEGORY_STAFF_CONDUCT}},
	{"power", {CATEGORY_POWER}},
	{"quality_developer", {CATEGORY_QUALITY}},
	{"renovation", {CATEGORY_RENOVATION}},
	{"sanitation", {CATEGORY_SANITATION}},
	{"security", {CATEGORY_SECURITY}},
	{"water_supply", {CATEGORY_WATER}},
};

/* Its place in category_labels; their count where it is none. */
static inline size_t category_label_of(struct str name)
{
	size_t i = 0;

	while (i < COUNT(category_labels) && !str_equal(name, str_from_c(category_labels[i].name))) {
		i++;
	}
	return i;
}

static inline bool category_label_means(size_t label, uint32_t group)
{
	return label < COUNT(category_labels) &&
	       (category_labels[label].groups[0] == group || category_labels[label].groups[1] == group);
}
