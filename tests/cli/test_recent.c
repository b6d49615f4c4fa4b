/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaints seen last: found by id and by the beginning of an id; never a wrong one,
 * for what fits twice is refused. Ids are counted, so that beginnings can be foretold.
 */
#include "client/admin/recent.h"

#include <stdlib.h>

#include "tests/check.h"

/* 00000000-0000-7000-8000-00000000nnnn, all of community `community`. */
static struct recent_row row_of(unsigned number, uint8_t community)
{
	struct recent_row row = {0};

	row.community_id.bytes[0] = community;
	row.complaint_id.bytes[0] = (uint8_t)(number >> 8);
	row.complaint_id.bytes[1] = (uint8_t)number;
	row.complaint_id.bytes[15] = community;
	return row;
}

static bool is_row(const struct recent_row *row, unsigned number)
{
	return uuid_equal(row->complaint_id, row_of(number, 1).complaint_id);
}

static struct recent *filled(unsigned count)
{
	struct recent *recent = calloc(1, sizeof(*recent));

	for (unsigned i = 1; i <= count; i++) {
		struct recent_row row = row_of(i, 1);

		recent_add(recent, &row);
	}
	return recent;
}

static void test_find_by_id_and_its_beginning(void)
{
	struct recent *recent = filled(300);
	const struct recent_row *row = NULL;

	CHECK_INT_EQ(
		recent_find(recent, "00070000-0000-0000-0000-000000000001", NULL, &row), RECENT_FOUND);
	CHECK_INT_EQ(row->complaint_id.bytes[1], 7);
	CHECK_INT_EQ(recent_find(recent, "0007", NULL, &row), RECENT_FOUND);
	CHECK_INT_EQ(recent_find(recent, "012C", NULL, &row), RECENT_FOUND);
	CHECK_INT_EQ(recent_find(recent, "012D", NULL, &row), RECENT_NONE);
	CHECK_INT_EQ(recent_find(recent, "20261124-0007", NULL, &row), RECENT_NONE);
	CHECK_INT_EQ(recent_find(recent, "", NULL, &row), RECENT_NONE);
	CHECK_INT_EQ(recent_find(recent, "000", NULL, &row), RECENT_NONE); /* too short to be meant */
	free(recent);
}

static void test_find_refuses_what_fits_twice(void)
{
	struct recent *recent = filled(3);
	const struct recent_row *row = NULL;
	struct recent_row other = row_of(2, 9);
	struct uuid community = other.community_id;

	recent_add(recent, &other);
	CHECK_INT_EQ(recent_find(recent, "0002", NULL, &row), RECENT_MANY);
	CHECK_INT_EQ(recent_find(recent, "0002", &community, &row), RECENT_FOUND);
	CHECK_INT_EQ(row->community_id.bytes[0], 9);
	CHECK_INT_EQ(recent_find(recent, "0003", &community, &row), RECENT_NONE);
	free(recent);
}

static void test_add_keeps_the_newest_once(void)
{
	struct recent *recent = filled(RECENT_MAX + 50);
	const struct recent_row *row = NULL;
	struct recent_row again = row_of(500, 1);

	CHECK_INT_EQ(recent->count, RECENT_MAX);
	CHECK(is_row(&recent->rows[0], 1050));
	CHECK(is_row(&recent->rows[RECENT_MAX - 1], 51));
	recent_add(recent, &again);
	CHECK_INT_EQ(recent->count, RECENT_MAX);
	CHECK(is_row(&recent->rows[0], 500));
	CHECK(is_row(&recent->rows[RECENT_MAX - 1], 51));
	CHECK_INT_EQ(recent_find(recent, "01F4", NULL, &row), RECENT_FOUND); /* 500 */
	free(recent);
}

static void test_text_is_read_back(void)
{
	struct recent *recent = filled(20);
	struct recent *back = calloc(1, sizeof(*back));
	struct arena arena;
	struct str text;

	arena_init(&arena, 1024 * 1024);
	text = recent_format(recent, &arena);
	recent_parse(back, text);
	CHECK_INT_EQ(back->count, recent->count);
	CHECK_INT_EQ(memcmp(back->rows, recent->rows, back->count * sizeof(back->rows[0])), 0);
	/* Cut anywhere, whole lines are kept and broken ones passed over. */
	for (size_t len = 0; len <= text.len; len++) {
		recent_parse(back, str_of(text.ptr, len));
		CHECK(back->count <= recent->count);
	}
	recent_parse(back, STR("rubbish\n\n0 0 0\n"));
	CHECK_INT_EQ(back->count, 0);
	arena_fini(&arena);
	free(back);
	free(recent);
}

static const struct test tests[] = {
	{"find_by_id_and_its_beginning", test_find_by_id_and_its_beginning},
	{"find_refuses_what_fits_twice", test_find_refuses_what_fits_twice},
	{"add_keeps_the_newest_once", test_add_keeps_the_newest_once},
	{"text_is_read_back", test_text_is_read_back},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
