/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a bulk's exactly-once rests on: its id fits what was typed for it and nothing else, whichever of its bytes
 * or of the options is another one; and its keys are another one for each complaint and each bulk, always the same for
 * the same.
 */
#include "client/admin/bulk.h"

#include "common/arena.h"
#include "tests/check.h"

#define NOW_US INT64_C(1795432800000000)

static void test_an_id_fits_what_was_typed(void)
{
	struct uuid id = bulk_id_new(STR("accept\n--open=\n"), NOW_US);
	struct uuid other = bulk_id_new(STR("accept\n--open=\n"), NOW_US);

	CHECK(bulk_id_fits(id, STR("accept\n--open=\n")));
	CHECK(!bulk_id_fits(id, STR("accept\n")));
	CHECK(!bulk_id_fits(id, STR("resume\n--open=\n")));
	CHECK(!uuid_equal(id, other)); /* the same again is another bulk */
	CHECK_INT_EQ(id.bytes[6] >> 4, 8);
	CHECK_INT_EQ(id.bytes[8] >> 6, 2);
	for (size_t i = 0; i < UUID_BYTES; i++) {
		struct uuid changed = id;

		changed.bytes[i] ^= 1;
		CHECK(!bulk_id_fits(changed, STR("accept\n--open=\n")));
	}
}

static void test_keys_are_of_bulk_and_complaint(void)
{
	struct uuid bulk = bulk_id_new(STR("accept\n"), NOW_US);
	struct uuid other = bulk_id_new(STR("accept\n"), NOW_US);
	struct uuid one = {{1}};
	struct uuid two = {{2}};

	CHECK(uuid_equal(bulk_key(bulk, one), bulk_key(bulk, one)));
	CHECK(!uuid_equal(bulk_key(bulk, one), bulk_key(bulk, two)));
	CHECK(!uuid_equal(bulk_key(bulk, one), bulk_key(other, one)));
}

/* How it is shown, and whether it is meant, does not count; everything else does. */
static void test_what_was_typed(void)
{
	struct option_set which = option_set_join(option_set_of(OPTION_OPEN),
		option_set_join(option_set_of(OPTION_EXCLUDE), option_set_of(OPTION_FIND)));
	struct options options = {.arguments = {"pass", "二组"}, .argument_count = 2};
	struct arena arena;

	arena_init(&arena, 65536);
	options.values[OPTION_OPEN] = "";
	options.values[OPTION_FIND] = "漏水";
	options.values[OPTION_JSON] = "";
	options.many[0] = (struct option_given){OPTION_EXCLUDE, "20261124-0001"};
	options.many[1] = (struct option_given){OPTION_EXCLUDE, "20261124-0002"};
	options.many_count = 2;
	CHECK_STR_EQ(bulk_what(&arena, &options, which),
		"pass\n二组\n--open=\n--text=漏水\n--exclude=20261124-0001\n--exclude=20261124-0002\n");
	arena_fini(&arena);
}

static void test_steps_are_found(void)
{
	char list[256];

	CHECK(bulk_step_find("accept") != NULL);
	CHECK(bulk_step_find("confirm") == NULL);
	CHECK(bulk_step_find("") == NULL);
	bulk_step_list(list, sizeof(list));
	CHECK_STR_EQ(list, "accept, pass, classify, resume");
}

static const struct test tests[] = {
	{"an_id_fits_what_was_typed", test_an_id_fits_what_was_typed},
	{"keys_are_of_bulk_and_complaint", test_keys_are_of_bulk_and_complaint},
	{"what_was_typed", test_what_was_typed},
	{"steps_are_found", test_steps_are_found},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
