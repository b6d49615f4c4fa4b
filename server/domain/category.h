/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a complaint is about: a group or one of its subcategories (category.def), and a suggestion made
 * from its words, which a person accepts or changes. Pure, no memory but the stack's.
 *
 * The suggestion is made by rules that anybody can read: category_word.def finds the group,
 * category_detail.def the subcategory in it. Longer words hide what is inside them.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

/* CATEGORY_ELEVATOR, CATEGORY_ELEVATOR_FAULT, … */
enum category {
#define CATEGORY(number, name, zh, en) CATEGORY_##name = (number),
#define SUBCATEGORY(number, group, name, zh, en) CATEGORY_##group##_##name = (number),
#include "server/domain/category.def"
#undef CATEGORY
#undef SUBCATEGORY
};

#define CATEGORY_MAX 32767 /* the database's smallint */

struct category_row {
	uint32_t number;
	const char *name; /* as in the enum, without CATEGORY_ */
	const char *zh;   /* says all without its group */
	const char *en;
};

/* By number, each group before its subcategories. */
extern const struct category_row category_rows[];
extern const size_t category_row_count;

bool category_is_known(uint32_t number);

/* NULL for a number that is none. */
const char *category_name(uint32_t number);
const char *category_zh(uint32_t number);
const char *category_en(uint32_t number);

/* Its group, a group's own number; 0 for a number that is none. */
uint32_t category_group(uint32_t number);

/*
 * What the text is most likely about.
 *
 *   title, text  UTF-8, either may be empty; the title counts more. Latin letters of any case.
 *   returns      a subcategory; or a group, where no word says more; or OTHER, where nothing fits
 *   cost         linear in the bytes; the same text always gives the same number
 */
uint32_t category_suggest(struct str title, struct str text);
