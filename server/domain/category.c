/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/category.h"

#define TITLE_FACTOR 4   /* a title names the matter, a text tells its story */
#define TITLE_HITS_MAX 1 /* of one word */
#define TEXT_HITS_MAX 3  /* repeated more often it says nothing more */
#define SCORE_MIN 2      /* less is OTHER: one passing hint */
#define DETAIL_WEIGHT 2
#define GROUP_SIZE 100   /* numbers a group has */
#define FIRST_BYTES 3    /* of a word, the least: one Chinese character */
#define BUCKET_COUNT 256 /* a power of two */

const struct category_row category_rows[] = {
#define CATEGORY(number, name, zh, en) {number, #name, zh, en},
#define SUBCATEGORY(number, group, name, zh, en) {number, #group "_" #name, zh, en},
#include "server/domain/category.def"
#undef CATEGORY
#undef SUBCATEGORY
};
const size_t category_row_count = COUNT(category_rows);

/* The place of each in category_rows. */
enum place {
#define CATEGORY(number, name, zh, en) PLACE_##name,
#define SUBCATEGORY(number, group, name, zh, en) PLACE_##group##_##name,
#include "server/domain/category.def"
#undef CATEGORY
#undef SUBCATEGORY
	PLACE_COUNT
};

#define CATEGORY(number, name, zh, en) \
	static_assert((number) > 0 && (number) % GROUP_SIZE == 0, #name); \
	static_assert((number) <= CATEGORY_MAX - GROUP_SIZE, #name);
#define SUBCATEGORY(number, group, name, zh, en) \
	static_assert((number) > CATEGORY_##group, #name); \
	static_assert((number) < CATEGORY_##group + GROUP_SIZE, #name);
#include "server/domain/category.def"
#undef CATEGORY
#undef SUBCATEGORY

/* A word that speaks for a category. */
struct rule {
	const char *word; /* Latin letters are small */
	uint8_t len;      /* at least FIRST_BYTES */
	uint8_t place;
	uint8_t weight; /* 0: it only hides what is inside it */
};
static_assert(PLACE_COUNT <= UINT8_MAX, "a place fits into a rule");

static const struct rule words[] = {
#define WORD(word, category, weight) {word, sizeof(word) - 1, PLACE_##category, weight},
#include "server/domain/category_word.def"
#undef WORD
};

static const struct rule details[] = {
#define DETAIL(word, category) {word, sizeof(word) - 1, PLACE_##category, DETAIL_WEIGHT},
#include "server/domain/category_detail.def"
#undef DETAIL
};

#define WORD(word, category, weight) \
	static_assert(sizeof(word) > FIRST_BYTES && sizeof(word) <= UINT8_MAX, word);
#define DETAIL(word, category) \
	WORD(word, category, 0) static_assert(CATEGORY_##category % GROUP_SIZE != 0, word);
#include "server/domain/category_word.def"
#include "server/domain/category_detail.def"
#undef DETAIL
#undef WORD

enum { RULE_COUNT_MAX = COUNT(words) + CATEGORY_WORDS_MAX };
static_assert(COUNT(details) <= RULE_COUNT_MAX, "a finder has room for either");

/* Rules by their first character. */
struct finder {
	const struct rule *rules;
	uint16_t heads[BUCKET_COUNT]; /* 1 + a rule's index; 0 ends a chain */
	uint16_t next[RULE_COUNT_MAX];
};
static_assert(RULE_COUNT_MAX < UINT16_MAX, "1 + an index fits");

/* Does not move: a finder refers to the rules beside it. */
struct category_words {
	struct rule rules[RULE_COUNT_MAX]; /* ours, then the company's */
	struct finder words;
	struct finder details;
};

static const struct category_row *row_of(uint32_t number)
{
	for (size_t i = 0; i < COUNT(category_rows); i++) {
		if (category_rows[i].number == number) {
			return &category_rows[i];
		}
	}
	return NULL;
}

bool category_is_known(uint32_t number)
{
	return row_of(number) != NULL;
}

const char *category_name(uint32_t number)
{
	const struct category_row *row = row_of(number);

	return row == NULL ? NULL : row->name;
}

const char *category_zh(uint32_t number)
{
	const struct category_row *row = row_of(number);

	return row == NULL ? NULL : row->zh;
}

const char *category_en(uint32_t number)
{
	const struct category_row *row = row_of(number);

	return row == NULL ? NULL : row->en;
}

bool category_find(struct str name, uint32_t *out_number)
{
	for (size_t i = 0; i < COUNT(category_rows); i++) {
		if (str_equal(name, str_from_c(category_rows[i].name)) ||
			str_equal(name, str_from_c(category_rows[i].zh))) {
			*out_number = category_rows[i].number;
			return true;
		}
	}
	return false;
}

static uint32_t group_of(uint32_t number)
{
	return number - number % GROUP_SIZE;
}

uint32_t category_group(uint32_t number)
{
	return category_is_known(number) ? group_of(number) : 0;
}

static uint8_t small(char letter)
{
	return (uint8_t)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

/* `first` has FIRST_BYTES bytes. In Chinese the last two differ most, by six bits each. */
static size_t bucket_of(const char *first)
{
	return (small(first[0]) * 5U + small(first[1]) * 16U + small(first[2])) % BUCKET_COUNT;
}

/* Of two rules with one word the later is found. */
static void finder_init(struct finder *finder, const struct rule *rules, size_t count)
{
	assert(count <= RULE_COUNT_MAX);
	*finder = (struct finder){.rules = rules};
	for (size_t i = 0; i < count; i++) {
		size_t bucket = bucket_of(rules[i].word);

		finder->next[i] = finder->heads[bucket];
		finder->heads[bucket] = (uint16_t)(i + 1);
	}
}

static bool begins_with(struct str text, const struct rule *rule)
{
	if (rule->len > text.len) {
		return false;
	}
	for (size_t i = 0; i < rule->len; i++) {
		if (small(text.ptr[i]) != (uint8_t)rule->word[i]) {
			return false;
		}
	}
	return true;
}

static bool is_of_group(const struct rule *rule, uint32_t group)
{
	return group == 0 || group_of(category_rows[rule->place].number) == group;
}

/*
 * 1 + the index of the group's longest rule that the text begins with; of all groups' where it is 0; 0: none. The text
 * has at least FIRST_BYTES.
 */
static size_t longest_of(const struct finder *finder, uint32_t group, struct str text)
{
	size_t longest = 0;

	for (size_t i = finder->heads[bucket_of(text.ptr)]; i != 0; i = finder->next[i - 1]) {
		const struct rule *rule = &finder->rules[i - 1];
		bool is_longer = longest == 0 || rule->len > finder->rules[longest - 1].len;

		if (is_longer && is_of_group(rule, group) && begins_with(text, rule)) {
			longest = i;
		}
	}
	return longest;
}

/*
 * Adds to the scores, by place, what the group's words in the text weigh; all groups' where it is 0. Words do not
 * overlap: the leftmost is taken, of these the longest. Bytes inside a character begin no word.
 */
static void add_scores(const struct finder *finder, uint32_t group, struct str text, bool is_title,
	uint32_t scores[PLACE_COUNT])
{
	const uint8_t hits_max = is_title ? TITLE_HITS_MAX : TEXT_HITS_MAX;
	uint8_t hits[RULE_COUNT_MAX] = {0};
	size_t at = 0;

	while (at + FIRST_BYTES <= text.len) {
		if (((uint8_t)text.ptr[at] & 0xC0) == 0x80) {
			at++;
			continue;
		}
		size_t found = longest_of(finder, group, str_of(text.ptr + at, text.len - at));
		const struct rule *rule = found == 0 ? NULL : &finder->rules[found - 1];

		if (rule != NULL && hits[found - 1] < hits_max) {
			hits[found - 1]++;
			scores[rule->place] += rule->weight * (is_title ? TITLE_FACTOR : 1U);
		}
		at += rule == NULL ? 1 : rule->len;
	}
}

/* The group whose rows have most together; of equal ones the first. */
static uint32_t best_group(const uint32_t scores[PLACE_COUNT])
{
	uint32_t best = CATEGORY_OTHER;
	uint32_t best_score = SCORE_MIN - 1;
	uint32_t sum = 0;

	for (size_t i = 0; i < PLACE_COUNT; i++) {
		uint32_t number = category_rows[i].number;

		sum = (number == group_of(number) ? 0 : sum) + scores[i];
		if (sum > best_score) {
			best = group_of(number);
			best_score = sum;
		}
	}
	return best;
}

/* The group's subcategory that has most; the group itself where none has anything. */
static uint32_t best_in_group(const uint32_t scores[PLACE_COUNT], uint32_t group)
{
	uint32_t best = group;
	uint32_t best_score = 0;

	for (size_t i = 0; i < PLACE_COUNT; i++) {
		uint32_t number = category_rows[i].number;

		if (number != group && group_of(number) == group && scores[i] > best_score) {
			best = number;
			best_score = scores[i];
		}
	}
	return best;
}

/* Of ours, which it takes, and so many of a company's, which are in their place already. */
static void index_rules(struct category_words *all, size_t own_count)
{
	memcpy(all->rules, words, sizeof words);
	finder_init(&all->words, all->rules, COUNT(words) + own_count);
	finder_init(&all->details, details, COUNT(details));
}

static struct rule rule_of(struct arena *arena, const struct category_word *word)
{
	char *copy = arena_alloc(arena, word->word.len);

	assert(word->word.len >= FIRST_BYTES && word->word.len <= CATEGORY_WORD_BYTES_MAX);
	assert(word->weight <= CATEGORY_WEIGHT_MAX);
	for (size_t i = 0; copy != NULL && i < word->word.len; i++) {
		copy[i] = (char)small(word->word.ptr[i]);
	}
	return (struct rule){.word = copy,
		.len = (uint8_t)word->word.len,
		.place = (uint8_t)(row_of(word->category) - category_rows),
		.weight = word->weight};
}

const struct category_words *category_words_new(
	struct arena *arena, const struct category_word *own, size_t count)
{
	struct category_words *out = arena_alloc(arena, sizeof *out);

	assert(count <= CATEGORY_WORDS_MAX);
	if (out == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		out->rules[COUNT(words) + i] = rule_of(arena, &own[i]);
	}
	if (arena->failed) {
		return NULL;
	}
	index_rules(out, count);
	return out;
}

static uint32_t suggest(const struct category_words *all, struct str title, struct str text)
{
	uint32_t scores[PLACE_COUNT] = {0};
	uint32_t group;

	add_scores(&all->words, 0, title, true, scores);
	add_scores(&all->words, 0, text, false, scores);
	group = best_group(scores);
	add_scores(&all->details, group, title, true, scores);
	add_scores(&all->details, group, text, false, scores);
	return best_in_group(scores, group);
}

uint32_t category_suggest(const struct category_words *all, struct str title, struct str text)
{
	if (all == NULL) {
		/* In here: it is large, and the compiler clears it where it begins. */
		struct category_words ours;

		index_rules(&ours, 0);
		return suggest(&ours, title, text);
	}
	return suggest(all, title, text);
}
