/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that no statement of the lanes is run by more than one process: under the settings that a connection of the
 * lane gets, and where other processes cost nothing.
 */
#include <assert.h>
#include <string.h>

#include "server/db/pgconn_open.h"

#include "tests/check.h"
#include "tests/db/plan.h"
#include "tests/server/pg.h"

static struct pg_database database;

static bool is_of_community(const char *table)
{
	return table == NULL;
}

static bool wants_processes(PGconn *pg, enum stmt stmt)
{
	struct plan plan;
	bool wants = false;

	plan_read(&plan, pg, stmt, is_of_community);
	assert(PQntuples(plan.rows) > 0);
	for (int row = 0; row < PQntuples(plan.rows); row++) {
		wants = wants || strstr(PQgetvalue(plan.rows, row, 0), "Gather") != NULL;
	}
	plan_fini(&plan);
	return wants;
}

/* How many of the lane's statements would be run by several processes, if it had these settings too (NULL: none). */
static size_t count_shared(enum lane lane, const char *settings)
{
	PGconn *pg = pg_connect(database.app);
	size_t count = 0;

	(void)pg_run(pg, pgconn_greeting(lane));
	if (settings != NULL) {
		(void)pg_run(pg, settings);
	}
	(void)pg_run(pg, "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
					 " SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0");
	for (size_t i = 0; i < STMT_COUNT; i++) {
		if (stmt_rows[i].lane == lane && wants_processes(pg, (enum stmt)i)) {
			printf("# %s\n", stmt_rows[i].name);
			count++;
		}
	}
	PQfinish(pg);
	return count;
}

static void test_lanes_work_by_themselves(void)
{
	CHECK_INT_EQ(count_shared(LANE_READ, NULL), 0);
	CHECK_INT_EQ(count_shared(LANE_WRITE, NULL), 0);
}

/* Without this nobody would know that the plans were asked for in a way that could find any. */
static void test_they_would_be_shared_otherwise(void)
{
	CHECK(count_shared(LANE_READ, "SET max_parallel_workers_per_gather TO DEFAULT") > 0);
}

static const struct test tests[] = {
	{"lanes_work_by_themselves", test_lanes_work_by_themselves},
	{"they_would_be_shared_otherwise", test_they_would_be_shared_otherwise},
};

int main(int argc, char **argv)
{
	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_lane", &database);
	return check_main(tests, COUNT(tests));
}
