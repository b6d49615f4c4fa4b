/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves against a real PostgreSQL that each migration is applied once and in order, whole or not at
 * all, by one at a time; that what was edited or is unknown is refused; and the rules of the schema that
 * its own catalogue shows.
 */
#include "server/db/migrate.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/check.h"
#include "tests/server/pg.h"

static struct log log_of_tests;

static enum err migrate(const struct pg_database *database, struct migrate_fault *out_fault)
{
	*out_fault = (struct migrate_fault){""};
	return migrate_run(database->owner, &log_of_tests, out_fault);
}

/* Migrates, changes something as the owner, and says what the next run and a server's check say. */
static void check_after(
	const char *name, const char *sql, enum err expected, const char *fault_text)
{
	struct pg_database database;
	struct migrate_fault fault;
	int schema = -1;
	PGconn *owner;

	pg_database_make(name, &database);
	owner = pg_connect(database.owner);
	(void)pg_run(owner, sql);
	PQfinish(owner);
	CHECK_INT_EQ(migrate(&database, &fault), expected);
	CHECK(strstr(fault.text, fault_text) != NULL);
	CHECK_INT_EQ(migrate_check(database.app, &schema, &fault), expected);
	CHECK_INT_EQ(schema == -1, expected != ERR_OK);
}

static void check_count(const char *conninfo, const char *sql, size_t expected)
{
	PGconn *pg = pg_connect(conninfo);
	long count = strtol(pg_run(pg, sql), NULL, 10);

	PQfinish(pg);
	CHECK_INT_EQ(count, expected);
}

static void test_fresh_database_gets_everything_once(void)
{
	struct pg_database database;
	struct migrate_fault fault;
	int schema = 0;

	pg_database_make_empty("test_migrate_fresh", &database);
	CHECK_INT_EQ(migrate_check(database.app, &schema, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "the database is empty") != NULL);
	for (int run = 0; run < 2; run++) {
		CHECK_INT_EQ(migrate(&database, &fault), ERR_OK);
		check_count(database.app, "SELECT count(*) FROM schema_version", migration_count);
	}
	CHECK_INT_EQ(migrate_check(database.app, &schema, &fault), ERR_OK);
	CHECK_INT_EQ(schema, migration_count);
}

static void test_again_writes_nothing(void)
{
	struct pg_database database;
	struct migrate_fault fault;
	/* xmin is the transaction that wrote the row. */
	static const char dump[] = "SELECT md5(string_agg(xmin || v::text, ' ')) FROM schema_version v";
	char rows[64];
	PGconn *owner;

	pg_database_make("test_migrate_again", &database);
	owner = pg_connect(database.owner);
	(void)snprintf(rows, sizeof(rows), "%s", pg_run(owner, dump));
	CHECK_INT_EQ(migrate(&database, &fault), ERR_OK);
	CHECK_STR_EQ(pg_run(owner, dump), rows);
	CHECK(rows[0] != '\0');
	PQfinish(owner);
}

static void test_edited_file_is_refused(void)
{
	check_after("test_migrate_edited",
		"UPDATE schema_version SET sha256 = sha256('other') WHERE number = 1", ERR_CONFIG,
		"is not the one that was applied to this database");
}

static void test_renamed_file_is_refused(void)
{
	check_after("test_migrate_renamed",
		"UPDATE schema_version SET name = '0001_other' WHERE number = 1", ERR_CONFIG,
		"('0001_other')");
}

static void test_gap_is_refused(void)
{
	check_after("test_migrate_gap", "DELETE FROM schema_version WHERE number = 1", ERR_CONFIG,
		"schema_version has no row 1");
}

static void test_newer_schema_that_serves_us_is_fine(void)
{
	check_after("test_migrate_newer",
		"INSERT INTO schema_version (number, name, sha256, serves_from)"
		" SELECT max(number) + 1, 'later', sha256('x'), max(number) FROM schema_version",
		ERR_OK, "");
}

static void test_newer_schema_that_does_not_is_refused(void)
{
	check_after("test_migrate_newest",
		"INSERT INTO schema_version (number, name, sha256, serves_from)"
		" SELECT max(number) + 1, 'later', sha256('x'), max(number) + 1 FROM schema_version",
		ERR_CONFIG, "which serves programs from schema");
}

/* The strictest of the unknown rows counts, not the last one. */
static void test_every_newer_row_must_serve_us(void)
{
	check_after("test_migrate_strictest",
		"INSERT INTO schema_version (number, name, sha256, serves_from)"
		" SELECT max(number) + 1, 'later', sha256('x'), max(number) + 1 FROM schema_version"
		" UNION ALL SELECT max(number) + 2, 'latest', sha256('x'), 1 FROM schema_version",
		ERR_CONFIG, "which serves programs from schema");
}

static void test_older_schema_is_for_migrate_not_for_serving(void)
{
	struct pg_database database;
	struct migrate_fault fault;
	int schema = -1;
	PGconn *owner;

	pg_database_make_empty("test_migrate_older", &database);
	CHECK_INT_EQ(migrate(&database, &fault), ERR_OK);
	owner = pg_connect(database.owner);
	(void)pg_run(owner, "DELETE FROM schema_version WHERE number ="
						" (SELECT max(number) FROM schema_version)");
	PQfinish(owner);
	CHECK_INT_EQ(migrate_check(database.app, &schema, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "run guanjiad migrate first") != NULL);
	CHECK_INT_EQ(schema, -1);
}

/* Something is in the way of the last file: those before it stay, of it nothing does. */
static void test_failing_file_leaves_nothing_of_itself(void)
{
	const struct migration *third = &migrations[2];
	struct pg_database database;
	struct migrate_fault fault;
	PGconn *owner;

	CHECK_STR_EQ(third->name, "0003_complaint");
	pg_database_make_empty("test_migrate_failing", &database);
	owner = pg_connect(database.owner);
	(void)pg_run(owner, "CREATE TABLE complaint_search ()");
	PQfinish(owner);
	CHECK_INT_EQ(migrate(&database, &fault), ERR_CONFIG);
	CHECK_STR_EQ(
		fault.text, "0003_complaint: relation \"complaint_search\" already exists (42P07)");
	check_count(database.app, "SELECT count(*) FROM schema_version", 2);
	check_count(database.owner,
		"SELECT count(*) FROM pg_class WHERE relname = 'complaint' AND relkind = 'r'", 0);
	owner = pg_connect(database.owner);
	(void)pg_run(owner, "DROP TABLE complaint_search");
	PQfinish(owner);
	CHECK_INT_EQ(migrate(&database, &fault), ERR_OK);
	check_count(database.app, "SELECT count(*) FROM schema_version", migration_count);
}

struct racer {
	const struct pg_database *database;
	struct migrate_fault fault;
	enum err err;
};

static void *race(void *argument)
{
	struct racer *racer = argument;
	struct log log;

	log_init(&log, -1, LOG_ERROR);
	racer->err = migrate_run(racer->database->owner, &log, &racer->fault);
	log_fini(&log);
	return NULL;
}

static void test_several_at_once_wait_for_each_other(void)
{
	struct pg_database database;
	struct racer racers[4] = {{0}};
	pthread_t threads[COUNT(racers)];

	pg_database_make_empty("test_migrate_race", &database);
	for (size_t i = 0; i < COUNT(racers); i++) {
		racers[i].database = &database;
		CHECK_INT_EQ(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < COUNT(racers); i++) {
		CHECK_INT_EQ(pthread_join(threads[i], NULL), 0);
	}
	for (size_t i = 0; i < COUNT(racers); i++) {
		CHECK_STR_EQ(racers[i].fault.text, "");
		CHECK_INT_EQ(racers[i].err, ERR_OK);
	}
	check_count(database.app, "SELECT count(*) FROM schema_version", migration_count);
}

static void test_no_database_is_try_later(void)
{
	struct migrate_fault fault = {""};
	int schema = -1;

	CHECK_INT_EQ(
		migrate_run("host=/nowhere password=hunter2", &log_of_tests, &fault), ERR_TRY_LATER);
	CHECK(strstr(fault.text, "no connection to the database") != NULL);
	CHECK(strstr(fault.text, "hunter2") == NULL);
	CHECK_INT_EQ(migrate_check("host=/nowhere", &schema, &fault), ERR_TRY_LATER);
	CHECK_INT_EQ(migrate_check("no string at all", &schema, &fault), ERR_TRY_LATER);
	CHECK_INT_EQ(schema, -1);
}

/* guanjia_app may not make tables, so it cannot migrate either. */
static void test_server_role_cannot_migrate(void)
{
	struct pg_database database;
	struct migrate_fault fault = {""};

	pg_database_make_empty("test_migrate_app", &database);
	CHECK_INT_EQ(migrate_run(database.app, &log_of_tests, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "making schema_version: permission denied") != NULL);
}

/* Asks the catalogue for what must not be; each row is printed. */
static void check_none(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);

	CHECK_INT_EQ(PQresultStatus(result), PGRES_TUPLES_OK);
	for (int row = 0; row < PQntuples(result); row++) {
		printf("#   %s\n", PQgetvalue(result, row, 0));
	}
	CHECK_INT_EQ(PQntuples(result), 0);
	PQclear(result);
}

static void test_schema_keeps_its_rules(void)
{
	static const char *const rules[] = {
		/* Every table says what it is. */
		"SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
		" AND relkind IN ('r', 'p') AND obj_description(oid, 'pg_class') IS NULL",
		/* Everything belongs to guanjia_owner. */
		"SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = relowner"
		" WHERE relnamespace = 'public'::regnamespace AND rolname <> 'guanjia_owner'",
		/* What is a community's begins with the community, in keys and unique constraints. */
		"SELECT conname FROM pg_constraint k JOIN pg_attribute a ON attrelid = conrelid"
		" AND attname = 'community_id' AND attnotnull WHERE contype IN ('p', 'u')"
		" AND conkey[1] <> attnum AND connamespace = 'public'::regnamespace"
		" AND conrelid <> 'community'::regclass",
		/* No triggers of ours, no table without a primary key. */
		"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
		"SELECT relname FROM pg_class c WHERE relkind = 'r'"
		" AND relnamespace = 'public'::regnamespace AND NOT EXISTS"
		" (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')",
		/* The record is only added to. */
		"SELECT privilege FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) privilege"
		" WHERE has_table_privilege('guanjia_app', 'event', privilege)",
		"SELECT privilege FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) privilege"
		" WHERE has_table_privilege('guanjia_app', 'schema_version', privilege)",
	};
	struct pg_database database;
	PGconn *owner;

	pg_database_make("test_migrate_rules", &database);
	owner = pg_connect(database.owner);
	for (size_t i = 0; i < COUNT(rules); i++) {
		check_none(owner, rules[i]);
		if (check_failed()) {
			printf("#   rule %zu\n", i);
			break;
		}
	}
	PQfinish(owner);
}

static const struct test tests[] = {
	{"fresh_database_gets_everything_once", test_fresh_database_gets_everything_once},
	{"again_writes_nothing", test_again_writes_nothing},
	{"edited_file_is_refused", test_edited_file_is_refused},
	{"renamed_file_is_refused", test_renamed_file_is_refused},
	{"gap_is_refused", test_gap_is_refused},
	{"newer_schema_that_serves_us_is_fine", test_newer_schema_that_serves_us_is_fine},
	{"newer_schema_that_does_not_is_refused", test_newer_schema_that_does_not_is_refused},
	{"every_newer_row_must_serve_us", test_every_newer_row_must_serve_us},
	{"older_schema_is_for_migrate_not_for_serving",
		test_older_schema_is_for_migrate_not_for_serving},
	{"failing_file_leaves_nothing_of_itself", test_failing_file_leaves_nothing_of_itself},
	{"several_at_once_wait_for_each_other", test_several_at_once_wait_for_each_other},
	{"no_database_is_try_later", test_no_database_is_try_later},
	{"server_role_cannot_migrate", test_server_role_cannot_migrate},
	{"schema_keeps_its_rules", test_schema_keeps_its_rules},
};

int main(int argc, char **argv)
{
	int code;

	(void)argc;
	pg_require(argv);
	log_init(&log_of_tests, -1, LOG_ERROR);
	code = check_main(tests, COUNT(tests));
	log_fini(&log_of_tests);
	return code;
}
