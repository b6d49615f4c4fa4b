/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves in which order a group asks: what can go as one does, waves before the rest; each errand's own
 * queries stay in its order; nobody goes with others who has failed among them; nothing is left out. How:
 * errands written as words, a letter a query, and the order as a word.
 */
#include "server/db/group.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

#define ERRANDS_MAX 8
#define QUERIES_MAX 8
#define ORDER_MAX 256

/* Letters of queries: P, C, A can go with others; x, y cannot. */
static enum stmt stmt_of(char letter)
{
	switch (letter) {
	case 'P':
		return STMT_place_around;
	case 'C':
		return STMT_complaint_get;
	case 'A':
		return STMT_applied_get;
	case 'x':
		return STMT_account_list;
	default:
		return STMT_crew_list;
	}
}

struct scene {
	struct list waiting;
	struct errand errands[ERRANDS_MAX];
	struct query queries[ERRANDS_MAX][QUERIES_MAX];
	size_t count;
};

/* Words divided by spaces; one that begins with ! is an errand that goes alone, - one without queries. */
static void scene_init(struct scene *scene, const char *words)
{
	char text[ORDER_MAX];
	char *rest = text;
	char *word;

	*scene = (struct scene){0};
	list_init(&scene->waiting);
	(void)snprintf(text, sizeof text, "%s", words);
	while ((word = strsep(&rest, " ")) != NULL) {
		size_t at = scene->count++;
		struct errand *errand = &scene->errands[at];

		errand->queries = scene->queries[at];
		errand->is_alone = *word == '!';
		for (word += strspn(word, "!-"); *word != '\0'; word++) {
			errand->queries[errand->query_count++].stmt = stmt_of(*word);
		}
		list_append(&scene->waiting, &errand->node);
	}
}

/* Each query as errand and number, those that go as one in brackets: "(0.0 1.0) 0.1". */
static void describe(const struct scene *scene, const struct group *group, char out[ORDER_MAX])
{
	size_t len = 0;
	size_t last = 0; /* of those that go as one */

	out[0] = '\0';
	for (size_t i = 0; i < group->asked_count; i++) {
		const struct asked *asked = &group->asked[i];
		bool is_in = i > 0 && i <= last;

		last = asked->run > 1 ? i + asked->run - 1 : last;
		len += (size_t)snprintf(out + len, ORDER_MAX - len, "%s%s%td.%td%s", i == 0 ? "" : " ",
			asked->run > 1 ? "(" : "", asked->errand - scene->errands,
			asked->query - asked->errand->queries, is_in && i == last ? ")" : "");
	}
}

static void check_order(const char *words, const char *want)
{
	struct scene scene;
	struct group *group;
	char order[ORDER_MAX];

	scene_init(&scene, words);
	group = group_new(&scene.waiting, scene.count);
	assert(group != NULL);
	describe(&scene, group, order);
	CHECK_STR_EQ(str_of(order, strlen(order)), want);
	CHECK(list_empty(&scene.waiting));
	for (size_t i = 0; i < scene.count; i++) {
		CHECK_INT_EQ(scene.errands[i].sent_count, 1);
	}
	free(group);
}

static void test_the_order(void)
{
	static const char *const rows[][2] = {
		{"C", "0.0"},
		{"-", ""},
		{"C C", "(0.0 1.0)"},
		{"CP C CP", "(0.0 1.0 2.0) (0.1 2.1)"},
		{"CPA CPA", "(0.0 1.0) (0.1 1.1) (0.2 1.2)"},
		{"C P C P", "(0.0 2.0) (1.0 3.0)"},
		{"x C y C", "(1.0 3.0) 0.0 2.0"},
		{"CxA CA xA", "(0.0 1.0) 1.1 0.1 0.2 2.0 2.1"},
		{"xC xC", "0.0 0.1 1.0 1.1"},
		{"CA CP AC", "(0.0 1.0) 2.0 0.1 1.1 2.1"},
		{"CC CC", "(0.0 1.0) (0.1 1.1)"},
		{"!CA CA CA", "(1.0 2.0) (1.1 2.1) 0.0 0.1"},
		{"!C !C", "0.0 1.0"},
		{"- C - C", "(1.0 3.0)"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_order(rows[i][0], rows[i][1]);
		if (check_failed()) {
			printf("# %s\n", rows[i][0]);
			return;
		}
	}
}

static void test_a_group_takes_no_more_than_its_share(void)
{
	struct scene scene;
	struct group *group;

	scene_init(&scene, "C C C");
	group = group_new(&scene.waiting, 2);
	assert(group != NULL);
	CHECK_INT_EQ(group->asked_count, 2);
	CHECK(scene.waiting.next == &scene.errands[2].node && scene.waiting.prev == scene.waiting.next);
	free(group);
}

static const struct test tests[] = {
	{"the_order", test_the_order},
	{"a_group_takes_no_more_than_its_share", test_a_group_takes_no_more_than_its_share},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
