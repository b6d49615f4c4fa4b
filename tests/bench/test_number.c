/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that ids are what town.sql and script.py make of the same numbers, and that what is picked
 * stays within the town: a person's own communities, the hot rows, the supply each once.
 */
#include "tests/check.h"

#include "tests/bench/pick.h"

#define SUPPLY_MAX 4000

static const struct pick_town town = {
	.communities = 20,
	.rows = 4000,
	.hot = 1000,
	.supply = 2000,
	.base = 2 * NUMBER_FIRST,
	.group = 8,
};

static void test_number_is_the_last_digits(void)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(number_uuid(NUMBER_COMPLAINT, NUMBER_FIRST + 1234567), text);
	CHECK_STR_EQ(text, "e0000000-0000-0100-0000-000001234567");
	uuid_format(number_uuid(NUMBER_KEY, UINT64_C(9223372036854775807)), text);
	CHECK_STR_EQ(text, "f0000000-0000-0922-3372-036854775807");
	uuid_format(number_person(64, 63), text);
	CHECK_STR_EQ(text, "a0000000-0000-0100-0000-000000064063");
}

static void test_any_is_hot_and_one_s_own(void)
{
	struct pick pick;

	for (unsigned link = 0; link < 16; link++) {
		pick_init(&pick, &town, link);
		for (int i = 0; i < 1000; i++) {
			struct pick_target target = pick_any(&pick);

			CHECK(target.community % town.group == link % town.group);
			CHECK(target.community < town.communities);
			CHECK(target.complaint % town.communities == target.community);
			CHECK(target.complaint >= town.rows - town.hot && target.complaint < town.rows);
			CHECK(target.team / NUMBER_TEAMS == target.community);
			CHECK(target.place / NUMBER_COMMUNITY_PLACES == target.community);
		}
	}
}

static void test_supply_is_taken_once(void)
{
	static bool is_taken[SUPPLY_MAX];
	struct pick_target target;
	struct pick pick;
	uint64_t count = 0;

	for (unsigned link = 0; link < town.group; link++) {
		pick_init(&pick, &town, link);
		while (pick_supply(&pick, &target)) {
			CHECK(target.complaint >= town.rows - town.supply && target.complaint < town.rows);
			CHECK(!is_taken[target.complaint]);
			is_taken[target.complaint] = true;
			count++;
		}
	}
	CHECK_INT_EQ(count, town.supply);
}

static void test_keys_of_links_never_meet(void)
{
	struct pick first;
	struct pick second;
	struct pick_target target;

	pick_init(&first, &town, 0);
	pick_init(&second, &town, 1);
	target = pick_any(&first);
	CHECK(target.key == town.base);
	CHECK(pick_any(&first).key == town.base + 1);
	CHECK(pick_any(&second).key - target.key == UINT64_C(1000000000));
}

static const struct test tests[] = {
	{"number_is_the_last_digits", test_number_is_the_last_digits},
	{"any_is_hot_and_one_s_own", test_any_is_hot_and_one_s_own},
	{"supply_is_taken_once", test_supply_is_taken_once},
	{"keys_of_links_never_meet", test_keys_of_links_never_meet},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
