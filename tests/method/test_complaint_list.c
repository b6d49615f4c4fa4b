/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.list: what each person's grants put into the statement's WHERE, which filters get
 * there, and that a cursor is good for the account, the filter and the server it was made for, and for
 * nothing else: every byte of it changed, every length, every field of the filter.
 */
#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define CURSOR_BYTES 41
#define DAY BENCH_DAY

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_complaint_list, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
}

static void again(struct bench *bench)
{
	bench_again(bench, METHOD_complaint_list);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
}

static const Pb__ComplaintListReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintListReply *)bench->r.reply;
}

/* --- reach --- */

#define FOR_EVER .to_us = INT64_MAX
#define GARDEN .community_id = {{TOWN_COMMUNITY, [15] = 1}}
#define HARBOUR .community_id = {{TOWN_COMMUNITY, [15] = 2}}
#define TEAM(n) .team_id = {{TOWN_TEAM, [15] = (n)}}
#define CREW(n) .crew_id = {{TOWN_CREW, [15] = (n)}}

/* Two teams here, one elsewhere, two crews, and some that are over or yet to come. */
static const struct access_grant many_grants[] = {
	{.role = ROLE_LEADER, .scope = SCOPE_TEAM, GARDEN, TEAM(1), FOR_EVER},
	{.role = ROLE_OFFICER, .scope = SCOPE_TEAM, GARDEN, TEAM(2), FOR_EVER},
	{.role = ROLE_LEADER, .scope = SCOPE_TEAM, HARBOUR, TEAM(3), FOR_EVER},
	{.role = ROLE_LEADER, .scope = SCOPE_TEAM, GARDEN, TEAM(4), .to_us = TOWN_NOW},
	{.role = ROLE_LEADER, .scope = SCOPE_TEAM, GARDEN, TEAM(5), .from_us = TOWN_NOW + 1, FOR_EVER},
	{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, CREW(1), FOR_EVER},
	{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, CREW(2), FOR_EVER},
	{.role = ROLE_CREW_MEMBER, .scope = SCOPE_CREW, CREW(3), .to_us = TOWN_NOW},
	{.role = ROLE_MANAGER, .scope = SCOPE_COMMUNITY, HARBOUR, FOR_EVER},
};
static const struct access_grants many = {many_grants, COUNT(many_grants)};

static const struct {
	const char *what;
	const struct access_grants *who;
	enum err expected;
	bool is_whole, is_managed;
	size_t officer_count, team_count, crew_count;
} reaches[] = {
	{"a manager", &manager, ERR_OK, .is_managed = true},
	{"customer service", &service, ERR_OK, .is_whole = true},
	{"an inspector", &inspector, ERR_OK, .is_whole = true},
	{"the director", &director, ERR_OK, .is_whole = true},
	{"a leader", &leader, ERR_OK, .team_count = 1},
	{"a cleaner", &cleaner, ERR_OK, .team_count = 1},
	{"a guard", &guard, ERR_OK, .team_count = 1},
	{"an officer", &officer, ERR_OK, .officer_count = 1},
	{"an officer who leads", &officer_and_leader, ERR_OK, .officer_count = 1, .team_count = 1},
	{"a crew", &crew_member, ERR_OK, .crew_count = 1},
	{"many", &many, ERR_OK, .officer_count = 1, .team_count = 1, .crew_count = 2},
	{"a leader elsewhere", &leader_elsewhere, ERR_NOT_FOUND},
	{"customer service elsewhere", &service_elsewhere, ERR_NOT_FOUND},
	{"an administrator", &administrator, ERR_DENIED},
	{"an administrator who leads elsewhere", &administrator_and_leader_elsewhere, ERR_NOT_FOUND},
	{"a leader until now", &expired_leader, ERR_DENIED},
	{"nobody", &nobody, ERR_DENIED},
};

/* Who reaches teams and nothing else is answered by team, who reaches crews by crew. */
static enum stmt list_of(size_t i)
{
	bool has_team = reaches[i].officer_count + reaches[i].team_count > 0; /* nobody here has two */
	bool has_crews = reaches[i].crew_count > 0;

	if (has_team != has_crews) {
		return has_team ? STMT_complaint_list_team : STMT_complaint_list_crews;
	}
	return STMT_complaint_list;
}

static void check_reach(size_t i)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, *reaches[i].who);
	CHECK_INT_EQ(bench_ask(&bench), reaches[i].expected);
	if (reaches[i].expected == ERR_OK) {
		query = &bench.r.queries[0];
		CHECK_INT_EQ(query->stmt, list_of(i));
		CHECK(param_is_id(query, 1, town_id(TOWN_COMMUNITY, 1)));
		CHECK_INT_EQ(param_number(query, 2), reaches[i].is_whole);
		CHECK_INT_EQ(param_number(query, 3), reaches[i].is_managed);
		CHECK_INT_EQ(param_count(query, 4), reaches[i].officer_count);
		CHECK_INT_EQ(param_count(query, 5), reaches[i].team_count);
		CHECK_INT_EQ(param_count(query, 6), reaches[i].crew_count);
		CHECK_INT_EQ(param_time(query, 7), TOWN_NOW - 30 * DAY);
		CHECK(param_is_id(query, 8, town_id(TOWN_ACCOUNT, 1)));
		CHECK_INT_EQ(reply_of(&bench)->n_complaints, 0);
		CHECK(!reply_of(&bench)->has_cursor);
	} else {
		CHECK(bench.r.reply == NULL);
	}
	bench_end(&bench);
}

static void test_the_statement_gets_what_the_grants_reach(void)
{
	for (size_t i = 0; i < COUNT(reaches); i++) {
		check_reach(i);
		if (check_failed()) {
			printf("# %s\n", reaches[i].what);
			return;
		}
	}
}

static void test_teams_and_crews_of_many_grants(void)
{
	struct bench bench;

	begin(&bench, many);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	for (uint32_t n = 1; n <= 5; n++) {
		CHECK_INT_EQ(param_holds_id(&bench.r.queries[0], 4, town_id(TOWN_TEAM, n)), n == 2);
		CHECK_INT_EQ(param_holds_id(&bench.r.queries[0], 5, town_id(TOWN_TEAM, n)), n == 1);
		CHECK_INT_EQ(param_holds_id(&bench.r.queries[0], 6, town_id(TOWN_CREW, n)), n <= 2);
	}
	bench_end(&bench);
}

static void test_a_team_asked_for_is_looked_up_by_its_index(void)
{
	static const struct access_grants *const askers[] = {&service, &manager, &many, &leader};

	for (size_t i = 0; i < COUNT(askers); i++) {
		struct bench bench;
		const struct query *query = &bench.r.queries[0];

		begin(&bench, *askers[i]);
		put_id(&bench, "team_id", TOWN_TEAM, 3); /* the leader's or not: the reach decides that */
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(query->stmt, STMT_complaint_list_team);
		CHECK(param_is_id(query, 11, town_id(TOWN_TEAM, 3)));
		CHECK(param_is_id(query, 38, town_id(TOWN_TEAM, 3)));
		bench_end(&bench);
	}
}

/* An officer who also leads one of the teams: once, or its complaints would come twice. */
static void test_each_team_is_walked_once(void)
{
	static const struct access_grant rows[] = {
		{.role = ROLE_LEADER, .scope = SCOPE_TEAM, GARDEN, TEAM(1), FOR_EVER},
		{.role = ROLE_OFFICER, .scope = SCOPE_TEAM, GARDEN, TEAM(2), FOR_EVER},
		{.role = ROLE_OFFICER, .scope = SCOPE_TEAM, GARDEN, TEAM(1), FOR_EVER},
	};
	struct bench bench;

	begin(&bench, (struct access_grants){rows, COUNT(rows)});
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.queries[0].stmt, STMT_complaint_list_teams);
	CHECK_INT_EQ(param_count(&bench.r.queries[0], 38), 2);
	CHECK(param_holds_id(&bench.r.queries[0], 38, town_id(TOWN_TEAM, 1)));
	CHECK(param_holds_id(&bench.r.queries[0], 38, town_id(TOWN_TEAM, 2)));
	bench_end(&bench);
}

/* --- filters --- */

static void test_without_filters_everything_from_the_end_of_time(void)
{
	uint8_t last[UUID_BYTES];
	const struct query *query;
	struct bench bench;

	memset(last, 0xFF, sizeof last);
	begin(&bench, manager);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = &bench.r.queries[0];
	CHECK_INT_EQ(param_number(query, 9), 0);
	CHECK(param_is_null(query, 10));
	CHECK(param_is_null(query, 11));
	CHECK_INT_EQ(param_number(query, 12), 0);
	for (size_t n = 13; n <= 15; n++) {
		CHECK(param_is_null(query, n));
	}
	CHECK_INT_EQ(param_time(query, 16), INT64_MAX);
	CHECK(param_is_id(query, 17, uuid_from_span(span_of(last, sizeof last))));
	CHECK_INT_EQ(param_number(query, 18), 51); /* one more than a page */
	bench_end(&bench);
}

static void test_filters_reach_the_statement(void)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, manager);
	put_number(&bench, "only_open", 1);
	put_number(&bench, "states", PB__COMPLAINT__STATE__ON_SITE);
	put_number(&bench, "states", PB__COMPLAINT__STATE__CLOSED);
	put_id(&bench, "team_id", TOWN_TEAM, 2);
	put_number(&bench, "limit", 200);
	put_text(&bench, "text", "ＬＩＦＴ 50%");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = &bench.r.queries[0];
	CHECK_INT_EQ(query->stmt, STMT_complaint_search);
	CHECK_INT_EQ(param_number(query, 9), 1);
	CHECK_INT_EQ(param_count(query, 10), 2);
	CHECK(param_is_id(query, 11, town_id(TOWN_TEAM, 2)));
	CHECK_INT_EQ(param_number(query, 18), 201);
	CHECK_INT_EQ(param_count(query, 38), 5); /* li if ft 50 0% */
	CHECK_STR_EQ(param_text(query, 39), "%lift 50\\%%");
	bench_end(&bench);
}

/* --- pages --- */

static void find_rows(struct bench *bench, size_t count, const char *result)
{
	for (size_t i = 0; i < count; i++) {
		struct bench_complaint complaint = {.record = 100 + (uint32_t)i,
			.state = 2,
			.version = 3,
			.submitted_us = TOWN_NOW - (int64_t)i * DAY,
			.result = result};

		bench_complaint(bench, STMT_complaint_list, &complaint);
	}
}

/* Row n of find_rows, where the page after it begins. */
static void check_begins_behind(const struct bench *bench, uint32_t n)
{
	CHECK_INT_EQ(param_time(&bench->r.queries[0], 16), TOWN_NOW - n * DAY);
	CHECK(param_is_id(&bench->r.queries[0], 17, town_id(TOWN_RECORD, 100 + n)));
}

static void test_a_cursor_leads_to_the_next_page(void)
{
	static const struct {
		size_t rows, limit, expected;
		bool has_cursor;
	} cases[] = {
		{0, 2, 0, false}, {1, 2, 1, false}, {2, 2, 2, false}, {3, 2, 2, true}, {2, 1, 1, true}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		struct span cursor;

		begin(&bench, manager);
		put_number(&bench, "limit", (int64_t)cases[i].limit);
		find_rows(&bench, cases[i].rows, NULL);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(reply_of(&bench)->n_complaints, cases[i].expected);
		CHECK_INT_EQ(reply_of(&bench)->has_cursor, cases[i].has_cursor);
		if (cases[i].has_cursor) {
			cursor = arena_span(&bench.arena, codec_span(true, reply_of(&bench)->cursor));
			CHECK_INT_EQ(cursor.len, CURSOR_BYTES);
			again(&bench);
			put_bytes(&bench, "cursor", cursor);
			put_number(&bench, "limit", 7); /* need not be the same */
			CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
			check_begins_behind(&bench, (uint32_t)cases[i].limit - 1);
		}
		bench_end(&bench);
	}
}

/* Half a frame of results is a page, and the cursor goes on where it ended. */
static void test_long_results_come_in_shorter_pages(void)
{
	enum { ROWS = 201, RESULT_BYTES = 12000 };
	static char result[RESULT_BYTES + 1];
	size_t count;
	struct bench bench;
	struct span cursor;

	memset(result, 'x', RESULT_BYTES);
	begin(&bench, manager);
	put_number(&bench, "limit", 200);
	find_rows(&bench, ROWS, result);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	count = reply_of(&bench)->n_complaints;
	CHECK(count > 10 && count * RESULT_BYTES < 1024 * 1024);
	CHECK(reply_of(&bench)->has_cursor);
	cursor = arena_span(&bench.arena, codec_span(true, reply_of(&bench)->cursor));
	again(&bench);
	put_bytes(&bench, "cursor", cursor);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	check_begins_behind(&bench, (uint32_t)count - 1);
	bench_end(&bench);
}

static void test_rows_come_without_text(void)
{
	const Pb__Complaint *first;
	struct bench bench;

	begin(&bench, manager);
	find_rows(&bench, 1, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	first = reply_of(&bench)->complaints[0];
	CHECK_INT_EQ(first->version, 3);
	CHECK_INT_EQ(first->state, PB__COMPLAINT__STATE__ACCEPTED);
	CHECK_STR_EQ(first->number, "20261123-0001");
	CHECK_INT_EQ(first->submitted_us, TOWN_NOW);
	CHECK(first->contact == NULL); /* nor whom to call */
	CHECK(!first->has_crew_id && !first->has_ended_us && !first->has_rating);
	CHECK(first->window == NULL && first->result == NULL);
	bench_end(&bench);
}

/* --- whose cursor --- */

/* A cursor of the manager's for open complaints in two states, with a word and a team. */
static void put_filter(struct bench *bench)
{
	put_number(bench, "only_open", 1);
	put_number(bench, "states", PB__COMPLAINT__STATE__ACCEPTED);
	put_text(bench, "text", "电梯");
	put_id(bench, "team_id", TOWN_TEAM, 1);
}

static struct span make_cursor(struct bench *bench)
{
	begin(bench, manager);
	put_filter(bench);
	put_number(bench, "limit", 1);
	for (size_t i = 0; i < 2; i++) {
		bench_complaint(bench, STMT_complaint_search,
			&(struct bench_complaint){.record = 100 + (uint32_t)i, .state = 2, .version = 1});
	}
	if (bench_ask(bench) != ERR_OK || !reply_of(bench)->has_cursor) {
		return (struct span){NULL, 0};
	}
	return arena_span(&bench->arena, codec_span(true, reply_of(bench)->cursor));
}

static void be_somebody_else(struct bench *bench)
{
	bench->principal.account_id = town_id(TOWN_ACCOUNT, 2);
}

static void ask_elsewhere(struct bench *bench)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 2);
}

static void ask_for_all(struct bench *bench)
{
	put_number(bench, "only_open", 0);
}

static void ask_for_another_state(struct bench *bench)
{
	put_number(bench, "states", PB__COMPLAINT__STATE__CLOSED);
}

static void ask_for_another_word(struct bench *bench)
{
	put_text(bench, "text", "电梯坏");
}

static void ask_for_another_team(struct bench *bench)
{
	put_id(bench, "team_id", TOWN_TEAM, 2);
}

static void be_another_server(struct bench *bench)
{
	bench->server.cursor_key[31] ^= 1;
}

static void change_nothing(struct bench *bench)
{
	(void)bench;
}

static void check_asked(struct bench *bench, enum err expected)
{
	CHECK_INT_EQ(bench_ask(bench), expected);
	CHECK_STR_EQ(bench->r.fault.field, expected == ERR_OK ? "" : "cursor");
}

static void test_a_cursor_is_of_its_account_and_filter(void)
{
	static const struct {
		const char *what;
		void (*change)(struct bench *bench);
		enum err expected;
	} rows[] = {
		{"the same", change_nothing, ERR_OK},
		{"somebody else", be_somebody_else, ERR_CURSOR_INVALID},
		{"another community", ask_elsewhere, ERR_CURSOR_INVALID},
		{"closed ones too", ask_for_all, ERR_CURSOR_INVALID},
		{"another state", ask_for_another_state, ERR_CURSOR_INVALID},
		{"another word", ask_for_another_word, ERR_CURSOR_INVALID},
		{"another team", ask_for_another_team, ERR_CURSOR_INVALID},
		{"a server with another key", be_another_server, ERR_CURSOR_INVALID},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;
		struct span cursor = make_cursor(&bench);

		CHECK_INT_EQ(cursor.len, CURSOR_BYTES);
		again(&bench);
		put_filter(&bench);
		put_bytes(&bench, "cursor", cursor);
		rows[i].change(&bench);
		check_asked(&bench, rows[i].expected);
		if (check_failed()) {
			printf("# %s\n", rows[i].what);
			return;
		}
		bench_end(&bench);
	}
}

static void check_cursor(struct bench *bench, struct span cursor, enum err expected)
{
	again(bench);
	put_filter(bench);
	put_bytes(bench, "cursor", cursor);
	CHECK_INT_EQ(bench_ask(bench), expected);
	CHECK_INT_EQ(bench->r.reply != NULL, expected == ERR_OK);
}

static void test_a_changed_cursor_is_refused(void)
{
	uint8_t bytes[CURSOR_BYTES + 1] = {0};
	struct bench bench;
	struct span cursor = make_cursor(&bench);

	CHECK_INT_EQ(cursor.len, CURSOR_BYTES);
	for (size_t i = 0; i < CURSOR_BYTES; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(bytes, cursor.ptr, CURSOR_BYTES);
			bytes[i] ^= (uint8_t)(1U << bit);
			check_cursor(&bench, span_of(bytes, CURSOR_BYTES), ERR_CURSOR_INVALID);
		}
	}
	memcpy(bytes, cursor.ptr, CURSOR_BYTES);
	for (size_t len = 1; len <= COUNT(bytes); len++) {
		check_cursor(
			&bench, span_of(bytes, len), len == CURSOR_BYTES ? ERR_OK : ERR_CURSOR_INVALID);
	}
	memset(bytes, 0, sizeof bytes);
	check_cursor(&bench, span_of(bytes, CURSOR_BYTES), ERR_CURSOR_INVALID);
	bench_end(&bench);
}

static const struct test tests[] = {
	{"the_statement_gets_what_the_grants_reach", test_the_statement_gets_what_the_grants_reach},
	{"a_team_asked_for_is_looked_up_by_its_index", test_a_team_asked_for_is_looked_up_by_its_index},
	{"each_team_is_walked_once", test_each_team_is_walked_once},
	{"teams_and_crews_of_many_grants", test_teams_and_crews_of_many_grants},
	{"without_filters_everything_from_the_end_of_time",
		test_without_filters_everything_from_the_end_of_time},
	{"filters_reach_the_statement", test_filters_reach_the_statement},
	{"a_cursor_leads_to_the_next_page", test_a_cursor_leads_to_the_next_page},
	{"long_results_come_in_shorter_pages", test_long_results_come_in_shorter_pages},
	{"rows_come_without_text", test_rows_come_without_text},
	{"a_cursor_is_of_its_account_and_filter", test_a_cursor_is_of_its_account_and_filter},
	{"a_changed_cursor_is_refused", test_a_changed_cursor_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
