/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves how complaints are found: which way a filter goes (the twelve questions of tests/bench/lists.csv among them),
 * in which order; what a count says; and who may not ask. test_complaint_page.c has the pages.
 */
#include <string.h>

#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY BENCH_DAY

static void begin(struct bench *bench, enum method method, struct access_grants grants)
{
	bench_begin(bench, method, grants);
	if (method == METHOD_complaint_list) {
		put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	} else {
		put_id(bench, "filter.community_id", TOWN_COMMUNITY, 1);
	}
}

/* --- ways --- */

/* A condition: a letter each, in any number. */
static void put_condition(struct bench *bench, char letter)
{
	switch (letter) {
	case 'o':
		put_number(bench, "only_open", 1);
		return;
	case 's':
		put_number(bench, "states", PB__COMPLAINT__STATE__ACCEPTED);
		return;
	case 'c':
		put_number(bench, "states", PB__COMPLAINT__STATE__CLOSED);
		return;
	case 'k':
		put_number(bench, "order", PB__COMPLAINT_LIST__ORDER__DUE);
		return;
	case 'w':
		put_id(bench, "worker_id", TOWN_ACCOUNT, 1);
		return;
	case 'h':
		put_id(bench, "handled_by_id", TOWN_ACCOUNT, 1);
		return;
	case 't':
		put_id(bench, "team_id", TOWN_TEAM, 1);
		return;
	case 'T':
		put_bytes(bench, "team_ids", span_of(town_id(TOWN_TEAM, 1).bytes, UUID_BYTES));
		return;
	case 'd':
		put_number(bench, "due_before_us", TOWN_NOW);
		return;
	case 'p':
		put_id(bench, "place_id", TOWN_RECORD, 501);
		return;
	case 'x':
		put_text(bench, "text", "电梯");
		return;
	case 'f':
		put_text(bench, "phone", "13800138000");
		return;
	case 'n':
		put_text(bench, "number", "20261123-0001");
		return;
	case 'u':
		put_number(bench, "least_urgency", PB__COMPLAINT__URGENCY__HIGH);
		return;
	case 'g':
		put_number(bench, "category", 200);
		return;
	case 'K':
		put_number(bench, "kinds", PB__COMPLAINT__KIND__REPAIR);
		return;
	case 'm':
		put_number(bench, "from_us", TOWN_NOW - 30 * DAY);
		return;
	case 'e':
		put_number(bench, "ended_from_us", TOWN_NOW - 7 * DAY);
		return;
	case 'q':
		put_number(bench, "only_queue", 1);
		return;
	case 'D':
		put_number(bench, "waits_for_decision", 1);
		return;
	case 'r':
		put_number(bench, "only_repeats", 1);
		return;
	default:
		CHECK(false);
	}
}

static void put_conditions(struct bench *bench, const char *letters)
{
	for (const char *letter = letters; *letter != '\0'; letter++) {
		put_condition(bench, *letter);
	}
}

static const struct {
	const struct access_grants *who;
	const char *conditions;
	enum stmt stmt;
} ways[] = {
	/* as lists.csv has them */
	{&leader, "ok", STMT_complaint_list_open_due},
	{&crew_member, "wok", STMT_complaint_list_worker},
	{&officer, "Tdk", STMT_complaint_list_due},
	{&service, "dk", STMT_complaint_list_due},
	{&service, "pm", STMT_complaint_list_place},
	{&service, "x", STMT_complaint_search},
	{&service, "f", STMT_complaint_by_phone},
	{&service, "n", STMT_complaint_by_number},
	{&manager, "hm", STMT_complaint_list_handled},
	{&service, "ou", STMT_complaint_list_open},
	{&manager, "gKm", STMT_complaint_list},
	{&inspector, "ce", STMT_complaint_list_ended},
	/* and the others */
	{&service, "q", STMT_complaint_list_queue},
	{&service, "qo", STMT_complaint_list_queue},
	{&service, "qok", STMT_complaint_list_open_due},
	{&officer, "D", STMT_complaint_list_waiting},
	{&officer, "Dk", STMT_complaint_list_open_due},
	{&officer, "Dr", STMT_complaint_list_joined},
	{&crew_member, "", STMT_complaint_list_crews},
	{&crew_member, "t", STMT_complaint_list_team},
	{&leader, "", STMT_complaint_list_team},
	{&leader, "o", STMT_complaint_list_open},
	{&leader, "s", STMT_complaint_list_open},
	{&leader, "sc", STMT_complaint_list_team},
	{&leader, "sk", STMT_complaint_list_open_due},
	{&service, "T", STMT_complaint_list_team},
	{&service, "tp", STMT_complaint_list_place},
	{&service, "xpwh", STMT_complaint_search},
	{&service, "xk", STMT_complaint_search_due},
	{&service, "pd", STMT_complaint_list_place},
	{&service, "rk", STMT_complaint_list_joined},
};

static void test_a_filter_goes_the_way_that_finds_the_fewest(void)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, *ways[i].who);
		put_conditions(&bench, ways[i].conditions);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(bench.r.query_count, 1);
		CHECK_INT_EQ(bench.r.queries[0].stmt, ways[i].stmt);
		CHECK_INT_EQ(
			param_number(&bench.r.queries[0], 24), strchr(ways[i].conditions, 'k') != NULL);
		if (check_failed()) {
			printf("# %s\n", ways[i].conditions);
			return;
		}
		bench_end(&bench);
	}
}

/* One character stands in no pair: the index of pairs is not asked for it. */
static void test_one_character_is_looked_for_without_pairs(void)
{
	for (int by_clock = 0; by_clock < 2; by_clock++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, service);
		put_text(&bench, "text", "水");
		put_conditions(&bench, by_clock ? "k" : "");
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(bench.r.queries[0].stmt,
			by_clock ? STMT_complaint_search_short_due : STMT_complaint_search_short);
		bench_end(&bench);
	}
}

/* By clock all of a community would be sorted; so something has to hold first. */
static void test_by_clock_needs_a_narrow_condition(void)
{
	static const char *const rows[] = {"k", "kt", "kT", "kg", "kK", "ku", "km", "kc", "ksc"};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, service);
		put_conditions(&bench, rows[i]);
		CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
		CHECK_STR_EQ(bench.r.fault.field, "order");
		bench_end(&bench);
	}
}

static void test_more_conditions_reach_the_statement(void)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, METHOD_complaint_list, service);
	put_conditions(&bench, "xTwmuKed");
	put_number(&bench, "to_us", TOWN_NOW);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = &bench.r.queries[0];
	CHECK_INT_EQ(param_number(query, 26), 1);
	CHECK(param_holds_id(query, 27, town_id(TOWN_TEAM, 1)));
	CHECK(param_is_id(query, 28, town_id(TOWN_ACCOUNT, 1)));
	CHECK_INT_EQ(param_time(query, 29), TOWN_NOW - 30 * DAY);
	CHECK_INT_EQ(param_time(query, 30), TOWN_NOW);
	CHECK_INT_EQ(param_number(query, 31), PB__COMPLAINT__URGENCY__HIGH);
	CHECK_INT_EQ(param_int2_at(query, 32, 0), PB__COMPLAINT__KIND__REPAIR);
	CHECK_INT_EQ(param_time(query, 33), TOWN_NOW - 7 * DAY);
	CHECK_INT_EQ(param_time(query, 34), TOWN_NOW);
	CHECK(param_is_null(query, 35));
	/* the key's bounds: nothing submitted before, and nothing from then on */
	CHECK_INT_EQ(param_time(query, 22), TOWN_NOW - 30 * DAY - 1);
	CHECK_INT_EQ(param_time(query, 16), TOWN_NOW);
	CHECK(param_is_id(query, 17, uuid_nil));
	bench_end(&bench);
	begin(&bench, METHOD_complaint_list, service);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(&bench.r.queries[0], 26), 0);
	for (size_t n = 27; n <= 35; n++) {
		CHECK(param_is_null(&bench.r.queries[0], n));
	}
	bench_end(&bench);
}

/* With a person it is the time of the step, and says nothing of the submission. */
static void test_the_period_of_what_was_handled(void)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, METHOD_complaint_list, service);
	put_conditions(&bench, "hm");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = &bench.r.queries[0];
	CHECK(param_is_null(query, 29) && param_is_null(query, 30));
	CHECK(param_is_id(query, 35, town_id(TOWN_ACCOUNT, 1)));
	CHECK_INT_EQ(param_time(query, 36), TOWN_NOW - 30 * DAY);
	CHECK_INT_EQ(param_time(query, 37), INT64_MAX);
	CHECK_INT_EQ(param_time(query, 22), 0);
	CHECK_INT_EQ(param_time(query, 16), INT64_MAX);
	bench_end(&bench);
}

/* What is read whole and sorted is so for 400 days, to the microsecond; beside a condition that fewer meet it does not matter. */
static void test_what_is_read_whole_is_bounded(void)
{
	static const int64_t most = 400 * DAY;
	static const struct {
		const char *conditions, *field;
		int64_t at, to;
		const char *refused; /* NULL: it is not */
	} rows[] = {
		{"", "ended_from_us", TOWN_NOW - most, 0, NULL},
		{"", "ended_from_us", TOWN_NOW - most - 1, 0, "ended_from_us"},
		{"", "ended_from_us", 0, 0, "ended_from_us"}, {"p", "ended_from_us", 0, 0, NULL},
		{"h", "from_us", TOWN_NOW - most, 0, NULL},
		{"h", "from_us", TOWN_NOW - most - 1, 0, "from_us"},
		{"h", "from_us", TOWN_NOW - most - 1, TOWN_NOW - 1, NULL},
		{"h", "from_us", TOWN_NOW - most - 1, TOWN_NOW + DAY, "from_us"},
		{"hp", "from_us", TOWN_NOW - most - 1, 0, "from_us"},
		{"", "from_us", 0, 0, NULL}, /* walked */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, service);
		put_conditions(&bench, rows[i].conditions);
		put_number(&bench, rows[i].field, rows[i].at);
		if (rows[i].to != 0) {
			put_number(&bench, "to_us", rows[i].to);
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].refused == NULL ? ERR_OK : ERR_FIELD_RANGE);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].refused == NULL ? "" : rows[i].refused);
		bench_end(&bench);
	}
}

/* Who names no beginning is told of the 400 days before the end. */
static void test_what_was_handled_begins_by_itself(void)
{
	for (int has_to = 0; has_to < 2; has_to++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, service);
		put_conditions(&bench, "h");
		if (has_to) {
			put_number(&bench, "to_us", TOWN_NOW - DAY);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(param_time(&bench.r.queries[0], 36), TOWN_NOW - (400 + has_to) * DAY);
		bench_end(&bench);
	}
}

static void test_a_period_ends_behind_its_beginning(void)
{
	for (int64_t length = -1; length <= 1; length++) {
		struct bench bench;

		begin(&bench, METHOD_complaint_list, service);
		put_number(&bench, "from_us", TOWN_NOW);
		put_number(&bench, "to_us", TOWN_NOW + length);
		CHECK_INT_EQ(bench_ask(&bench), length > 0 ? ERR_OK : ERR_FIELD_INVALID);
		CHECK_STR_EQ(bench.r.fault.field, length > 0 ? "" : "to_us");
		bench_end(&bench);
	}
}

static void test_teams_are_ids(void)
{
	struct bench bench;

	begin(&bench, METHOD_complaint_list, service);
	put_bytes(&bench, "team_ids", span_of("fifteen bytes  ", 15));
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_LENGTH);
	CHECK_STR_EQ(bench.r.fault.field, "team_ids");
	bench_end(&bench);
}

/* --- counts --- */

/* Words that are many have a count of their own, which says where it had to end before all was looked at. */
static void test_a_count_of_words_says_that_there_may_be_more(void)
{
	static const struct {
		const char *text;
		enum stmt stmt;
	} rows[] = {{"漏水", STMT_complaint_search_count}, {"水", STMT_complaint_search_short_count}};

	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		const Pb__ComplaintCountReply *reply;
		bool is_cut = i % 2 == 1;
		struct bench bench;

		begin(&bench, METHOD_complaint_count, service);
		put_text(&bench, "filter.text", rows[i / 2].text);
		bench_row(&bench, rows[i / 2].stmt, 2, INT64_C(70), INT64_C(0), uuid_nil);
		bench_row(&bench, rows[i / 2].stmt, 100, INT64_C(7), INT64_C(0), uuid_nil);
		if (is_cut) {
			bench_row(&bench, rows[i / 2].stmt, 0, INT64_C(20001), INT64_C(0), uuid_nil);
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const Pb__ComplaintCountReply *)bench.r.reply;
		CHECK_INT_EQ(reply->total, 77);
		CHECK_INT_EQ(reply->n_counts, 2);
		CHECK_INT_EQ(reply->has_more, is_cut);
		bench_end(&bench);
	}
}

static void test_a_count_is_by_state_and_stops(void)
{
	for (int64_t more = 0; more < 2; more++) {
		const Pb__ComplaintCountReply *reply;
		struct bench bench;

		begin(&bench, METHOD_complaint_count, service);
		put_number(&bench, "filter.limit", 3);
		put_number(&bench, "filter.category", 203);
		bench_row(&bench, STMT_complaint_list_sum, 2, INT64_C(1), INT64_C(0), uuid_nil);
		bench_row(&bench, STMT_complaint_list_sum, 100, 9999 + more, INT64_C(0), uuid_nil);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const Pb__ComplaintCountReply *)bench.r.reply;
		CHECK_INT_EQ(bench.r.query_count, 1);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 13), 203);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 18), 10001);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 25), 0);
		CHECK_INT_EQ(reply->n_counts, 2);
		CHECK_INT_EQ(reply->counts[0]->state, PB__COMPLAINT__STATE__ACCEPTED);
		CHECK_INT_EQ(reply->counts[0]->count, 1);
		CHECK_INT_EQ(reply->counts[1]->count, 9999 + more);
		CHECK_INT_EQ(reply->total, 10000);
		CHECK_INT_EQ(reply->has_more, more);
		bench_end(&bench);
	}
}

/* --- who may ask --- */

/* A list and a count, of a telephone, and of what somebody else did: the same refusals. */
static void test_who_may_ask(void)
{
	static const struct {
		const struct access_grants *who;
		enum err all, phone, other;
	} rows[] = {
		{&service, ERR_OK, ERR_OK, ERR_DENIED},
		{&manager, ERR_OK, ERR_OK, ERR_OK},
		{&director, ERR_OK, ERR_OK, ERR_OK},
		{&leader, ERR_OK, ERR_OK, ERR_OK},
		{&officer, ERR_OK, ERR_OK, ERR_OK},
		{&crew_member, ERR_OK, ERR_DENIED, ERR_DENIED},
		{&cleaner, ERR_OK, ERR_DENIED, ERR_DENIED},
		{&guard, ERR_OK, ERR_DENIED, ERR_DENIED},
		{&inspector, ERR_OK, ERR_DENIED, ERR_DENIED},
		{&service_elsewhere, ERR_NOT_FOUND, ERR_NOT_FOUND, ERR_NOT_FOUND},
		{&leader_elsewhere, ERR_NOT_FOUND, ERR_NOT_FOUND, ERR_NOT_FOUND},
		{&administrator, ERR_DENIED, ERR_DENIED, ERR_DENIED},
		{&nobody, ERR_DENIED, ERR_DENIED, ERR_DENIED},
	};
	static const enum method methods[] = {METHOD_complaint_list, METHOD_complaint_count};

	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		enum method method = methods[i % 2];
		bool is_list = method == METHOD_complaint_list;
		const enum err *expected = &rows[i / 2].all;
		struct bench bench;

		begin(&bench, method, *rows[i / 2].who);
		CHECK_INT_EQ(bench_ask(&bench), expected[0]);
		bench_end(&bench);
		begin(&bench, method, *rows[i / 2].who);
		put_text(&bench, is_list ? "phone" : "filter.phone", "13800138000");
		CHECK_INT_EQ(bench_ask(&bench), expected[1]);
		bench_end(&bench);
		begin(&bench, method, *rows[i / 2].who);
		put_id(&bench, is_list ? "handled_by_id" : "filter.handled_by_id", TOWN_ACCOUNT, 2);
		CHECK_INT_EQ(bench_ask(&bench), expected[2]);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"a_filter_goes_the_way_that_finds_the_fewest",
		test_a_filter_goes_the_way_that_finds_the_fewest},
	{"one_character_is_looked_for_without_pairs", test_one_character_is_looked_for_without_pairs},
	{"by_clock_needs_a_narrow_condition", test_by_clock_needs_a_narrow_condition},
	{"more_conditions_reach_the_statement", test_more_conditions_reach_the_statement},
	{"the_period_of_what_was_handled", test_the_period_of_what_was_handled},
	{"what_is_read_whole_is_bounded", test_what_is_read_whole_is_bounded},
	{"what_was_handled_begins_by_itself", test_what_was_handled_begins_by_itself},
	{"a_period_ends_behind_its_beginning", test_a_period_ends_behind_its_beginning},
	{"teams_are_ids", test_teams_are_ids},
	{"a_count_of_words_says_that_there_may_be_more",
		test_a_count_of_words_says_that_there_may_be_more},
	{"a_count_is_by_state_and_stops", test_a_count_is_by_state_and_stops},
	{"who_may_ask", test_who_may_ask},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
