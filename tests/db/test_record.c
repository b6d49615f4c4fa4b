/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the statements of the record on a real PostgreSQL, as the server's own role: each column of an event is sealed;
 * of two servers that write one seal one does; entries come in the order of eras, and none that is not final; who
 * read too much is told once, by the largest budget of their roles.
 */
#include "common/record.h"

#include "server/db/stmt.h"
#include "tests/check.h"
#include "tests/db/town.h"
#include "tests/server/pg.h"

#define SQL_MAX 8192

static struct pg_database database;
static PGconn *super;
static PGconn *app;

static void prepare(enum stmt stmt)
{
	Oid oids[STMT_PARAM_MAX];
	size_t count = stmt_param_count(stmt);
	PGresult *result;

	for (size_t k = 0; k < count; k++) {
		oids[k] = stmt_oid(stmt_rows[stmt].types[k]);
	}
	result = PQprepare(app, stmt_rows[stmt].name, stmt_rows[stmt].sql, (int)count, oids);
	assert(PQresultStatus(result) == PGRES_COMMAND_OK);
	PQclear(result);
}

/*
 * Each column of the table is sealed, but those that are its place: whoever adds one adds its row to record.def, in a
 * form that record_form() says. And the statements give them in the order of the rows.
 */
static void test_every_column_of_an_event_is_sealed(void)
{
	static const enum stmt stmts[] = {STMT_seal_entries, STMT_audit_read};
	PGresult *columns = PQexec(app,
		"SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = 'event'"
		" AND column_name NOT IN ('xid', 'seq')");
	char form[16];

	CHECK_INT_EQ(PQntuples(columns), RECORD_COLUMN_COUNT);
	for (int row = 0; row < PQntuples(columns); row++) {
		size_t found = 0;

		for (size_t i = 0; i < RECORD_COLUMN_COUNT; i++) {
			found += strcmp(PQgetvalue(columns, row, 0), record_rows[i].name) == 0;
		}
		CHECK_INT_EQ(found, 1);
	}
	PQclear(columns);
	(void)snprintf(form, sizeof form, "%d", RECORD_FORM);
	CHECK_STR_EQ(pg_run(app, "SELECT record_form()"), form);
	for (size_t k = 0; k < COUNT(stmts); k++) {
		prepare(stmts[k]);
	}
	for (size_t k = 0; k < COUNT(stmts); k++) {
		static const char letters[] = {[RECORD_UUID] = 'u',
			[RECORD_INT2] = 's',
			[RECORD_INT4] = 'i',
			[RECORD_TIME] = 'z',
			[RECORD_TEXT] = 't',
			[RECORD_BYTES] = 'b'};
		PGresult *described = PQdescribePrepared(app, stmt_rows[stmts[k]].name);

		for (int i = 0; i < (int)RECORD_COLUMN_COUNT; i++) {
			CHECK_INT_EQ(PQftype(described, 3 + i), stmt_oid(letters[record_rows[i].type]));
		}
		PQclear(described);
	}
	for (size_t i = 0, at = 0; i < RECORD_COLUMN_COUNT; i++) {
		const char *sql = stmt_rows[STMT_seal_entries].sql;
		char name[64];
		const char *place;

		(void)snprintf(name, sizeof name, "e.%s%s", record_rows[i].name,
			i + 1 == RECORD_COLUMN_COUNT ? " FROM" : ",");
		place = strstr(sql + at, name);
		CHECK(place != NULL); /* in this order */
		at = (size_t)(place - sql);
	}
}

/* Seal `number` of no entry that there is, behind one with the hash `previous`; its own hash is its number's. */
static const char *seal(int number, int form, int previous)
{
	char sql[SQL_MAX];

	(void)snprintf(sql, sizeof sql,
		"EXECUTE seal_write(%d, %d::smallint, 1, '5', 1, '5', 1, 1, now(),"
		" decode(repeat('00', 8), 'hex'), decode(repeat('%02x', 32), 'hex'),"
		" decode(repeat('00', 48), 'hex'), decode(repeat('%02x', 32), 'hex'),"
		" decode(repeat('00', 64), 'hex'))",
		number, form, (unsigned)previous, (unsigned)number);
	return pg_run(app, sql);
}

static void test_a_seal_is_written_once_and_behind_the_last(void)
{
	prepare(STMT_seal_write);
	(void)pg_run(super, "TRUNCATE seal");
	CHECK_STR_EQ(seal(2, 1, 1), ""); /* there is no first */
	CHECK_STR_EQ(seal(1, 1, 0), "1");
	CHECK_STR_EQ(seal(1, 1, 0), "");
	CHECK_STR_EQ(seal(3, 1, 2), "");
	CHECK_STR_EQ(seal(2, 1, 9), ""); /* of another past */
	CHECK_STR_EQ(seal(2, RECORD_FORM + 1, 1), "");
	CHECK_STR_EQ(seal(2, 1, 1), "2");
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(number::text, ' ' ORDER BY number) FROM seal"), "1 2");
}

/* The second waits for the first, and then has nothing to do. */
static void test_of_two_servers_one_writes_a_seal(void)
{
	PGconn *other = pg_connect(database.app);
	PGresult *result;
	char sql[SQL_MAX];

	(void)pg_run(super, "TRUNCATE seal");
	(void)snprintf(sql, sizeof sql,
		"INSERT INTO seal SELECT 1, 1::smallint, 1, '5'::xid8, 1, '5'::xid8, 1, 1, now(),"
		" decode(repeat('00', 8), 'hex'), decode(repeat('00', 32), 'hex'),"
		" decode(repeat('00', 48), 'hex'), decode(repeat('01', 32), 'hex'),"
		" decode(repeat('00', 64), 'hex') WHERE coalesce((SELECT max(number) FROM seal), 0) = 0"
		" ON CONFLICT DO NOTHING");
	(void)pg_run(other, "BEGIN");
	(void)pg_run(other, sql);
	CHECK_INT_EQ(PQsendQuery(app, sql), 1);
	(void)pg_run(other, "COMMIT");
	result = PQgetResult(app);
	CHECK_INT_EQ(PQresultStatus(result), PGRES_COMMAND_OK);
	CHECK_STR_EQ(PQcmdTuples(result), "0");
	PQclear(result);
	CHECK(PQgetResult(app) == NULL);
	PQfinish(other);
}

#define EVENT(seq, xid) \
	"INSERT INTO event (community_id, seq, xid, at, topic, subject_id, step, version, account_id," \
	" device_id, grant_id) OVERRIDING SYSTEM VALUE SELECT n, " seq ", '" xid \
	"', now(), 4, n, 1, 1, n, n, n" \
	" FROM (SELECT '00000000-0000-0000-0000-000000000000'::uuid) AS nil (n);"

static const char *entries(const char *behind)
{
	static char sql[SQL_MAX];
	PGresult *result;
	static char out[256];
	size_t len = 0;

	(void)snprintf(sql, sizeof sql, "EXECUTE seal_entries(%s, 10)", behind);
	result = PQexec(app, sql);
	assert(PQresultStatus(result) == PGRES_TUPLES_OK);
	out[0] = '\0';
	for (int row = 0; row < PQntuples(result); row++) {
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s:%s:%s", row == 0 ? "" : " ",
			PQgetvalue(result, row, 0), PQgetvalue(result, row, 1), PQgetvalue(result, row, 2));
	}
	PQclear(result);
	return out;
}

/* Transaction ids began low again: what the first cluster left comes first, however high its ids were. */
static void test_entries_come_by_era_and_below_the_horizon(void)
{
	(void)pg_run(super,
		"TRUNCATE event CASCADE; DELETE FROM feed_era;"
		" INSERT INTO feed_era (era, system_identifier) VALUES (1, 1);"
		" INSERT INTO feed_era (era, system_identifier, first_seq) VALUES (2, 2, 100);" EVENT(
			"-7", "900") EVENT("1", "900") EVENT("3", "901") EVENT("2", "901") EVENT("100", "50")
			EVENT("101", "20") EVENT("102", "920"));
	CHECK_STR_EQ(entries("0, '0', 0, '1000'"),
		"1:50:100 1:900:-7 1:900:1 1:901:2 1:901:3 2:20:101 2:920:102");
	CHECK_STR_EQ(entries("1, '901', 2, '1000'"), "1:901:3 2:20:101 2:920:102");
	/* The horizon is the present cluster's. */
	CHECK_STR_EQ(entries("1, '901', 2, '100'"), "1:901:3 2:20:101");
	CHECK_STR_EQ(entries("2, '20', 101, '1000'"), "2:920:102");
	CHECK_STR_EQ(entries("2, '920', 102, '1000'"), "");
}

/* Eras whose beginning nobody noted (before schema 22), and what docs/record.md says to do about it. */
static void test_a_cluster_whose_beginning_was_not_noted(void)
{
	(void)pg_run(super,
		"TRUNCATE event CASCADE; DELETE FROM feed_era;"
		" INSERT INTO feed_era (era, system_identifier) VALUES (1, 1), (2, 2);" EVENT("1", "900")
			EVENT("3", "901") EVENT("2", "902") EVENT("100", "50") EVENT("101", "48")
				EVENT("102", "70"));
	CHECK_STR_EQ(entries("0, '0', 0, '100'"), "2:48:101 2:50:100 2:70:102"); /* never the others */
	(void)pg_run(super, "UPDATE feed_era SET first_seq = (SELECT seq FROM (SELECT seq, xid, "
	                    "lead(xid) OVER (ORDER BY seq) AS next"
						" FROM event) e WHERE next < xid ORDER BY xid::text::numeric - "
	                    "next::text::numeric DESC LIMIT 1)"
						" WHERE era = 2");
	CHECK_STR_EQ(entries("0, '0', 0, '100'"), "1:900:1 1:901:3 1:902:2 2:48:101 2:50:100 2:70:102");
}

static const char *watch(void)
{
	return pg_run(app,
		"EXECUTE reading_watch('2026-11-27 12:00+08', '{1,3}', '{6,10}', '{3,2}', '{3,3}', '{0,0}',"
		" '{0,0,10}', '{1,3,3}', '{2,2,4}')");
}

static void read_reports(int count, const char *at)
{
	(void)pg_run(
		super, town_text("INSERT INTO event (community_id, at, topic, subject_id, step, version,"
						 " account_id, device_id, grant_id) SELECT n, '%s', 10, n, 2, 1,"
						 " (SELECT account_id FROM account WHERE login = 'reader'), n, n FROM"
						 " (SELECT '00000000-0000-0000-0000-000000000000'::uuid) AS nil (n),"
						 " generate_series(1, %d)",
				   at, count));
}

static void test_who_reads_too_much_is_told_once(void)
{
	prepare(STMT_reading_watch);
	(void)pg_run(super, "DELETE FROM reading_alarm; TRUNCATE event CASCADE;"
						" INSERT INTO account (account_id, login, name, password, state, version, "
						"created_at, changed_at)"
						" VALUES (gen_random_uuid(), 'reader', '郑董', 'x', 1, 1, now(), now());");
	read_reports(3, "2026-11-26 23:59+08"); /* yesterday, in China */
	read_reports(2, "2026-11-27 00:00+08");
	CHECK_STR_EQ(watch(), "0");
	read_reports(1, "2026-11-27 11:00+08");
	(void)pg_run(super, "INSERT INTO access_grant (grant_id, account_id, role, scope, valid_from, "
						"valid_to, version,"
						" granted_by, created_at) SELECT gen_random_uuid(), account_id, 10, 1, "
						"'2026-11-01', 'infinity', 1,"
						" account_id, now() FROM account WHERE login = 'reader'");
	CHECK_STR_EQ(watch(), "0"); /* a director has four */
	read_reports(2, "2026-11-27 11:30+08");
	CHECK_STR_EQ(watch(), "1");
	CHECK_STR_EQ(watch(), "1"); /* still one, and no second event */
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(format('%s %s %s', step, actor, count), ',') FROM event"
					  " WHERE topic = 16"),
		"3 3 5");
}

static const struct test tests[] = {
	{"every_column_of_an_event_is_sealed", test_every_column_of_an_event_is_sealed},
	{"a_seal_is_written_once_and_behind_the_last", test_a_seal_is_written_once_and_behind_the_last},
	{"of_two_servers_one_writes_a_seal", test_of_two_servers_one_writes_a_seal},
	{"entries_come_by_era_and_below_the_horizon", test_entries_come_by_era_and_below_the_horizon},
	{"a_cluster_whose_beginning_was_not_noted", test_a_cluster_whose_beginning_was_not_noted},
	{"who_reads_too_much_is_told_once", test_who_reads_too_much_is_told_once},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_record", &database);
	super = pg_connect(database.super);
	app = pg_connect(database.app);
	failed = check_main(tests, COUNT(tests));
	PQfinish(app);
	PQfinish(super);
	return failed;
}
