/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves report.kpi: who may ask about whom, and is let down or refused; what the statement is asked for, by whose
 * right, and that it records it; which months there are; and what is made of its rows: figures of a group side by side,
 * with the team's in the place of a person's where there were too few answers.
 */
#include "report.pb-c.h"
#include "server/method/report/kpi_row.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define DAY_NOVEMBER 20758 /* 2026-11-01 */
#define DAY_DECEMBER 20788
#define SOMEBODY 2

/* What is asked about. */
enum about { ALL, TEAM_1, TEAM_2, PEOPLE, MYSELF, SOMEBODY_ELSE, MY_PEOPLE };

/* Which grant somebody else holds. */
enum other { A_CLEANER, A_CLEANER_OF_TEAM_2, A_LEADER, A_PLUMBER, A_DIRECTOR, A_CLEANER_ELSEWHERE };

static const struct {
	const char *what;
	const struct access_grants *who;
	enum about about;
	enum other other;
	enum err expected;
} cases[] = {
	{"customer service: all", &service, ALL, .expected = ERR_OK},
	{"customer service: a team", &service, TEAM_2, .expected = ERR_OK},
	{"customer service: people", &service, PEOPLE, .expected = ERR_DENIED},
	{"customer service: somebody", &service, SOMEBODY_ELSE, .expected = ERR_DENIED},
	{"customer service: myself", &service, MYSELF, .expected = ERR_OK},
	{"an inspector: all", &inspector, ALL, .expected = ERR_OK},
	{"an inspector: people", &inspector, PEOPLE, .expected = ERR_DENIED},
	{"a leader: all of theirs", &leader, ALL, .expected = ERR_OK},
	{"a leader: their team", &leader, TEAM_1, .expected = ERR_OK},
	{"a leader: another team", &leader, TEAM_2, .expected = ERR_NOT_FOUND},
	{"a leader: people", &leader, PEOPLE, .expected = ERR_OK},
	{"a leader: a cleaner of theirs", &leader, SOMEBODY_ELSE, A_CLEANER, ERR_OK},
	{"a leader: a plumber", &leader, SOMEBODY_ELSE, A_PLUMBER, ERR_OK},
	{"a leader: a cleaner of another team", &leader, SOMEBODY_ELSE, A_CLEANER_OF_TEAM_2,
		ERR_NOT_FOUND},
	{"a leader: another leader", &leader, SOMEBODY_ELSE, A_LEADER, ERR_NOT_FOUND},
	{"an officer: a leader of theirs", &officer, SOMEBODY_ELSE, A_LEADER, ERR_OK},
	{"an officer: a cleaner of another team", &officer, SOMEBODY_ELSE, A_CLEANER_OF_TEAM_2,
		ERR_NOT_FOUND},
	{"an officer: the director", &officer, SOMEBODY_ELSE, A_DIRECTOR, ERR_NOT_FOUND},
	{"a manager: another team", &manager, TEAM_2, .expected = ERR_OK},
	{"a manager: a leader", &manager, SOMEBODY_ELSE, A_LEADER, ERR_OK},
	{"a manager: the director", &manager, SOMEBODY_ELSE, A_DIRECTOR, ERR_NOT_FOUND},
	{"a manager: a cleaner elsewhere", &manager, SOMEBODY_ELSE, A_CLEANER_ELSEWHERE, ERR_NOT_FOUND},
	{"the director: people", &director, PEOPLE, .expected = ERR_OK},
	{"the director: a leader", &director, SOMEBODY_ELSE, A_LEADER, ERR_OK},
	{"a cleaner: all", &cleaner, ALL, .expected = ERR_DENIED},
	{"a cleaner: their team", &cleaner, TEAM_1, .expected = ERR_DENIED},
	{"a cleaner: people", &cleaner, PEOPLE, .expected = ERR_DENIED},
	{"a cleaner: somebody", &cleaner, SOMEBODY_ELSE, A_CLEANER, ERR_DENIED},
	{"a cleaner: myself", &cleaner, MYSELF, .expected = ERR_OK},
	{"a guard: myself among people", &guard, MY_PEOPLE, .expected = ERR_OK},
	{"a crew: all", &crew_member, ALL, .expected = ERR_DENIED},
	{"a crew: myself", &crew_member, MYSELF, .expected = ERR_OK},
	{"a leader elsewhere: all", &leader_elsewhere, ALL, .expected = ERR_NOT_FOUND},
	{"a leader elsewhere: myself", &leader_elsewhere, MYSELF, .expected = ERR_NOT_FOUND},
	{"customer service elsewhere: all", &service_elsewhere, ALL, .expected = ERR_NOT_FOUND},
	{"an administrator: all", &administrator, ALL, .expected = ERR_DENIED},
	{"a leader until now: myself", &expired_leader, MYSELF, .expected = ERR_DENIED},
	{"nobody: myself", &nobody, MYSELF, .expected = ERR_DENIED},
};

static void begin(struct bench *bench, struct access_grants grants)
{
	bench_begin(bench, METHOD_report_kpi, grants);
	bench_community(bench);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "month_from", 202611);
}

static void find_other(struct bench *bench, enum other other)
{
	static const struct {
		int role, scope;
		uint32_t community, team, crew;
	} rows[] = {
		[A_CLEANER] = {7, 3, 1, 1, 0},
		[A_CLEANER_OF_TEAM_2] = {7, 3, 1, 2, 0},
		[A_LEADER] = {4, 3, 1, 1, 0},
		[A_PLUMBER] = {6, 4, 0, 0, 1},
		[A_DIRECTOR] = {10, 1, 0, 0, 0},
		[A_CLEANER_ELSEWHERE] = {7, 3, 2, 1, 0},
	};

	bench_row(bench, STMT_grant_list, town_id(TOWN_RECORD, 240), town_id(TOWN_ACCOUNT, SOMEBODY),
		rows[other].role, rows[other].scope,
		rows[other].community == 0 ? uuid_nil : town_id(TOWN_COMMUNITY, rows[other].community),
		rows[other].team == 0 ? uuid_nil : town_id(TOWN_TEAM, rows[other].team),
		rows[other].crew == 0 ? uuid_nil : town_id(TOWN_CREW, rows[other].crew), TOWN_NOW - 5,
		INT64_MAX, 1);
}

static void put_about(struct bench *bench, enum about about, enum other other)
{
	if (about == TEAM_1 || about == TEAM_2) {
		put_id(bench, "team_id", TOWN_TEAM, about == TEAM_1 ? 1 : 2);
	}
	if (about == PEOPLE || about == MY_PEOPLE) {
		put_number(bench, "groups", PB__REPORT__GROUP__PERSON);
	}
	if (about == MYSELF || about == MY_PEOPLE) {
		put_id(bench, "account_id", TOWN_ACCOUNT, 1);
	}
	if (about == SOMEBODY_ELSE) {
		put_id(bench, "account_id", TOWN_ACCOUNT, SOMEBODY);
		find_other(bench, other);
	}
}

static void check_case(size_t i)
{
	struct bench bench;

	begin(&bench, *cases[i].who);
	put_about(&bench, cases[i].about, cases[i].other);
	CHECK_INT_EQ(bench_ask(&bench), cases[i].expected);
	CHECK_INT_EQ(bench.r.effect != NULL, cases[i].expected == ERR_OK);
	bench_end(&bench);
}

static void test_who_may_ask_about_whom(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(i);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

/* Of all of the community; as whom people may be seen. */
static const struct {
	const char *what;
	const struct access_grants *who;
	enum about about;
	bool is_whole, is_managed, is_all;
	size_t officer_count, team_count, director_sees;
} reaches[] = {
	{"customer service", &service, ALL, .is_whole = true, .is_all = true},
	{"customer service, a team", &service, TEAM_1, .is_whole = true},
	{"the director", &director, ALL, .is_whole = true, .is_all = true, .director_sees = 8},
	{"a manager", &manager, ALL, .is_managed = true, .is_all = true},
	{"an officer", &officer, ALL, .officer_count = 1},
	{"a leader", &leader, ALL, .team_count = 1},
	{"both", &officer_and_leader, ALL, .officer_count = 1, .team_count = 1},
	{"customer service who leads", &service_and_leader, ALL, .is_whole = true, .is_all = true,
		.team_count = 1},
	{"a leader, themselves", &leader, MYSELF, .is_whole = true},
	{"a cleaner, themselves", &cleaner, MYSELF, .is_whole = true},
};

static void check_reach(size_t i)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, *reaches[i].who);
	put_about(&bench, reaches[i].about, A_CLEANER);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = bench.r.effect;
	CHECK_INT_EQ(param_number(query, 2), reaches[i].is_whole);
	CHECK_INT_EQ(param_number(query, 3), reaches[i].is_managed);
	CHECK_INT_EQ(param_count(query, 4), reaches[i].officer_count);
	CHECK_INT_EQ(param_count(query, 5), reaches[i].team_count);
	CHECK_INT_EQ(param_count(query, 16), reaches[i].director_sees);
	CHECK_INT_EQ(param_count(query, 17), 7);
	CHECK_INT_EQ(param_count(query, 18), 4);
	CHECK_INT_EQ(param_count(query, 19), 3);
	CHECK_INT_EQ(((const Pb__ReportKpiReply *)bench.r.reply)->is_whole, reaches[i].is_all);
	bench_end(&bench);
}

static void test_what_is_counted_is_what_they_reach(void)
{
	for (size_t i = 0; i < COUNT(reaches); i++) {
		check_reach(i);
		if (check_failed()) {
			printf("# %s\n", reaches[i].what);
			return;
		}
	}
}

static void test_what_the_statement_is_asked_for(void)
{
	const struct query *query;
	struct bench bench;

	begin(&bench, leader);
	put_number(&bench, "groups", PB__REPORT__GROUP__MONTH);
	put_number(&bench, "groups", PB__REPORT__GROUP__TEAM);
	put_number(&bench, "groups", PB__REPORT__GROUP__MONTH);
	put_number(&bench, "category", 203);
	put_number(&bench, "kind", 2);
	put_number(&bench, "form", PB__REPORT__FORM__XLSX);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	query = bench.r.effect;
	CHECK_INT_EQ(query->stmt, STMT_report_kpi);
	CHECK_INT_EQ(stmt_rows[query->stmt].lane, LANE_FILE);
	CHECK(param_is_id(query, 1, town_id(TOWN_COMMUNITY, 1)));
	CHECK(param_is_id(query, 6, town_id(TOWN_ACCOUNT, 1)));
	CHECK_INT_EQ(param_day(query, 7), DAY_NOVEMBER);
	CHECK_INT_EQ(param_day(query, 8), DAY_DECEMBER);
	CHECK_INT_EQ(param_time(query, 9), TOWN_NOW);
	CHECK_INT_EQ(param_count(query, 10), 2); /* each once */
	CHECK_INT_EQ(param_int2_at(query, 10, 0), PB__REPORT__GROUP__MONTH);
	CHECK(param_is_null(query, 11) && param_is_null(query, 12));
	CHECK_INT_EQ(param_number(query, 13), 203);
	CHECK_INT_EQ(param_number(query, 14), 203);
	CHECK_INT_EQ(param_number(query, 15), 2);
	CHECK_INT_EQ(param_count(query, 20), 3);
	CHECK_INT_EQ(param_count(query, 21), 2);
	CHECK_INT_EQ(param_number(query, 22), 0);
	CHECK_INT_EQ(param_number(query, 23), KPI_ROWS_MAX + 1);
	CHECK_INT_EQ(param_number(query, 24), PB__REPORT__FORM__XLSX);
	CHECK(param_is_id(query, 25, town_id(TOWN_DEVICE, 1)));
	CHECK(param_is_id(query, 26, town_id(TOWN_RECORD, 203))); /* the leader's grant */
	bench_end(&bench);

	/* A group of categories, all of it. */
	begin(&bench, leader);
	put_number(&bench, "category", 200);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(bench.r.effect, 13), 200);
	CHECK_INT_EQ(param_number(bench.r.effect, 14), 299);
	CHECK_INT_EQ(param_number(bench.r.effect, 24), PB__REPORT__FORM__SHOWN);
	bench_end(&bench);
}

static const struct {
	uint32_t from, to; /* to 0: not given */
	enum err expected;
	const char *field;
} months[] = {
	{202611, 0, ERR_OK, NULL}, {202612, 0, ERR_OK, NULL}, {202611, 202611, ERR_OK, NULL},
	{202501, 202612, ERR_OK, NULL}, {202412, 202612, ERR_FIELD_RANGE, "month_to"},
	{202611, 202610, ERR_FIELD_RANGE, "month_to"}, {202600, 0, ERR_FIELD_INVALID, "month_from"},
	{202613, 0, ERR_FIELD_INVALID, "month_from"}, {202611, 202613, ERR_FIELD_INVALID, "month_to"},
	{202611, 202700, ERR_FIELD_INVALID, "month_to"},
	{209912, 0, ERR_FIELD_INVALID, "month_to"}, /* no day comes behind it */
};

static void test_months(void)
{
	for (size_t i = 0; i < COUNT(months); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_report_kpi, leader);
		bench_community(&bench);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_number(&bench, "month_from", months[i].from);
		if (months[i].to != 0) {
			put_number(&bench, "month_to", months[i].to);
		}
		printf("# row %zu\n", i);
		CHECK_INT_EQ(bench_ask(&bench), months[i].expected);
		if (months[i].field != NULL) {
			CHECK_STR_EQ(bench.r.fault.field, months[i].field);
		}
		bench_end(&bench);
	}
}

static void test_categories_there_are(void)
{
	struct bench bench;

	begin(&bench, leader);
	put_number(&bench, "category", 150);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
	bench_end(&bench);
}

static void add(struct bench *bench, int kpi, int64_t place, uint32_t person, int64_t hits,
	int64_t total, int64_t team_hits, int64_t team_total)
{
	bench_row(bench, STMT_report_kpi, kpi, place, town_id(TOWN_TEAM, 1),
		person == 0 ? uuid_nil : town_id(TOWN_ACCOUNT, person), person == 0 ? NULL : "马军", 203, 2,
		0, DAY_NOVEMBER, hits, total, team_hits, team_total);
}

/* What the effect found goes into the reply, as after its commit. */
static void fill(struct bench *bench)
{
	PGresult *result = NULL;

	for (size_t i = 0; i < bench->fact_count; i++) {
		if (bench->facts[i].stmt == STMT_report_kpi) {
			result = bench->facts[i].result;
			bench->facts[i].result = NULL;
		}
	}
	assert(result != NULL);
	if (!query_take(bench->r.effect, result)) {
		unreachable();
	}
	bench->r.impl->fill(&bench->r);
}

/* Rows that were taken by hand are given back by hand. */
static void end_filled(struct bench *bench)
{
	query_fini(bench->r.effect);
	bench_end(bench);
}

static void test_rows_become_figures(void)
{
	const Pb__ReportKpiReply *out;
	struct bench bench;

	begin(&bench, leader);
	put_number(&bench, "groups", PB__REPORT__GROUP__PERSON);
	add(&bench, 0, 0, 0, 0, 0, 0, 0);
	add(&bench, 1, 1, 2, 49, 50, 60, 70);
	add(&bench, 7, 1, 2, 9, 9, 15, 20);
	add(&bench, 7, 2, 0, 6, 11, 15, 20);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	fill(&bench);
	out = (const Pb__ReportKpiReply *)bench.r.reply;
	CHECK(!out->has_more);
	CHECK_INT_EQ(out->n_rows, 2);
	CHECK_STR_EQ(out->rows[0]->account_name, "马军");
	CHECK_INT_EQ(out->rows[0]->month, 202611);
	CHECK_INT_EQ(out->rows[0]->category, 203);
	CHECK(out->rows[0]->has_kind && !out->rows[0]->has_subkind);
	CHECK_INT_EQ(out->rows[0]->n_values, 2);
	CHECK_INT_EQ(out->rows[0]->values[0]->rate, 9800);
	CHECK(out->rows[0]->values[0]->is_met && !out->rows[0]->values[0]->is_of_team);
	/* Nine answers are too few: the team's, and nothing of what they were. */
	CHECK_INT_EQ(out->rows[0]->values[1]->hits, 15);
	CHECK_INT_EQ(out->rows[0]->values[1]->total, 20);
	CHECK_INT_EQ(out->rows[0]->values[1]->rate, 7500);
	CHECK(out->rows[0]->values[1]->is_of_team && !out->rows[0]->values[1]->is_met);
	CHECK_INT_EQ(out->rows[0]->values[1]->own_total, 9);
	CHECK(!out->rows[1]->has_account_id);
	CHECK_INT_EQ(out->rows[1]->values[0]->hits, 6);
	CHECK(!out->rows[1]->values[0]->has_own_total);
	end_filled(&bench);
}

/* Without people few answers are shown as what they are. */
static void test_a_report_of_teams_gives_way_to_nothing(void)
{
	const Pb__ReportKpiReply *out;
	struct bench bench;

	begin(&bench, leader);
	add(&bench, 0, 0, 0, 0, 0, 0, 0);
	add(&bench, 7, 1, 0, 2, 3, 2, 3);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	fill(&bench);
	out = (const Pb__ReportKpiReply *)bench.r.reply;
	CHECK_INT_EQ(out->rows[0]->values[0]->total, 3);
	CHECK(!out->rows[0]->values[0]->is_of_team);
	end_filled(&bench);
}

static void test_a_reply_has_an_end(void)
{
	const Pb__ReportKpiReply *out;
	struct bench bench;

	begin(&bench, leader);
	add(&bench, 0, 0, 0, 0, 0, 0, 0);
	for (int64_t i = 1; i <= KPI_ROWS_MAX + 1; i++) {
		add(&bench, 1, i, 0, 1, 1, 1, 1);
	}
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	fill(&bench);
	out = (const Pb__ReportKpiReply *)bench.r.reply;
	CHECK_INT_EQ(out->n_rows, KPI_ROWS_MAX);
	CHECK(out->has_more);
	end_filled(&bench);
}

static const struct test tests[] = {
	{"who_may_ask_about_whom", test_who_may_ask_about_whom},
	{"what_is_counted_is_what_they_reach", test_what_is_counted_is_what_they_reach},
	{"what_the_statement_is_asked_for", test_what_the_statement_is_asked_for},
	{"months", test_months},
	{"categories_there_are", test_categories_there_are},
	{"rows_become_figures", test_rows_become_figures},
	{"a_report_of_teams_gives_way_to_nothing", test_a_report_of_teams_gives_way_to_nothing},
	{"a_reply_has_an_end", test_a_reply_has_an_end},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
