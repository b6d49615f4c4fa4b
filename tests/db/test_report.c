/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that report_kpi counts what kpi.def says: histories drawn from seeds, on a real PostgreSQL through the real
 * lane, and the same counted by a slow model over the events; every grouping, every kind of asker, filters, months, each
 * cell with its team's beside it, and none too many. Then: an end to the rows, that each report leaves a record, and the
 * due times of clocks that pause, in SQL as in the domain.
 */
#include <stdlib.h>
#include <string.h>

#include "common/day.h"
#include "tests/check.h"
#include "tests/db/lanes.h"
#include "tests/db/report_model.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define BATCH 32
#define HISTORIES 900
#define ROWS_MAX 1001
#define TRACE 4711
#define TEAM_OF(n) \
	{ \
		n \
	}

/* Columns of report_kpi. */
enum {
	KPI,
	PLACE,
	TEAM_ID,
	ACCOUNT_ID,
	NAME,
	CATEGORY,
	KIND,
	SUBKIND,
	MONTH,
	HITS,
	TOTAL,
	TEAM_HITS,
	TEAM_TOTAL
};

static struct pg_database database;
static PGconn *super;
static struct lanes lanes;
static struct history histories[HISTORIES];
static struct model model;

static const struct {
	const char *what;
	struct model_ask ask;
} cases[] = {
	{"all", {.is_whole = true}},
	{"by team", {.is_whole = true, .by_team = true}},
	{"by month", {.is_whole = true, .by_month = true}},
	{"by category", {.is_whole = true, .by_category = true}},
	{"by kind", {.is_whole = true, .by_kind = true}},
	{"by team and month", {.is_whole = true, .by_team = true, .by_month = true}},
	{"by everything but people", {.is_whole = true,
									 .by_team = true,
									 .by_month = true,
									 .by_category = true,
									 .by_kind = true}},
	{"the director, by person", {.is_whole = true, .is_director = true, .by_person = true}},
	{"the director, by person and month",
		{.is_whole = true, .is_director = true, .by_person = true, .by_month = true}},
	{"the director, by everything", {.is_whole = true,
										.is_director = true,
										.by_team = true,
										.by_person = true,
										.by_month = true,
										.by_category = true,
										.by_kind = true}},
	{"a manager", {.is_managed = true}},
	{"a manager, by person", {.is_managed = true, .by_person = true}},
	{"an officer", {.officer_teams = TEAM_OF(1)}},
	{"an officer, by person", {.officer_teams = TEAM_OF(1), .by_person = true}},
	{"a leader", {.teams = TEAM_OF(1)}},
	{"a leader, by person", {.teams = TEAM_OF(3), .by_person = true}},
	{"an officer of one who leads another",
		{.officer_teams = TEAM_OF(4), .teams = TEAM_OF(3), .by_person = true}},
	{"a leader of one, customer service of all, by person",
		{.is_whole = true, .teams = TEAM_OF(1), .by_person = true}},
	{"a leader, their own", {.is_whole = true, .account = 1}},
	{"a leader, their own by month", {.is_whole = true, .account = 1, .by_month = true}},
	{"the director, one cleaner", {.is_whole = true, .is_director = true, .account = 6}},
	{"a leader, one cleaner", {.teams = TEAM_OF(1), .account = 6, .by_kind = true}},
	{"one team", {.is_whole = true, .team = 3}},
	{"one team by person", {.is_managed = true, .team = 3, .by_person = true}},
	{"a category", {.is_whole = true, .category_from = 203, .category_to = 203}},
	{"a group of categories",
		{.is_whole = true, .category_from = 100, .category_to = 199, .by_category = true}},
	{"a kind", {.is_whole = true, .kind = 3, .by_team = true}},
	{"one month", {.is_whole = true, .month_from = 202610, .month_to = 202610}},
	{"two months, by person",
		{.is_managed = true, .by_person = true, .month_from = 202608, .month_to = 202609}},
	{"a month before all", {.is_whole = true, .month_from = 202501, .month_to = 202501}},
};

static int32_t first_day(int month)
{
	int32_t day = 0;
	bool is_day = day_from_number((uint32_t)month * 100 + 1, &day);

	assert(is_day);
	return day;
}

static int month_after(int month)
{
	return month % 100 == 12 ? month + 89 : month + 1;
}

static void add_teams(struct query *query, const uint32_t teams[MODEL_TEAMS_MAX])
{
	struct uuid ids[MODEL_TEAMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < MODEL_TEAMS_MAX; i++) {
		if (teams[i] != 0) {
			ids[count++] = town_id(TOWN_TEAM, teams[i]);
		}
	}
	query_uuids(query, ids, count);
}

static void add_roles(struct query *query, role_set set)
{
	int roles[32];
	size_t count = 0;

	for (int role = 1; role < 32; role++) {
		if ((set >> role & 1) != 0) {
			roles[count++] = role;
		}
	}
	query_int2s(query, roles, count);
}

static void add_groups(struct query *query, const struct model_ask *ask)
{
	const bool is_by[] = {
		ask->by_team, ask->by_person, ask->by_category, ask->by_kind, ask->by_month};
	int groups[COUNT(is_by)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(is_by); i++) {
		if (is_by[i]) {
			groups[count++] = (int)i + 1;
		}
	}
	query_int2s(query, groups, count);
}

static struct uuid id_or_nil(enum town_kind kind, uint32_t n)
{
	return n == 0 ? uuid_nil : town_id(kind, n);
}

static void add_params(struct query *query, const struct model_ask *ask, int32_t rows_max)
{
	static const int complaints[] = {1, 7, 8};
	static const int repairs[] = {2, 3};
	bool is_personal = model_is_personal(ask);

	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_bool(query, ask->is_whole);
	query_bool(query, ask->is_managed);
	add_teams(query, ask->officer_teams);
	add_teams(query, ask->teams);
	query_uuid(query, town_id(TOWN_ACCOUNT, ask->asker));
	query_day(query, first_day(ask->month_from));
	query_day(query, first_day(month_after(ask->month_to)));
	query_time(query, ask->now_us);
	add_groups(query, ask);
	query_uuid_or_null(query, id_or_nil(TOWN_TEAM, ask->team));
	query_uuid_or_null(query, id_or_nil(TOWN_ACCOUNT, ask->account));
	query_number_or_null(query, ask->category_from);
	query_number_or_null(query, ask->category_to);
	query_number_or_null(query, ask->kind);
	add_roles(query, ask->is_director ? kpi_sees(ROLE_DIRECTOR) : 0);
	add_roles(query, kpi_sees(ROLE_MANAGER));
	add_roles(query, kpi_sees(ROLE_OFFICER));
	add_roles(query, kpi_sees(ROLE_LEADER));
	query_int2s(query, complaints, COUNT(complaints));
	query_int2s(query, repairs, COUNT(repairs));
	query_bool(query, is_personal);
	query_int4(query, rows_max);
	query_int2(query, 2); /* CSV */
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, town_id(TOWN_RECORD, 100016));
	query_bool(query,
		is_personal || ask->by_team || ask->team != 0 || (!ask->is_whole && !ask->is_managed));
	query_trace_if_last(query, town_id(TOWN_RECORD, TRACE));
}

static struct query *run(struct job *job, const struct model_ask *ask, int32_t rows_max)
{
	struct query *query;

	job_init(job);
	query = job_query(job, STMT_report_kpi);
	add_params(query, ask, rows_max);
	job_file(&lanes, job);
	lanes_settle(&lanes, job, 1);
	assert(job->errand.outcome == ERRAND_DONE);
	return query;
}

/* The number in a town's id; 0 for null. */
static uint32_t number_at(const struct query *query, size_t row, int column)
{
	struct uuid id = row_uuid(query, row, column);

	return uuid_is_nil(id) ? 0 : get_u32(id.bytes + 12);
}

static struct model_key key_at(const struct query *query, size_t row)
{
	struct model_key key = {0};

	key.kpi = row_int2(query, row, KPI);
	key.team = number_at(query, row, TEAM_ID);
	key.account = number_at(query, row, ACCOUNT_ID);
	key.category = row_int2(query, row, CATEGORY);
	key.kind = row_int2(query, row, KIND);
	key.subkind = row_int2(query, row, SUBKIND);
	key.month =
		row_is_null(query, row, MONTH) ? 0 : (int)day_number(row_day(query, row, MONTH)) / 100;
	return key;
}

static void check_row(const struct query *query, size_t row)
{
	struct model_key key = key_at(query, row);
	const struct model_cell *cell = model_find(&model, &key);

	if (cell == NULL || row_int8(query, row, HITS) != cell->count.hits ||
		row_int8(query, row, TOTAL) != cell->count.total) {
		printf("# kpi %d team %u person %u category %d kind %d %d month %d\n", key.kpi,
			(unsigned)key.team, (unsigned)key.account, key.category, key.kind, key.subkind,
			key.month);
	}
	CHECK(cell != NULL);
	CHECK_INT_EQ(row_int8(query, row, HITS), cell->count.hits);
	CHECK_INT_EQ(row_int8(query, row, TOTAL), cell->count.total);
	CHECK_INT_EQ(row_int8(query, row, TEAM_HITS), cell->team_count.hits);
	CHECK_INT_EQ(row_int8(query, row, TEAM_TOTAL), cell->team_count.total);
	CHECK_INT_EQ(row_is_null(query, row, NAME), key.account == 0);
}

/* One place a group, in order, and its figures in theirs. */
static void check_order(const struct query *query, size_t row)
{
	struct model_key a = key_at(query, row - 1);
	struct model_key b = key_at(query, row);
	bool is_same = row_int8(query, row - 1, PLACE) == row_int8(query, row, PLACE);

	CHECK(is_same ? a.kpi < b.kpi
				  : row_int8(query, row, PLACE) == row_int8(query, row - 1, PLACE) + 1);
	a.kpi = b.kpi = 0;
	CHECK_INT_EQ(memcmp(&a, &b, sizeof a) == 0, is_same);
}

static void check_case(const struct model_ask *given)
{
	struct model_ask ask = *given;
	struct query *query;
	struct job job;

	ask.now_us = TOWN_NOW;
	ask.asker = 1;
	ask.month_from = ask.month_from == 0 ? 202601 : ask.month_from;
	ask.month_to = ask.month_to == 0 ? 202612 : ask.month_to;
	memset(&model, 0, sizeof model);
	for (size_t i = 0; i < HISTORIES; i++) {
		model_add(&model, &ask, &histories[i]);
	}
	model_finish(&model, &ask);
	query = run(&job, &ask, ROWS_MAX * 10);
	CHECK_INT_EQ(query_rows(query), model.count + 1);
	CHECK_INT_EQ(row_int2(query, 0, KPI), 0);
	for (size_t row = 1; row < query_rows(query); row++) {
		check_row(query, row);
		if (!check_failed() && row > 1) {
			check_order(query, row);
		}
		if (check_failed()) {
			return;
		}
	}
	job_fini(&job);
}

/* What was drawn, so that a seed that proves nothing is seen. */
static void check_drawn(void)
{
	struct model_ask ask = {
		.now_us = TOWN_NOW, .asker = 1, .is_whole = true, .month_from = 202601, .month_to = 202612};

	memset(&model, 0, sizeof model);
	for (size_t i = 0; i < HISTORIES; i++) {
		model_add(&model, &ask, &histories[i]);
	}
	CHECK_INT_EQ(model.count, KPI_COUNT);
	for (size_t i = 0; i < model.count; i++) {
		printf("# %s %lld of %lld\n", kpi_name(model.cells[i].key.kpi),
			(long long)model.cells[i].count.hits, (long long)model.cells[i].count.total);
		CHECK(model.cells[i].count.hits >= 5);
		CHECK(model.cells[i].count.total - model.cells[i].count.hits >= 5);
	}
}

static void draw(uint64_t seed)
{
	town_clear(super);
	history_people(super);
	for (uint32_t n = 0; n < HISTORIES; n++) {
		history_draw(&histories[n], seed, n + 1);
		history_write(super, &histories[n]);
	}
	(void)pg_run(super, "ANALYZE");
}

static void test_every_figure_is_the_models(void)
{
	static const uint64_t seeds[] = {1, 2026, 77};

	for (size_t i = 0; i < COUNT(seeds); i++) {
		printf("# seed %llu\n", (unsigned long long)seeds[i]);
		draw(seeds[i]);
		check_drawn();
		for (size_t k = 0; !check_failed() && k < COUNT(cases); k++) {
			check_case(&cases[k].ask);
			if (check_failed()) {
				printf("# %s\n", cases[k].what);
			}
		}
		if (check_failed()) {
			return;
		}
	}
}

/* Overdue, then paused for two days, and solved in what would have been time by those: told or not that it was late. */
static void write_paused(bool is_told)
{
	struct history *history = &histories[0];
	int64_t from_us = TOWN_NOW - 20 * HISTORY_DAY;

	town_clear(super);
	history_people(super);
	*history = (struct history){.n = 1, .kind = 2, .category = 203, .lead = 1, .team = 1};
	history->submitted_us = from_us;
	history->record.state = COMPLAINT_CLOSED;
	history->card.clocks[CLOCK_RESOLVE - 1] =
		(struct clock){from_us, from_us + 2 * HISTORY_DAY, from_us + 4 * HISTORY_DAY};
	history->card.paused_us = 2 * HISTORY_DAY;
	history->count = 1;
	history->events[0] = (struct history_event){.at_us = from_us + 2 * HISTORY_DAY,
		.step = COMPLAINT_STEP_CLOCK,
		.from = 2,
		.to = 2,
		.team = 1,
		.clock = CLOCK_RESOLVE,
		.percent = is_told ? 100 : 80};
	history_write(super, history);
}

static void test_a_pause_does_not_undo_what_ran_out(void)
{
	struct model_ask ask = {.now_us = TOWN_NOW,
		.asker = 1,
		.is_whole = true,
		.month_from = 202611,
		.month_to = 202611,
		.account = 0};

	for (int is_told = 0; is_told < 2; is_told++) {
		struct query *query;
		struct job job;

		write_paused(is_told != 0);
		query = run(&job, &ask, ROWS_MAX);
		CHECK_INT_EQ(query_rows(query), 2);
		CHECK_INT_EQ(row_int2(query, 1, KPI), KPI_CLOSING);
		CHECK_INT_EQ(row_int8(query, 1, TOTAL), 1);
		CHECK_INT_EQ(row_int8(query, 1, HITS), is_told == 0);
		memset(&model, 0, sizeof model);
		model_add(&model, &ask, &histories[0]);
		CHECK_INT_EQ(model.count, 1);
		CHECK_INT_EQ(model.cells[0].count.hits, is_told == 0);
		job_fini(&job);
	}
}

static void test_rows_have_an_end(void)
{
	struct model_ask ask = cases[9].ask;
	struct query *query;
	struct job job;

	ask.now_us = TOWN_NOW;
	ask.asker = 1;
	ask.month_from = 202601;
	ask.month_to = 202612;
	query = run(&job, &ask, 3);
	CHECK_INT_EQ(row_int8(query, query_rows(query) - 1, PLACE), 3);
	CHECK(query_rows(query) > 3);
	job_fini(&job);
}

static void test_each_report_is_recorded(void)
{
	struct model_ask ask = {.now_us = TOWN_NOW,
		.asker = 1,
		.is_whole = true,
		.month_from = 202611,
		.month_to = 202612,
		.team = 3,
		.account = 6};
	struct job job;

	(void)pg_run(super, "DELETE FROM event WHERE topic = 10");
	(void)run(&job, &ask, ROWS_MAX);
	job_fini(&job);
	CHECK_STR_EQ(
		pg_run(super,
			"SELECT format('%s %s %s %s %s %s %s %s %s', step, right(account_id::text, 2),"
			" right(device_id::text, 2), right(grant_id::text, 5), right(team_id::text, 2),"
			" right(worker_id::text, 2), to_char(window_from, 'YYYY-MM-DD HH24'),"
			" to_char(window_to, 'YYYY-MM-DD HH24'), right(trace_id::text, 4))"
			" FROM event WHERE topic = 10"),
		"2 01 01 186b0 03 06 2026-10-31 16 2026-12-31 16 1267");
	CHECK_INT_EQ(town_count(super, "event WHERE topic = 10"), 1);
}

/* The function of the index, and clock_due_us. */
static void test_due_times_are_the_domains(void)
{
	size_t paused_count = 0;

	for (size_t i = 0; i < HISTORIES; i++) {
		const struct clock_card *card = &histories[i].card;
		int64_t due_us = clock_due_us(card, CLOCK_RESOLVE);

		if (card->clocks[CLOCK_RESOLVE - 1].from_us == 0) {
			continue;
		}
		paused_count += due_us != card->clocks[CLOCK_RESOLVE - 1].due_us;
		CHECK_STR_EQ(
			pg_run(
				super, town_text("SELECT CASE WHEN d = 'infinity' THEN %lld ELSE"
								 " round(extract(epoch FROM d) * 1000000)::bigint END FROM (SELECT"
								 " clock_due_at(due_at[6], met_at[6], paused_from, paused_to,"
								 " paused_us) AS d FROM complaint_clock WHERE complaint_id ="
								 " 'a5000000-0000-0000-0000-%012x') x",
						   (long long)INT64_MAX, (unsigned)histories[i].n)),
			town_text("%lld", (long long)due_us));
	}
	CHECK(paused_count >= 10);
}

static const struct test tests[] = {
	{"every_figure_is_the_models", test_every_figure_is_the_models},
	{"rows_have_an_end", test_rows_have_an_end},
	{"each_report_is_recorded", test_each_report_is_recorded},
	{"due_times_are_the_domains", test_due_times_are_the_domains},
	{"a_pause_does_not_undo_what_ran_out", test_a_pause_does_not_undo_what_ran_out},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_report", &database);
	super = pg_connect(database.super);
	town_build(super);
	lanes_open(&lanes, database.app, 1, BATCH);
	lanes_wait_up(&lanes);
	failed = check_main(tests, COUNT(tests));
	lanes_close(&lanes);
	PQfinish(super);
	return failed;
}
