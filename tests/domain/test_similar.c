/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what tells of the same matter is suggested and what does not is not: a table of texts typed and
 * stored; that an equal text is the best there is and a text with nothing in common is none; that place
 * and category decide between equal texts and make no other matter the same; that what everybody has says
 * less; the order of what is suggested. Real messages are measured by similar_report.c.
 */
#include "server/domain/similar.h"

#include <stdlib.h>

#include "tests/check.h"

#define BYTES_MAX (4 * 1024 * 1024)

static struct search_pairs pairs_of(struct arena *arena, const char *text)
{
	return search_pairs_of(arena, search_normalise(arena, str_from_c(text)));
}

static uint32_t score(
	const char *typed, const char *stored, bool is_same_place, bool is_same_category)
{
	struct similar_candidate one = {
		.is_same_place = is_same_place, .is_same_category = is_same_category};
	struct arena arena;

	arena_init(&arena, BYTES_MAX);
	one.pairs = pairs_of(&arena, stored);
	similar_score(pairs_of(&arena, typed), &one, 1);
	arena_fini(&arena);
	return one.score;
}

static const struct {
	const char *typed;
	const char *stored;
	bool is_suggested;
} texts[] = {
	{"电梯停在五楼不动了", "三号楼二单元的电梯停在五楼，按键没有反应", true},
	{"电梯又停在五楼", "电梯停在五楼不动了", true},
	{"楼道灯不亮", "二单元三楼楼道的灯不亮好几天了，晚上看不见路", true},
	{"Ｗ３０１漏水", "w301漏水", true},
	{"电梯停在五楼不动了", "楼下有人半夜放音乐，睡不着", false},
	{"楼道灯不亮", "暖气不热，家里只有十五度", false},
	{"水", "水管漏水", false}, /* one character has no pair */
	{"", "水管漏水", false},
	{"水管漏水", "", false},
	{"", "", false},
};

static void test_the_same_matter_is_suggested_and_another_is_not(void)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		uint32_t found = score(texts[i].typed, texts[i].stored, false, false);

		CHECK_INT_EQ(found >= SIMILAR_SCORE_MIN, texts[i].is_suggested);
		if (check_failed()) {
			printf("# %s: %u\n", texts[i].typed, (unsigned)found);
			return;
		}
	}
}

static void test_equal_texts_have_all_and_it_is_symmetric(void)
{
	CHECK(score("电梯停在五楼", "电梯停在五楼", false, false) >= SIMILAR_SCORE_MAX);
	CHECK(score("电梯停在五楼", "电梯停在五楼", false, false) <= SIMILAR_SCORE_MAX + 1);
	CHECK_INT_EQ(score("电梯停", "灯不亮", true, true), 0);
	CHECK(score("电梯停在五楼不动了", "电梯停在五楼", false, false) < SIMILAR_SCORE_MAX);
}

static void test_place_and_category_add_to_what_the_texts_have(void)
{
	uint32_t alone = score("电梯停在五楼不动了", "电梯又停了", false, false);

	CHECK(alone > 0);
	CHECK(score("电梯停在五楼不动了", "电梯又停了", true, false) > alone);
	CHECK(score("电梯停在五楼不动了", "电梯又停了", false, true) > alone);
	CHECK(score("电梯停在五楼不动了", "电梯又停了", true, true) >
		  score("电梯停在五楼不动了", "电梯又停了", true, false));
}

/* Thirty say "our estate"; one of them also says what is typed. */
static void test_what_everybody_says_counts_for_less(void)
{
	struct similar_candidate all[30] = {0};
	struct similar_candidate two[2] = {0};
	struct arena arena;
	struct search_pairs typed;

	arena_init(&arena, BYTES_MAX);
	typed = pairs_of(&arena, "我们小区的水管漏了");
	for (size_t i = 0; i < COUNT(all); i++) {
		all[i].pairs = pairs_of(&arena, "我们小区的大门坏了");
	}
	all[7].pairs = pairs_of(&arena, "地下室水管漏了一夜");
	similar_score(typed, all, COUNT(all));
	CHECK(all[7].score > all[8].score);
	two[0].pairs = all[8].pairs;
	two[1].pairs = all[7].pairs;
	similar_score(typed, two, COUNT(two));
	CHECK(two[0].score > all[8].score); /* among two, nobody can say that it is common */
	arena_fini(&arena);
}

/* As long as a text may be, against as many as there may be. */
static void test_the_longest_texts_are_cut_not_refused(void)
{
	static int64_t numbers[2 * SIMILAR_PAIRS_MAX];
	struct similar_candidate all[SIMILAR_CANDIDATES_MAX] = {0};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		numbers[i] = INT64_C(1) << 40 | (int64_t)i;
	}
	for (size_t i = 0; i < COUNT(all); i++) {
		all[i].pairs = (struct search_pairs){numbers, SIMILAR_PAIRS_MAX};
	}
	similar_score((struct search_pairs){numbers, COUNT(numbers)}, all, COUNT(all));
	for (size_t i = 0; i < COUNT(all); i++) {
		CHECK(all[i].score >= SIMILAR_SCORE_MAX);
	}
}

static void test_the_best_come_first_and_no_more_than_asked_for(void)
{
	static const struct {
		uint32_t scores[5];
		size_t max, count;
		size_t expected[5];
	} rows[] = {
		{{500, 109, 700, 110, 0}, 5, 3, {2, 0, 3}},
		{{500, 109, 700, 110, 0}, 2, 2, {2, 0}},
		{{500, 500, 500, 500, 900}, 3, 3, {4, 0, 1}},
		{{1, 2, 3, 4, 5}, 5, 0, {0}},
		{{500, 600, 700, 800, 900}, 1, 1, {4}},
		{{900, 800, 700, 600, 500}, 5, 5, {0, 1, 2, 3, 4}},
		{{900, 800, 700, 600, 500}, 0, 0, {0}},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct similar_candidate candidates[5] = {0};
		size_t out[5];

		for (size_t k = 0; k < 5; k++) {
			candidates[k].score = rows[i].scores[k];
		}
		CHECK_INT_EQ(similar_best(candidates, 5, out, rows[i].max), rows[i].count);
		for (size_t k = 0; k < rows[i].count; k++) {
			CHECK_INT_EQ(out[k], rows[i].expected[k]);
		}
	}
}

static const struct test tests[] = {
	{"the_same_matter_is_suggested_and_another_is_not",
		test_the_same_matter_is_suggested_and_another_is_not},
	{"equal_texts_have_all_and_it_is_symmetric", test_equal_texts_have_all_and_it_is_symmetric},
	{"place_and_category_add_to_what_the_texts_have",
		test_place_and_category_add_to_what_the_texts_have},
	{"what_everybody_says_counts_for_less", test_what_everybody_says_counts_for_less},
	{"the_longest_texts_are_cut_not_refused", test_the_longest_texts_are_cut_not_refused},
	{"the_best_come_first_and_no_more_than_asked_for",
		test_the_best_come_first_and_no_more_than_asked_for},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
