/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the filters of complaint.list that choose a statement or a column: telephone and who may try one
 * out, number and which dates there are, categories and groups, places, the queue.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_number.h"
#include "tests/check.h"
#include "tests/method/bench.h"

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_complaint_list, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
}

/* --- telephone --- */

static void test_a_telephone_is_found_in_any_form(void)
{
	static const struct {
		const char *typed, *e164; /* NULL: refused */
	} rows[] = {
		{"13800138000", "+8613800138000"},
		{"138 0013 8000", "+8613800138000"},
		{"+86 138-0013-8000", "+8613800138000"},
		{"１３８００１３８０００", "+8613800138000"},
		{"0991-5550100", "+869915550100"},
		{"1380013800", NULL},
		{"电话", NULL},
		{"+", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t index[SEAL_HASH_BYTES];
		struct bench bench;

		begin(&bench, service);
		put_text(&bench, "phone", rows[i].typed);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].e164 == NULL ? ERR_FIELD_INVALID : ERR_OK);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].e164 == NULL ? "phone" : "");
		if (rows[i].e164 != NULL) {
			seal_phone_index(&bench.server.seal, str_from_c(rows[i].e164), index);
			CHECK_INT_EQ(bench.r.queries[0].stmt, STMT_complaint_by_phone);
			CHECK(span_equal(param_bytes(&bench.r.queries[0], 38), span_of(index, sizeof index)));
		}
		bench_end(&bench);
	}
}

static void test_who_may_try_a_telephone_out(void)
{
	static const struct {
		const struct access_grants *who;
		enum err expected;
	} rows[] = {
		{&service, ERR_OK},
		{&manager, ERR_OK},
		{&director, ERR_OK},
		{&leader, ERR_OK},
		{&officer, ERR_OK},
		{&crew_member, ERR_DENIED},
		{&cleaner, ERR_DENIED},
		{&guard, ERR_DENIED},
		{&inspector, ERR_DENIED},
		{&service_elsewhere, ERR_NOT_FOUND},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, *rows[i].who);
		put_text(&bench, "phone", "13800138000");
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_INT_EQ(bench.r.reply != NULL, rows[i].expected == ERR_OK);
		bench_end(&bench);
	}
}

/* --- number --- */

static const struct {
	const char *number;
	bool is_good;
} numbers[] = {
	{"20261123-0001", true},
	{"20261123-1", true},
	{"20261123-999999999", true},
	{"20240229-0001", true},
	{"20000229-0001", true},
	{"19700101-0001", true},
	{"99991231-0001", true},
	{"20261123-0000", false},
	{"20261123-", false},
	{"20261123", false},
	{"20261123-00a1", false},
	{"20261123-+001", false},
	{"20261123--001", false},
	{"20261123 0001", false},
	{"20261123- 001", false},
	{"20260229-0001", false},
	{"21000229-0001", false},
	{"20260230-0001", false},
	{"20260431-0001", false},
	{"20261301-0001", false},
	{"20260001-0001", false},
	{"20260100-0001", false},
	{"20260132-0001", false},
	{"19691231-0001", false},
	{"00000101-0001", false},
	{"2026-123-0001", false},
	{"infinity-0001", false},
	{"today", false},
	{"２０２６１１２３-1", false},
};

static void test_a_number_names_a_day_that_there_is(void)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct bench bench;
		enum err err;

		begin(&bench, service);
		put_text(&bench, "number", numbers[i].number);
		err = bench_ask(&bench);
		if ((err == ERR_OK) != numbers[i].is_good) {
			printf("# %s\n", numbers[i].number);
		}
		CHECK_INT_EQ(err == ERR_OK, numbers[i].is_good);
		CHECK_INT_EQ(bench.r.reply != NULL, numbers[i].is_good);
		CHECK_STR_EQ(bench.r.fault.field, numbers[i].is_good ? "" : "number");
		if (numbers[i].is_good) {
			CHECK_INT_EQ(bench.r.queries[0].stmt, STMT_complaint_by_number);
			CHECK_STR_EQ(param_text(&bench.r.queries[0], 38), str_of(numbers[i].number, 8));
			CHECK_INT_EQ(param_number(&bench.r.queries[0], 39), atoi(numbers[i].number + 9));
		}
		bench_end(&bench);
	}
}

/* Four digits are the least, and what is written can be read again. */
static void test_numbers_are_written_as_they_are_read(void)
{
	static const struct {
		int32_t day, day_no;
		const char *number;
	} rows[] = {
		{20780, 1, "20261123-0001"},
		{20780, 9999, "20261123-9999"},
		{0, 10000, "19700101-10000"},
		{47481, 99999999, "20991231-99999999"},
		{-1, INT32_MAX, "19691231-2147483647"},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *number = complaint_number(&arena, rows[i].day, rows[i].day_no);
		struct str day;
		int32_t day_no = 0;

		CHECK_STR_EQ(number, rows[i].number);
		if (rows[i].day >= 0) {
			CHECK(complaint_number_read(str_from_c(number), &day, &day_no));
			CHECK_STR_EQ(day, str_of(rows[i].number, 8));
			CHECK_INT_EQ(day_no, rows[i].day_no);
		}
	}
	arena_fini(&arena);
}

static void test_only_one_of_text_telephone_number(void)
{
	static const char *const fields[] = {"text", "phone", "number"};
	static const char *const values[] = {"电梯", "13800138000", "20261123-0001"};

	for (unsigned set = 0; set < 8; set++) {
		bool is_good = __builtin_popcount(set) <= 1;
		struct bench bench;

		begin(&bench, service);
		for (size_t i = 0; i < COUNT(fields); i++) {
			if ((set >> i & 1) != 0) {
				put_text(&bench, fields[i], values[i]);
			}
		}
		CHECK_INT_EQ(bench_ask(&bench), is_good ? ERR_OK : ERR_FIELD_INVALID);
		CHECK_STR_EQ(bench.r.fault.field, is_good ? "" : "text");
		bench_end(&bench);
	}
}

/* --- columns --- */

static void test_a_category_or_all_of_its_group(void)
{
	static const int rows[][3] = {
		{203, 203, 203}, {200, 200, 299}, {100, 100, 199}, {199, 199, 199}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, service);
		put_number(&bench, "category", rows[i][0]);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 13), rows[i][1]);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 14), rows[i][2]);
		bench_end(&bench);
	}
}

static void test_place_and_queue_reach_the_statement(void)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, service);
	put_id(&bench, "place_id", TOWN_RECORD, 501);
	put_number(&bench, "only_queue", 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = &bench.r.queries[0];
	CHECK_INT_EQ(query->stmt, STMT_complaint_list_place);
	CHECK_INT_EQ(param_number(query, 12), 1);
	CHECK(param_is_id(query, 15, town_id(TOWN_RECORD, 501)));
	CHECK(param_is_null(query, 13) && param_is_null(query, 14));
	bench_end(&bench);
}

/* What waits for a decision is found by an index of that, whoever asks and for which team. */
static void test_what_waits_for_a_decision_has_its_own_statement(void)
{
	static const struct {
		const struct access_grants *who;
		bool waits, of_team;
		enum stmt stmt;
	} rows[] = {
		{&officer, true, false, STMT_complaint_list_waiting},
		{&officer, true, true, STMT_complaint_list_waiting},
		{&manager, true, false, STMT_complaint_list_waiting},
		{&service, true, true, STMT_complaint_list_waiting},
		{&officer, false, false, STMT_complaint_list_team},
		{&service, false, true, STMT_complaint_list_team},
		{&manager, false, false, STMT_complaint_list},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, *rows[i].who);
		if (rows[i].waits) {
			put_number(&bench, "waits_for_decision", 1);
		}
		if (rows[i].of_team) {
			put_id(&bench, "team_id", TOWN_TEAM, 1);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(bench.r.queries[0].stmt, rows[i].stmt);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 19), rows[i].waits);
		CHECK_INT_EQ(!param_is_null(&bench.r.queries[0], 11), rows[i].of_team);
		bench_end(&bench);
	}
}

/* The same columns behind every choice of statement. */
static void test_filters_go_with_any_statement(void)
{
	static const struct {
		const char *field, *value;
		enum stmt stmt;
	} rows[] = {
		{"text", "电梯", STMT_complaint_search},
		{"phone", "13800138000", STMT_complaint_by_phone},
		{"number", "20261123-0001", STMT_complaint_by_number},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct query *query;
		struct bench bench;

		begin(&bench, service);
		put_text(&bench, rows[i].field, rows[i].value);
		put_number(&bench, "only_open", 1);
		put_number(&bench, "only_queue", 1);
		put_number(&bench, "waits_for_decision", 1);
		put_number(&bench, "category", 203);
		put_id(&bench, "place_id", TOWN_RECORD, 501);
		put_id(&bench, "team_id", TOWN_TEAM, 2);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		query = &bench.r.queries[0];
		CHECK_INT_EQ(query->stmt, rows[i].stmt);
		CHECK_INT_EQ(param_number(query, 9), 1);
		CHECK(param_is_id(query, 11, town_id(TOWN_TEAM, 2)));
		CHECK_INT_EQ(param_number(query, 12), 1);
		CHECK_INT_EQ(param_number(query, 13), 203);
		CHECK_INT_EQ(param_number(query, 19), 1);
		CHECK(param_is_id(query, 15, town_id(TOWN_RECORD, 501)));
		CHECK(param_is_id(query, 8, town_id(TOWN_ACCOUNT, 1)));
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"a_telephone_is_found_in_any_form", test_a_telephone_is_found_in_any_form},
	{"who_may_try_a_telephone_out", test_who_may_try_a_telephone_out},
	{"a_number_names_a_day_that_there_is", test_a_number_names_a_day_that_there_is},
	{"numbers_are_written_as_they_are_read", test_numbers_are_written_as_they_are_read},
	{"only_one_of_text_telephone_number", test_only_one_of_text_telephone_number},
	{"a_category_or_all_of_its_group", test_a_category_or_all_of_its_group},
	{"place_and_queue_reach_the_statement", test_place_and_queue_reach_the_statement},
	{"what_waits_for_a_decision_has_its_own_statement",
		test_what_waits_for_a_decision_has_its_own_statement},
	{"filters_go_with_any_statement", test_filters_go_with_any_statement},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
