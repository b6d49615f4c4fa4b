/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a complaint is about: a group or one of its subcategories (category.def), and a suggestion made
 * from its words, which a person accepts or changes. Pure, no memory but the stack's.
 *
 * The suggestion is made by rules that anybody can read: category_word.def finds the group,
 * category_detail.def the subcategory in it. Longer words hide what is inside them. A company may have words
 * of its own beside those of category_word.def.
 */
#pragma once

#include "common/arena.h"
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

/* By its name (ELEVATOR_FAULT), or its Chinese one. */
bool category_find(struct str name, uint32_t *out_number) must_check;

#define CATEGORY_WORDS_MAX 1000 /* of a company's own */
#define CATEGORY_WORD_BYTES_MIN 3
#define CATEGORY_WORD_BYTES_MAX 255
#define CATEGORY_WEIGHT_MAX 9

struct category_word {
	struct str word; /* UTF-8; letters of any case */
	uint32_t category;
	uint8_t weight; /* as in category_word.def; 0: it only hides what is inside it */
};

/*
 * Our words and a company's, which weighs anew what is among ours already; indexed, and copied into the arena.
 *
 *   returns  NULL: memory is out
 */
struct category_words;
const struct category_words *category_words_new(
	struct arena *arena, const struct category_word *own, size_t count);

/*
 * What the text is most likely about.
 *
 *   all          a company's words with ours; NULL: ours, which are indexed anew for this question
 *   title, text  UTF-8, either may be empty; the title counts more. Latin letters of any case.
 *   returns      a subcategory; or a group, where no word says more; or OTHER, where nothing fits
 *   cost         linear in the bytes; the same text always gives the same number
 */
uint32_t category_suggest(const struct category_words *all, struct str title, struct str text);
