/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that each way in which complaints are looked for (stmt_list.def) begins with an index of its own, by the plan
 * that is made once for all values: pages of those that walk it need no sort, the others sort what it found.
 */
#include "server/db/stmt.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/server/pg.h"

#define SQL_MAX 4096

static PGconn *app;

static void prepare(enum stmt stmt)
{
	Oid oids[STMT_PARAM_MAX];
	size_t count = stmt_param_count(stmt);
	PGresult *result;

	for (size_t i = 0; i < count; i++) {
		oids[i] = stmt_oid(stmt_rows[stmt].types[i]);
	}
	result = PQprepare(app, stmt_rows[stmt].name, stmt_rows[stmt].sql, (int)count, oids);
	CHECK_INT_EQ(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
}

static PGresult *explain(enum stmt stmt)
{
	char sql[SQL_MAX];
	int len;

	prepare(stmt);
	len = snprintf(sql, sizeof sql, "EXPLAIN (COSTS OFF) EXECUTE %s", stmt_rows[stmt].name);
	for (size_t i = 0; i < stmt_param_count(stmt); i++) {
		len += snprintf(sql + len, sizeof sql - (size_t)len, "%sNULL", i == 0 ? "(" : ", ");
	}
	(void)snprintf(sql + len, sizeof sql - (size_t)len, ")");
	return PQexec(app, sql);
}

static const struct {
	enum stmt stmt;
	const char *index;
	bool is_walked; /* in the page's order */
} plans[] = {
	{STMT_complaint_list, "complaint_time", true},
	{STMT_complaint_list_back, "complaint_time", true},
	{STMT_complaint_list_open, "complaint_open", true},
	{STMT_complaint_list_open_back, "complaint_open", true},
	{STMT_complaint_list_queue, "complaint_queue", true},
	{STMT_complaint_list_queue_back, "complaint_queue", true},
	{STMT_complaint_list_waiting, "complaint_waits", true},
	{STMT_complaint_list_waiting_back, "complaint_waits", true},
	{STMT_complaint_list_teams, "complaint_team_time", false},
	{STMT_complaint_list_teams_back, "complaint_team_time", false},
	{STMT_complaint_list_open_due, "complaint_open", false},
	{STMT_complaint_list_due, "complaint_clock_due", false},
	{STMT_complaint_list_joined, "complaint_joined", false},
	{STMT_complaint_list_place, "complaint_place_ended", false},
	{STMT_complaint_list_worker, "complaint_worker", false},
	{STMT_complaint_list_ended, "complaint_ended_time", false},
	{STMT_complaint_list_handled, "event_person", false},
	{STMT_complaint_search, "complaint_search_pairs", false},
	{STMT_complaint_search_back, "complaint_search_pairs", false},
	{STMT_complaint_search_due, "complaint_search_pairs", false},
	{STMT_complaint_search_due_sum, "complaint_search_pairs", false},
	{STMT_complaint_by_phone, "complaint_contact_phone", false},
	{STMT_complaint_by_number, "complaint_community_id_day_day_no_key", false},
	{STMT_complaint_list_sum, "complaint_time", false},
	{STMT_complaint_list_open_sum, "complaint_open", false},
	{STMT_complaint_list_open_due_sum, "complaint_open", false},
	{STMT_complaint_list_due_sum, "complaint_clock_due", false},
	{STMT_complaint_list_place_sum, "complaint_place_ended", false},
	{STMT_complaint_list_handled_sum, "event_person", false},
};

static void check_plan(size_t i)
{
	PGresult *plan = explain(plans[i].stmt);
	bool is_found = false;
	bool is_sorted = false;

	for (int row = 0; row < PQntuples(plan); row++) {
		const char *line = PQgetvalue(plan, row, 0);
		const char *at = strstr(line, plans[i].index);
		size_t len = strlen(plans[i].index);

		is_found = is_found || (at != NULL && (at[len] == ' ' || at[len] == '\0'));
		is_sorted = is_sorted || strstr(line, "Sort") != NULL;
	}
	CHECK(is_found);
	CHECK(!plans[i].is_walked || !is_sorted);
	PQclear(plan);
}

static void test_each_way_begins_with_its_index(void)
{
	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	for (size_t i = 0; i < COUNT(plans); i++) {
		check_plan(i);
		if (check_failed()) {
			printf("# %s, %s\n", stmt_rows[plans[i].stmt].name, plans[i].index);
			return;
		}
	}
}

static const struct test tests[] = {
	{"each_way_begins_with_its_index", test_each_way_begins_with_its_index},
};

int main(int argc, char **argv)
{
	struct pg_database database;
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_list_plans", &database);
	app = pg_connect(database.app);
	failed = check_main(tests, COUNT(tests));
	PQfinish(app);
	return failed;
}
