/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what holds when PostgreSQL has a synchronous standby: see each test.
 */
#include "tests/check.h"

#include <libpq-fe.h>

#include "tests/live/replica.h"

static struct live_pair pair;

/* The helper itself: what was committed is there after each loss, on whichever node is left. */
static void test_pair_changes_places(void)
{
	char answer[64];
	char sql[96];

	(void)live_ask_node(live_pair_primary(&pair), "CREATE TABLE mark (n int)", answer);
	for (int turn = 1; turn <= 2; turn++) {
		PGconn *pg = PQconnectdb(live_pair_primary(&pair)->super);
		PGresult *result;

		(void)snprintf(sql, sizeof(sql), "INSERT INTO mark VALUES (%d)", turn);
		result = PQexec(pg, sql); /* waits for the standby, unlike live_ask_node */
		CHECK_INT_EQ(PQresultStatus(result), PGRES_COMMAND_OK);
		PQclear(result);
		PQfinish(pg);
		live_pair_lose(&pair, pair.primary);
		live_pair_promote(&pair);
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) = %d FROM mark", turn);
		CHECK_STR_EQ(live_ask_node(live_pair_primary(&pair), sql, answer), "t");
		live_pair_rejoin(&pair);
	}
	CHECK_INT_EQ(pair.primary, 0);
	(void)live_ask_node(live_pair_primary(&pair), "DROP TABLE mark", answer);
}

static void test_end_leaves_nothing(void)
{
	live_pair_fini(&pair);
}

static const struct test tests[] = {
	{"pair_changes_places", test_pair_changes_places},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	live_begin();
	live_pair_init(&pair, false); /* what is killed here are processes, not the machine */
	return check_main(tests, COUNT(tests));
}
