/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what was put is found until it is removed, through growth and through removals in the
 * middle of probe sequences, and that the maximum holds.
 */
#include "common/id_map.h"

#include "tests/check.h"

#define IDS 4000

/* Values are addresses in here: entry i belongs to the i-th id. */
static char values[IDS];

static void test_puts_are_found_through_growth(void)
{
	struct id_map map;

	id_map_init(&map, IDS);
	for (uint64_t id = 1; id < IDS; id++) {
		CHECK(id_map_put(&map, id, &values[id]));
		CHECK(map.count * 2 <= map.capacity);
	}
	CHECK_INT_EQ(map.count, IDS - 1);
	for (uint64_t id = 1; id < IDS; id++) {
		CHECK(id_map_get(&map, id) == &values[id]);
	}
	CHECK(id_map_get(&map, IDS) == NULL);
	CHECK(id_map_get(&map, 0) == NULL);
	CHECK(id_map_get(&map, UINT64_MAX) == NULL);
	id_map_fini(&map);
}

static void test_put_over_maximum_is_refused(void)
{
	for (size_t count_max = 0; count_max < 20; count_max++) {
		struct id_map map;

		id_map_init(&map, count_max);
		for (uint64_t id = 1; id <= count_max; id++) {
			CHECK(id_map_put(&map, id, &values[id]));
		}
		CHECK(!id_map_put(&map, 100, &values[100]));
		CHECK(id_map_get(&map, 100) == NULL);
		if (count_max > 0) {
			CHECK(id_map_remove(&map, 1) == &values[1]);
			CHECK(id_map_put(&map, 100, &values[100]));
		}
		CHECK_INT_EQ(map.count, count_max);
		id_map_fini(&map);
	}
}

static void test_removed_ids_are_gone(void)
{
	struct id_map map;

	id_map_init(&map, 10);
	CHECK(id_map_remove(&map, 5) == NULL);
	CHECK(id_map_get(&map, 5) == NULL);
	CHECK(id_map_put(&map, 5, &values[5]));
	CHECK(id_map_remove(&map, 6) == NULL);
	CHECK(id_map_remove(&map, 0) == NULL);
	CHECK(id_map_remove(&map, 5) == &values[5]);
	CHECK(id_map_remove(&map, 5) == NULL);
	CHECK(id_map_get(&map, 5) == NULL);
	CHECK_INT_EQ(map.count, 0);
	id_map_fini(&map);
}

/* Few ids in a small table collide often; the array `present` is never wrong. */
static void test_random_steps_match_an_array(void)
{
	enum { FEW = 60, STEPS = 50000 };
	bool present[FEW] = {false};
	uint32_t random = 1;
	struct id_map map;

	id_map_init(&map, FEW);
	for (int step = 0; step < STEPS; step++) {
		size_t index;
		uint64_t id;

		random = random * 1664525 + 1013904223;
		index = (random >> 8) % FEW;
		id = (index + 1) << (index % 3 * 20); /* near to each other, and far */
		if (present[index]) {
			CHECK(id_map_remove(&map, id) == &values[index]);
		} else {
			CHECK(id_map_put(&map, id, &values[index]));
		}
		present[index] = !present[index];
		for (size_t i = 0; i < FEW; i++) {
			void *expected = present[i] ? &values[i] : NULL;

			CHECK(id_map_get(&map, (uint64_t)(i + 1) << (i % 3 * 20)) == expected);
		}
	}
	id_map_fini(&map);
}

static void test_fini_takes_null_zeroed_and_twice(void)
{
	struct id_map zeroed = {0};
	struct id_map map;

	id_map_fini(NULL);
	id_map_fini(&zeroed);
	id_map_init(&map, 10);
	CHECK(id_map_put(&map, 1, &values[1]));
	id_map_fini(&map);
	id_map_fini(&map);
	CHECK(id_map_get(&map, 1) == NULL);
	CHECK(id_map_put(&map, 1, &values[1]));
	id_map_fini(&map);
}

static const struct test tests[] = {
	{"puts_are_found_through_growth", test_puts_are_found_through_growth},
	{"put_over_maximum_is_refused", test_put_over_maximum_is_refused},
	{"removed_ids_are_gone", test_removed_ids_are_gone},
	{"random_steps_match_an_array", test_random_steps_match_an_array},
	{"fini_takes_null_zeroed_and_twice", test_fini_takes_null_zeroed_and_twice},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
