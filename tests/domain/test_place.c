/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the rules of places: which kind may stand in which, over all pairs; what a code and a name may
 * be; and what an assignment means for those before it, day by day.
 */
#include "server/domain/place.h"

#include "common/day.h"
#include "tests/check.h"

#define KINDS 9

/* A row a kind, a column a parent: alone, building, entrance, dwelling, five common places. */
static const char *const stands[KINDS + 1] = {
	[PLACE_BUILDING] = "1000000000",
	[PLACE_ENTRANCE] = "0100000000",
	[PLACE_DWELLING] = "0010000000",
	[PLACE_GARDEN] = "1110000000",
	[PLACE_GATE] = "1110000000",
	[PLACE_GARAGE] = "1110000000",
	[PLACE_ROAD] = "1110000000",
	[PLACE_FACILITY] = "1110000000",
	[PLACE_COMMON] = "1110000000",
};

static void test_what_may_stand_in_what(void)
{
	for (int kind = 1; kind <= KINDS; kind++) {
		CHECK(place_is_kind(kind));
		CHECK_INT_EQ(place_is_in_patches((enum place_kind)kind),
			kind != PLACE_BUILDING && kind != PLACE_DWELLING);
		for (int parent = 0; parent <= KINDS; parent++) {
			bool may = stands[kind][parent] == '1';
			struct place_fault fault = place_parent_fault((enum place_kind)kind, parent);

			CHECK_INT_EQ(place_may_stand((enum place_kind)kind, parent), may);
			CHECK_INT_EQ(fault.err, may           ? ERR_OK
									: parent == 0 ? ERR_FIELD_MISSING
												  : ERR_FIELD_INVALID);
			CHECK(may || strcmp(fault.allowed, place_where((enum place_kind)kind)) == 0);
		}
		CHECK(!place_may_stand((enum place_kind)kind, -1));
		CHECK(!place_may_stand((enum place_kind)kind, KINDS + 1));
	}
	CHECK(!place_is_kind(0) && !place_is_kind(-1) && !place_is_kind(KINDS + 1));
}

static const struct {
	struct str text;
	enum err code; /* as a code */
	enum err name; /* as a name */
} texts[] = {
	{STR("3"), ERR_OK, ERR_OK},
	{STR("3-2-1201"), ERR_OK, ERR_OK},
	{STR("南门"), ERR_OK, ERR_OK},
	{STR("B1 车库"), ERR_OK, ERR_OK},
	{STR(""), ERR_FIELD_MISSING, ERR_OK},
	{STR(" 3"), ERR_FIELD_INVALID, ERR_OK},
	{STR("3 "), ERR_FIELD_INVALID, ERR_OK},
	{STR(" "), ERR_FIELD_INVALID, ERR_OK},
	{STR("　南门"), ERR_FIELD_INVALID, ERR_OK},
	{STR("南门\u00a0"), ERR_FIELD_INVALID, ERR_OK},
	{STR("南\t门"), ERR_FIELD_INVALID, ERR_FIELD_INVALID},
	{STR("南门\n"), ERR_FIELD_INVALID, ERR_FIELD_INVALID},
	{STR("\x7f"), ERR_FIELD_INVALID, ERR_FIELD_INVALID},
	{STR("南\xC2\x85"
		 "门"),
		ERR_FIELD_INVALID, ERR_FIELD_INVALID},
	{STR("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二"), ERR_OK, ERR_OK},
	{STR("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三"), ERR_FIELD_LENGTH,
		ERR_OK},
};

static void test_codes_and_names(void)
{
	char name[PLACE_NAME_POINTS_MAX + 2];

	for (size_t i = 0; i < COUNT(texts); i++) {
		printf("# %.*s\n", STR_ARG(texts[i].text));
		CHECK_INT_EQ(place_code_fault(texts[i].text).err, texts[i].code);
		CHECK_INT_EQ(place_name_fault(texts[i].text).err, texts[i].name);
	}
	memset(name, 'a', sizeof name);
	CHECK_INT_EQ(place_name_fault(str_of(name, PLACE_NAME_POINTS_MAX)).err, ERR_OK);
	CHECK_INT_EQ(place_name_fault(str_of(name, PLACE_NAME_POINTS_MAX + 1)).err, ERR_FIELD_LENGTH);
}

/* --- from day to day; today is 100 --- */

#define TODAY 100
#define PATCHES_MAX 3

static const struct assign_case {
	const char *what;
	struct place_patch patches[PATCHES_MAX];
	size_t count;
	struct place_patch wanted;
	enum place_handover expected;
	size_t at;
} assign_cases[] = {
	{"the first", {{0}}, 0, {100, DAY_NEVER}, PLACE_IS_FREE, 0},
	{"the first, since last week", {{0}}, 0, {93, DAY_NEVER}, PLACE_IS_FREE, 0},
	{"from one team to the next", {{50, DAY_NEVER}}, 1, {100, DAY_NEVER}, PLACE_HANDS_OVER, 0},
	{"tomorrow", {{50, DAY_NEVER}}, 1, {101, DAY_NEVER}, PLACE_HANDS_OVER, 0},
	{"yesterday", {{50, DAY_NEVER}}, 1, {99, DAY_NEVER}, PLACE_IS_OVER, 0},
	{"yesterday, when it was nobody's", {{50, 60}}, 1, {99, DAY_NEVER}, PLACE_IS_OVER, 0},
	{"after an end", {{50, 100}}, 1, {100, DAY_NEVER}, PLACE_IS_FREE, 0},
	{"on the day it was given", {{100, DAY_NEVER}}, 1, {100, DAY_NEVER}, PLACE_HANDS_OVER, 0},
	{"over a plan", {{50, 120}, {120, DAY_NEVER}}, 2, {110, DAY_NEVER}, PLACE_IS_PLANNED, 0},
	{"until a plan", {{120, DAY_NEVER}, {50, 120}}, 2, {110, 120}, PLACE_HANDS_OVER, 1},
	{"one day over a plan", {{50, 120}, {120, DAY_NEVER}}, 2, {110, 121}, PLACE_IS_PLANNED, 0},
	{"instead of a plan", {{50, 120}, {120, DAY_NEVER}}, 2, {120, DAY_NEVER}, PLACE_HANDS_OVER, 1},
	{"before a plan, nobody's until then", {{120, DAY_NEVER}}, 1, {110, 115}, PLACE_IS_FREE, 0},
	{"over a plan that was given up", {{50, 110}, {120, 120}}, 2, {110, DAY_NEVER}, PLACE_IS_FREE,
		0},
	{"for a while", {{50, DAY_NEVER}}, 1, {100, 107}, PLACE_HANDS_OVER, 0},
};

static void test_an_assignment_hands_over_or_is_refused(void)
{
	for (size_t i = 0; i < COUNT(assign_cases); i++) {
		const struct assign_case *one = &assign_cases[i];
		size_t at = 0;

		printf("# %s\n", one->what);
		CHECK_INT_EQ(
			place_assign(one->patches, one->count, one->wanted, TODAY, &at), one->expected);
		CHECK_INT_EQ(at, one->at);
	}
}

static const struct test tests[] = {
	{"what_may_stand_in_what", test_what_may_stand_in_what},
	{"codes_and_names", test_codes_and_names},
	{"an_assignment_hands_over_or_is_refused", test_an_assignment_hands_over_or_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
