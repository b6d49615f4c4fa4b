/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the order of the list, and that removing is safe twice, zeroed, and inside of a walk. */
#include "common/list.h"

#include "tests/check.h"

struct item {
	int number;
	struct list link;
};

/* Four items numbered 0 to 3, appended in order. */
static void fill(struct list *head, struct item items[4])
{
	list_init(head);
	for (int i = 0; i < 4; i++) {
		items[i] = (struct item){.number = i};
		list_append(head, &items[i].link);
	}
}

/* The numbers from the front, as decimal digits; an empty list is 0. */
static int digits_of(struct list *head)
{
	int digits = 0;

	list_each (node, after, head) {
		digits = digits * 10 + container_of(node, struct item, link)->number;
	}
	return digits;
}

static void test_appended_items_are_walked_in_order(void)
{
	struct item items[4];
	struct list head;

	fill(&head, items);
	CHECK_INT_EQ(digits_of(&head), 123); /* and a leading 0 */
	CHECK(list_shift(&head) == &items[0].link);
	CHECK_INT_EQ(digits_of(&head), 123);
	CHECK(!list_empty(&head));
}

static void test_zeroed_and_new_nodes_are_unlinked(void)
{
	struct item zeroed = {0};
	struct list empty = {0};
	struct list head;

	CHECK(!list_linked(&zeroed.link));
	CHECK(list_empty(&empty));
	list_remove(&zeroed.link);
	CHECK(!list_linked(&zeroed.link));
	list_init(&head);
	CHECK(list_empty(&head));
	CHECK(list_shift(&head) == NULL);
	CHECK_INT_EQ(digits_of(&head), 0);
}

static void test_remove_works_anywhere_and_twice(void)
{
	static const int left[] = {123, 23, 13, 12};

	for (size_t i = 0; i < COUNT(left); i++) {
		struct item items[4];
		struct list head;

		fill(&head, items);
		list_remove(&items[i].link);
		CHECK(!list_linked(&items[i].link));
		CHECK_INT_EQ(digits_of(&head), left[i]);
		list_remove(&items[i].link);
		CHECK_INT_EQ(digits_of(&head), left[i]);
	}
}

static void test_walk_survives_removal_of_its_node(void)
{
	struct item items[4];
	struct list head;
	int walked_count = 0;

	fill(&head, items);
	list_each (node, after, &head) {
		walked_count++;
		if (container_of(node, struct item, link)->number != 2) {
			list_remove(node);
		}
	}
	CHECK_INT_EQ(walked_count, 4);
	CHECK_INT_EQ(digits_of(&head), 2);
}

static void test_shift_empties_from_the_front(void)
{
	struct item items[4];
	struct list head;

	fill(&head, items);
	for (int i = 0; i < 4; i++) {
		struct list *node = list_shift(&head);

		CHECK(node == &items[i].link);
		CHECK(!list_linked(node));
	}
	CHECK(list_empty(&head));
}

static void test_splice_moves_all_behind(void)
{
	struct item firsts[4];
	struct item seconds[4];
	struct list target;
	struct list source;

	fill(&target, firsts);
	fill(&source, seconds);
	list_splice(&target, &source);
	CHECK_INT_EQ(digits_of(&target), 1230123);
	CHECK(list_empty(&source));
	list_splice(&target, &source);
	CHECK_INT_EQ(digits_of(&target), 1230123);
	list_splice(&source, &target);
	CHECK(list_empty(&target));
	CHECK_INT_EQ(digits_of(&source), 1230123);
}

static const struct test tests[] = {
	{"appended_items_are_walked_in_order", test_appended_items_are_walked_in_order},
	{"zeroed_and_new_nodes_are_unlinked", test_zeroed_and_new_nodes_are_unlinked},
	{"remove_works_anywhere_and_twice", test_remove_works_anywhere_and_twice},
	{"walk_survives_removal_of_its_node", test_walk_survives_removal_of_its_node},
	{"shift_empties_from_the_front", test_shift_empties_from_the_front},
	{"splice_moves_all_behind", test_splice_moves_all_behind},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
