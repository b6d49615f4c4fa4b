/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the record knows of backups: each is an event with its name, and words under their hash; the
 * last one counts, and none after a restore.
 */
#include "server/backup_event.h"

#include "server/db/stmt.h"
#include "tests/check.h"
#include "tests/server/pg.h"

static struct pg_database database;

/* Whether STMT_backup_last answers with a time: neither null nor no row. */
static bool is_known(PGconn *app)
{
	PGresult *result = PQexec(app, stmt_rows[STMT_backup_last].sql);
	bool is_there = PQntuples(result) == 1 && !PQgetisnull(result, 0, 0);

	assert(PQresultStatus(result) == PGRES_TUPLES_OK);
	PQclear(result);
	return is_there;
}

static void test_the_last_one_counts_and_none_after_a_restore(void)
{
	PGconn *app = pg_connect(database.app);
	PGconn *super = pg_connect(database.super);

	CHECK(!is_known(app));
	CHECK(backup_event_record(database.app, BACKUP_TAKEN, "20261127T101500Z"));
	CHECK(is_known(app));
	CHECK(backup_event_record(database.app, BACKUP_RESTORED, "20261127T101500Z"));
	CHECK(!is_known(app));
	CHECK(backup_event_record(database.app, BACKUP_TAKEN, "20261128T101500Z"));
	CHECK(is_known(app));
	CHECK_STR_EQ(pg_run(super, "SELECT string_agg(number, ' ' ORDER BY seq) FROM event"
							   " WHERE topic = 18"),
		"20261127T101500Z 20261127T101500Z 20261128T101500Z");
	CHECK_STR_EQ(
		pg_run(super,
			"SELECT bool_and(e.text_hash = sha256(t.salt || convert_to(t.body, 'UTF8'))"
			" AND t.body LIKE '%@%') FROM event e JOIN event_text t USING (community_id, seq)"
			" WHERE e.topic = 18"),
		"t");
	CHECK(!backup_event_record("host=/nonexistent dbname=guanjia", BACKUP_TAKEN, "nowhere"));
	PQfinish(super);
	PQfinish(app);
}

static const struct test tests[] = {
	{"the_last_one_counts_and_none_after_a_restore",
		test_the_last_one_counts_and_none_after_a_restore},
};

int main(int argc, char **argv)
{
	(void)argc;
	pg_require(argv);
	pg_database_make("backup_events", &database);
	return check_main(tests, COUNT(tests));
}
