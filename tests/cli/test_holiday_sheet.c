/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the way of a file of holidays to a request and of the server's words back to its rows; and what a list of
 * years means to doctor: which clocks are provisional, and from which day on the next year is missed.
 */
#include "client/admin/holiday_sheet.h"

#include "client/admin/holiday_state.h"
#include "tests/check.h"

#define PLENTY (32 * 1024 * 1024)

struct fixture {
	struct arena arena;
	struct sheet sheet;
	struct sheet_fault fault;
	struct holiday_sheet holidays;
};

static void read_text(struct fixture *f, struct str text)
{
	*f = (struct fixture){0};
	arena_init(&f->arena, PLENTY);
	CHECK_INT_EQ(sheet_read_columns(text, NULL, holiday_columns, HOLIDAY_COLUMN_COUNT, &f->arena,
					 &f->sheet, &f->fault),
		SHEET_OK);
	CHECK(holiday_sheet_take(&f->sheet, &f->arena, &f->holidays));
}

static void test_cells_and_what_they_mean(void)
{
	static const struct {
		const char *row;
		const char *column; /* NULL: a good one */
		bool is_off;
	} rows[] = {
		{"2026-10-01,off,国庆节", NULL, true},
		{"2026/10/10,work,国庆节", NULL, false},
		{"20261001,休,国庆节", NULL, true},
		{"2026-10-10,班,国庆节", NULL, false},
		{"2026-10-01,TRUE,国庆节", NULL, true},
		{"2026-10-10,False,国庆节", NULL, false},
		{"2026-10-32,off,国庆节", "date", true},
		{"1 October,off,国庆节", "date", true},
		{",off,国庆节", "date", true},
		{"2026-10-01,holiday,国庆节", "kind", false},
		{"2026-10-01,,国庆节", NULL, false}, /* what must be there, the server says */
		{"2026-10-01,off,", NULL, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];
		struct fixture f;

		(void)snprintf(text, sizeof text, "日期,kind,名称\n%s\n", rows[i].row);
		read_text(&f, str_from_c(text));
		CHECK_INT_EQ(f.holidays.problem_count, rows[i].column != NULL);
		CHECK_INT_EQ(f.holidays.days[0]->is_off, rows[i].is_off);
		if (rows[i].column != NULL && f.holidays.problem_count == 1) {
			CHECK_STR_EQ(f.holidays.problems[0].column, rows[i].column);
			CHECK_INT_EQ(f.holidays.problems[0].row, 2);
		}
		if (check_failed()) {
			printf("# %s\n", rows[i].row);
		}
		arena_fini(&f.arena);
	}
}

static void test_the_servers_words_come_to_their_rows(void)
{
	Pb__HolidayProblem made = PB__HOLIDAY_PROBLEM__INIT;
	Pb__HolidayProblem *problems[] = {&made};
	Pb__HolidayLoadReply reply = PB__HOLIDAY_LOAD_REPLY__INIT;
	struct fixture f;

	read_text(&f, STR("date,kind,name\n\n2026-10-09,work,国庆节\n"));
	reply.n_problems = 1;
	reply.problems = problems;
	made.has_row = true;
	made.row = 1;
	made.field = (char *)"is_off";
	made.code = (char *)"FIELD_INVALID";
	holiday_sheet_add(&f.holidays, &reply, &f.arena);
	CHECK_INT_EQ(f.holidays.problem_count, 1);
	CHECK_INT_EQ(f.holidays.problems[0].row, 3);
	CHECK_STR_EQ(f.holidays.problems[0].column, "kind");
	CHECK_STR_EQ(f.holidays.problems[0].reason, "a day that makes up is a Saturday or Sunday");
	made.row = 2; /* there is none */
	holiday_sheet_add(&f.holidays, &reply, &f.arena);
	CHECK_INT_EQ(f.holidays.problem_count, 0);
	arena_fini(&f.arena);
}

static void test_from_when_on_the_next_year_is_missed(void)
{
	static const struct {
		uint32_t today;
		bool is_missed;        /* with 2026 alone */
		bool is_missed_anyway; /* with 2027 too */
	} rows[] = {
		{20261109, false, false},
		{20261130, false, false},
		{20261209, false, false},
		{20261210, true, false},
		{20261231, true, false},
		{20270101, false, false},
		{20271231, true, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		Pb__HolidayYear made[] = {PB__HOLIDAY_YEAR__INIT, PB__HOLIDAY_YEAR__INIT};
		Pb__HolidayYear *years[] = {&made[0], &made[1]};
		Pb__HolidayListReply reply = PB__HOLIDAY_LIST_REPLY__INIT;
		struct arena arena;

		arena_init(&arena, PLENTY);
		made[0].year = 2026;
		made[1].year = 2027;
		reply.today = rows[i].today;
		reply.years = years;
		for (reply.n_years = 1; reply.n_years <= 2; reply.n_years++) {
			CHECK_INT_EQ(holiday_state_of(&reply, &arena).is_next_missing,
				reply.n_years == 1 ? rows[i].is_missed : rows[i].is_missed_anyway);
		}
		arena_fini(&arena);
	}
}

static void test_which_clocks_are_provisional(void)
{
	Pb__HolidayLack made[] = {PB__HOLIDAY_LACK__INIT, PB__HOLIDAY_LACK__INIT};
	Pb__HolidayLack *lacks[] = {&made[0], &made[1]};
	Pb__HolidayListReply reply = PB__HOLIDAY_LIST_REPLY__INIT;
	uint32_t years[] = {2027, 2028};
	struct holiday_state state;
	struct arena arena;

	arena_init(&arena, PLENTY);
	reply.today = 20261127;
	CHECK_INT_EQ(holiday_state_of(&reply, &arena).lack_count, 0);
	made[0].community_name = (char *)"花园小区";
	made[0].count = 12;
	made[0].years = years;
	made[0].n_years = 2;
	made[1].community_name = (char *)"梧桐里";
	made[1].count = 1;
	made[1].years = years;
	made[1].n_years = 1;
	reply.lacks = lacks;
	reply.n_lacks = 2;
	state = holiday_state_of(&reply, &arena);
	CHECK_INT_EQ(state.lack_count, 13);
	CHECK_STR_EQ(state.lacks, "花园小区 12 (2027, 2028), 梧桐里 1 (2027)");
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"cells_and_what_they_mean", test_cells_and_what_they_mean},
	{"the_servers_words_come_to_their_rows", test_the_servers_words_come_to_their_rows},
	{"from_when_on_the_next_year_is_missed", test_from_when_on_the_next_year_is_missed},
	{"which_clocks_are_provisional", test_which_clocks_are_provisional},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
