/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local times: what people write is read in the zone that was named, what does not exist is refused,
 * and what is shown is read back as the same moment. Expected values are from `date -d`.
 */
#include "client/admin/when.h"

#include "common/clock.h"
#include "tests/check.h"

#define SHANGHAI "Asia/Shanghai"
#define NEW_YORK "America/New_York"

struct good_case {
	const char *text;
	const char *zone;
	int64_t seconds;
};

static const struct good_case good_cases[] = {
	{"2026-11-24 10:00", SHANGHAI, 1795485600}, {"2026-11-24T10:00:00", SHANGHAI, 1795485600},
	{"2026-11-24 10:00:07", SHANGHAI, 1795485607},
	{"2026-11-24 10:00:07.250", SHANGHAI, 1795485607}, {"2026/11/24 10:00", SHANGHAI, 1795485600},
	{"2026/1/2 3:04", SHANGHAI, 1767294240}, {"2026-11-24", SHANGHAI, 1795449600},
	{"2026-11-24 10:00", "UTC", 1795514400}, {"2026-11-24T10:00:00Z", SHANGHAI, 1795514400},
	{"2026-11-24 10:00+08:00", "UTC", 1795485600}, {"2026-11-24 10:00+0800", NEW_YORK, 1795485600},
	{"2026-11-24 10:00-05", SHANGHAI, 1795532400}, {"2012-02-29 00:00", SHANGHAI, 1330444800},
	{"1970-01-01 08:00", SHANGHAI, 0},
	{"1988-07-01 12:00", SHANGHAI, 583729200}, /* China kept summer time from 1986 to 1991 */
};

static void test_parse_reads_what_people_write(void)
{
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		const struct good_case *row = &good_cases[i];
		int64_t us = 0;

		CHECK(when_parse(str_from_c(row->text), row->zone, &us));
		CHECK_INT_EQ(us / US_PER_S, row->seconds);
	}
}

static const struct good_case bad_cases[] = {
	{"", SHANGHAI, 0},
	{"tomorrow", SHANGHAI, 0},
	{"2026-11", SHANGHAI, 0},
	{"26-11-24 10:00", SHANGHAI, 0},
	{"2026-13-01 10:00", SHANGHAI, 0},
	{"2026-02-30 10:00", SHANGHAI, 0},
	{"2025-02-29", SHANGHAI, 0},
	{"2026-11-24 24:00", SHANGHAI, 0},
	{"2026-11-24 10:60", SHANGHAI, 0},
	{"2026-11-24 10", SHANGHAI, 0},
	{"2026-11-24 10:5", SHANGHAI, 0},
	{"2026-11-24 10:00 ", SHANGHAI, 0},
	{"2026-11-24 10:00x", SHANGHAI, 0},
	{"2026-11/24 10:00", SHANGHAI, 0},
	{"2026-11-24 10:00+15:00", SHANGHAI, 0},
	{"1969-12-31", SHANGHAI, 0},
	{"1986-05-04 02:30", SHANGHAI, 0}, /* the hour that the change of clocks left out */
	{"2026-03-08 02:30", NEW_YORK, 0},
};

static void test_parse_refuses_what_does_not_exist(void)
{
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		int64_t us = -7;

		if (when_parse(str_from_c(bad_cases[i].text), bad_cases[i].zone, &us)) {
			printf("# taken: '%s'\n", bad_cases[i].text);
		}
		CHECK_INT_EQ(us, -7);
	}
}

static void test_every_cut_is_refused_or_shorter(void)
{
	struct str text = STR("2026-11-24 10:00:07");

	for (size_t len = 0; len < text.len; len++) {
		int64_t us;
		/* 2026-11-2, 2026-11-24 and …10:00 are times of their own. */
		bool is_time = len == 9 || len == 10 || len == 16;

		CHECK_INT_EQ(when_parse(str_of(text.ptr, len), SHANGHAI, &us), is_time);
	}
}

static void test_format_is_read_back(void)
{
	for (int64_t us = 0; us < INT64_C(4102444800000000); us += INT64_C(1234567000000)) {
		char text[WHEN_TEXT_MAX];
		int64_t back;

		when_format_seconds(us, SHANGHAI, text);
		/* In autumn 1986 to 1991 one hour came twice. */
		if (when_parse(str_from_c(text), SHANGHAI, &back) && us >= INT64_C(700000000000000)) {
			CHECK_INT_EQ(back / US_PER_S, us / US_PER_S);
		}
	}
}

static void test_format_shows_local_time(void)
{
	char text[WHEN_TEXT_MAX];

	when_format(INT64_C(1795485607999999), SHANGHAI, text);
	CHECK_STR_EQ(text, "2026-11-24 10:00");
	when_format_seconds(INT64_C(1795485607999999), "UTC", text);
	CHECK_STR_EQ(text, "2026-11-24 02:00:07");
	when_format_seconds(-1, "UTC", text);
	CHECK_STR_EQ(text, "1969-12-31 23:59:59");
}

static void test_zones_are_those_of_the_database(void)
{
	CHECK(when_zone_is_known(SHANGHAI));
	CHECK(when_zone_is_known("UTC"));
	CHECK(!when_zone_is_known("Asia/Nowhere"));
	CHECK(!when_zone_is_known(""));
	CHECK(!when_zone_is_known("../../etc/passwd"));
	CHECK(!when_zone_is_known("/usr/share/zoneinfo/UTC"));
	CHECK(!when_zone_is_known(":UTC"));
}

static const struct test tests[] = {
	{"parse_reads_what_people_write", test_parse_reads_what_people_write},
	{"parse_refuses_what_does_not_exist", test_parse_refuses_what_does_not_exist},
	{"every_cut_is_refused_or_shorter", test_every_cut_is_refused_or_shorter},
	{"format_is_read_back", test_format_is_read_back},
	{"format_shows_local_time", test_format_shows_local_time},
	{"zones_are_those_of_the_database", test_zones_are_those_of_the_database},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
