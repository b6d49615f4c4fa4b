/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves stmt.def against the migrated schema, as the server's own role: every statement is prepared and
 * described, and its parameters and columns are what the table says; every one is planned, which is
 * where PostgreSQL looks at privileges; none needs to read a growing table from end to end. And what the
 * role may not do is tried, and refused.
 */
#include "server/db/stmt.h"

#include "tests/check.h"
#include "tests/db/columns.h"
#include "tests/server/pg.h"

#define SQL_MAX 4096
#define EACH_BYTES_MAX 65536

static struct pg_database database;
static PGconn *app;

static size_t prepare_all(void)
{
	size_t refused_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		Oid oids[STMT_PARAM_MAX];
		size_t count = stmt_param_count((enum stmt)i);
		PGresult *result;

		if (!stmt_has_plain(&stmt_rows[i])) {
			continue;
		}
		for (size_t k = 0; k < count; k++) {
			oids[k] = stmt_oid(stmt_rows[i].types[k]);
		}
		result = PQprepare(app, stmt_rows[i].name, stmt_rows[i].sql, (int)count, oids);
		if (PQresultStatus(result) != PGRES_COMMAND_OK) {
			printf("# %s: %s", stmt_rows[i].name, PQresultErrorMessage(result));
			refused_count++;
		}
		PQclear(result);
	}
	return refused_count;
}

static void prepare_each(enum stmt stmt)
{
	Oid oids[STMT_PARAM_MAX];
	struct arena arena;
	PGresult *result;

	arena_init(&arena, EACH_BYTES_MAX);
	for (size_t k = 0; k < stmt_param_count(stmt); k++) {
		oids[k] = stmt_array_oid(stmt_rows[stmt].types[k]);
	}
	result = PQprepare(app, stmt_rows[stmt].each_name, stmt_each_sql(stmt, &arena),
		(int)stmt_param_count(stmt), oids);
	CHECK_INT_EQ(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
	arena_fini(&arena);
}

static void check_described(enum stmt stmt, const PGresult *described)
{
	const char *types = stmt_rows[stmt].types;
	const char *columns = columns_of(stmt);

	CHECK_INT_EQ(PQresultStatus(described), PGRES_COMMAND_OK);
	CHECK_INT_EQ(PQnparams(described), strlen(types));
	for (int i = 0; types[i] != '\0'; i++) {
		CHECK_INT_EQ(PQparamtype(described, i), stmt_oid(types[i]));
	}
	CHECK_INT_EQ(PQnfields(described), strlen(columns));
	for (int i = 0; columns[i] != '\0'; i++) {
		CHECK_INT_EQ(PQftype(described, i), stmt_oid(columns[i]));
	}
}

static void test_statements_prepare_with_their_types(void)
{
	CHECK_INT_EQ(prepare_all(), 0);
	for (size_t i = 0; i < STMT_COUNT; i++) {
		PGresult *described;

		if (!stmt_has_plain(&stmt_rows[i])) {
			continue;
		}
		described = PQdescribePrepared(app, stmt_rows[i].name);
		CHECK(strlen(stmt_rows[i].types) <= STMT_PARAM_MAX);
		CHECK_INT_EQ(stmt_param_count((enum stmt)i), strlen(stmt_rows[i].types));
		check_described((enum stmt)i, described);
		PQclear(described);
		if (check_failed()) {
			printf("# %s\n", stmt_rows[i].name);
			return;
		}
	}
}

/* What many ask as one returns the same columns, and behind them who asked. */
static void test_forms_for_many_prepare_with_arrays(void)
{
	size_t checked_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		const struct stmt_row *row = &stmt_rows[i];
		PGresult *described;
		int columns = (int)strlen(columns_of((enum stmt)i));

		if (row->each_name == NULL) {
			continue;
		}
		prepare_each((enum stmt)i);
		described = PQdescribePrepared(app, row->each_name);
		CHECK_INT_EQ(row->lane, row->form == FORM_EACH ? LANE_READ : LANE_WRITE);
		CHECK_INT_EQ(PQnparams(described), strlen(row->types));
		for (int k = 0; row->types[k] != '\0'; k++) {
			CHECK_INT_EQ(PQparamtype(described, k), stmt_array_oid(row->types[k]));
		}
		CHECK_INT_EQ(PQnfields(described), columns + 1);
		for (int k = 0; k < columns; k++) {
			CHECK_INT_EQ(PQftype(described, k), stmt_oid(columns_of((enum stmt)i)[k]));
		}
		CHECK_INT_EQ(PQftype(described, columns), stmt_oid('l'));
		PQclear(described);
		checked_count++;
	}
	CHECK(checked_count >= 5);
}

/*
 * Commands return version and what was minted, so that one piece of code can read them all. A job's
 * claim is no command.
 */
static void test_commands_return_version_and_minted(void)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		if (stmt_rows[i].lane == LANE_WRITE && i != STMT_outgoing_claim &&
			columns_of((enum stmt)i)[0] != '\0') {
			CHECK_STR_EQ(columns_of((enum stmt)i), "it");
		}
	}
}

/* EXPLAIN of a prepared statement with nulls: plans it and opens what it touches, and runs nothing. */
static PGresult *explain_named(enum stmt stmt, const char *name)
{
	size_t count = stmt_param_count(stmt);
	char sql[SQL_MAX];
	int len = snprintf(sql, sizeof sql, "EXPLAIN (COSTS OFF) EXECUTE %s", name);

	for (size_t i = 0; i < count; i++) {
		len += snprintf(sql + len, sizeof sql - (size_t)len, "%sNULL", i == 0 ? "(" : ", ");
	}
	(void)snprintf(sql + len, sizeof sql - (size_t)len, "%s", count == 0 ? "" : ")");
	return PQexec(app, sql);
}

static PGresult *explain(enum stmt stmt)
{
	return explain_named(stmt, stmt_rows[stmt].name);
}

static void test_the_server_has_a_privilege_for_every_statement(void)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		PGresult *plan = explain((enum stmt)i);

		if (PQresultStatus(plan) != PGRES_TUPLES_OK) {
			printf("# %s: %s", stmt_rows[i].name, PQresultErrorMessage(plan));
		}
		CHECK_INT_EQ(PQresultStatus(plan), PGRES_TUPLES_OK);
		PQclear(plan);
	}
}

/* Tables that grow with time, as opposed to those of people and places. */
static const char *const growing[] = {"complaint", "complaint_search", "event", "event_text",
	"applied", "session", "one_time_code", "outgoing", "merged_notice", "file", "file_slot",
	"file_chunk", "busy", "seal"};

static bool is_word_at(const char *text, const char *at, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

	return (at == text || strchr(letters, at[-1]) == NULL) &&
	       (at[len] == '\0' || strchr(letters, at[len]) == NULL);
}

/* A whole word, in lower case, underscores being letters. */
static bool holds_word(const char *text, const char *word)
{
	for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
		if (is_word_at(text, at, strlen(word))) {
			return true;
		}
	}
	return false;
}

static void check_plan_line(const char *line)
{
	const char *scan = strstr(line, "Seq Scan on ");

	for (size_t i = 0; scan != NULL && i < COUNT(growing); i++) {
		CHECK(!holds_word(scan, growing[i]));
	}
}

static void check_plan(enum stmt stmt, const char *name)
{
	PGresult *plan = explain_named(stmt, name);

	CHECK(PQntuples(plan) > 0);
	for (int row = 0; row < PQntuples(plan) && !check_failed(); row++) {
		check_plan_line(PQgetvalue(plan, row, 0));
		if (check_failed()) {
			printf("# %s: %s\n", name, PQgetvalue(plan, row, 0));
		}
	}
	PQclear(plan);
}

/* As the lanes run: without sequential scans where there is any other way, and one plan for all. */
static void test_no_statement_reads_a_growing_table_from_end_to_end(void)
{
	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	for (size_t i = 0; i < STMT_COUNT; i++) {
		check_plan((enum stmt)i, stmt_rows[i].name);
		if (stmt_rows[i].each_name != NULL) {
			check_plan((enum stmt)i, stmt_rows[i].each_name);
		}
	}
	(void)pg_run(app, "RESET enable_seqscan; RESET plan_cache_mode");
}

/* What a page costs must not grow with the table: it walks an index, in the order of the page. */
static void test_pages_walk_an_index_in_order(void)
{
	static const struct {
		enum stmt stmt;
		const char *index;
	} rows[] = {
		{STMT_complaint_list, "complaint_time"},
		{STMT_complaint_list_team, "complaint_team_time"},
		{STMT_complaint_list_team_back, "complaint_team_time"},
		{STMT_complaint_list_waiting, "complaint_waits"},
		{STMT_reminders_due, "complaint_remind"},
		{STMT_complaint_events, "event_subject"},
		{STMT_place_list, "place_community_id_code_key"},
	};

	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	for (size_t i = 0; i < COUNT(rows); i++) {
		PGresult *plan = explain(rows[i].stmt);
		size_t found = 0;

		for (int row = 0; row < PQntuples(plan); row++) {
			CHECK(strstr(PQgetvalue(plan, row, 0), "Sort") == NULL);
			found += holds_word(PQgetvalue(plan, row, 0), rows[i].index);
		}
		CHECK_INT_EQ(found, 1);
		PQclear(plan);
	}
	(void)pg_run(app, "RESET enable_seqscan; RESET plan_cache_mode");
}

/* Each team's newest come off its index; only what is left of all of them is sorted. */
static void test_lists_of_teams_walk_their_index(void)
{
	PGresult *plan;
	size_t found = 0;

	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	plan = explain(STMT_complaint_list_teams);
	for (int row = 0; row < PQntuples(plan); row++) {
		const char *line = PQgetvalue(plan, row, 0);

		CHECK(!holds_word(line, "complaint_time"));
		found += holds_word(line, "complaint_team_time");
	}
	CHECK_INT_EQ(found, 1);
	PQclear(plan);
	(void)pg_run(app, "RESET enable_seqscan; RESET plan_cache_mode");
}

/* What may be the same matter is looked for place by place, by what is open there and what ended lately. */
static void test_what_is_similar_is_looked_for_by_place(void)
{
	PGresult *plan;
	size_t found = 0;

	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	plan = explain(STMT_complaint_similar);
	for (int row = 0; row < PQntuples(plan); row++) {
		const char *line = PQgetvalue(plan, row, 0);

		CHECK(strstr(line, "Seq Scan") == NULL);
		CHECK(!holds_word(line, "complaint_time") && !holds_word(line, "complaint_team_time"));
		found += holds_word(line, "complaint_place_ended");
	}
	CHECK_INT_EQ(found, 2);
	PQclear(plan);
	(void)pg_run(app, "RESET enable_seqscan; RESET plan_cache_mode");
}

/*
 * A table whose key begins with community_id is per community, and a statement over it names the
 * community: that is what lets it go to one shard, and keeps one community's rows from another's.
 */
static void test_statements_name_the_community_of_their_tables(void)
{
	PGconn *super = pg_connect(database.super);
	PGresult *tables = PQexec(super,
		"SELECT k.conrelid::regclass::text FROM pg_constraint k JOIN pg_attribute a"
		" ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.attname = 'community_id'"
		" WHERE k.contype = 'p' AND cardinality(k.conkey) > 1");
	size_t checked_count = 0;

	CHECK(PQntuples(tables) >= 6);
	for (int row = 0; row < PQntuples(tables); row++) {
		const char *table = PQgetvalue(tables, row, 0);

		for (size_t i = 0; i < STMT_COUNT; i++) {
			const char *sql = stmt_rows[i].sql;

			if (i == STMT_feed_behind || i == STMT_feed_last) {
				continue; /* how much has happened in the whole company, and up to where */
			}
			if (holds_word(sql, table) && !holds_word(sql, "community_id")) {
				printf("# %s, table %s\n", stmt_rows[i].name, table);
			}
			CHECK(!holds_word(sql, table) || holds_word(sql, "community_id"));
			checked_count += holds_word(sql, table);
		}
	}
	CHECK(checked_count > 20);
	PQclear(tables);
	PQfinish(super);
}

/* What somebody asked for can be found by its trace; what the server does by itself has none. */
static void test_every_event_of_a_request_has_its_trace(void)
{
	static const char own[] =
		"complaints_resume complaints_unmerge complaints_archive reminders_write"
		" clock_write file_purge complaints_collect reading_watch";
	size_t traced_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		const char *types = stmt_rows[i].types;
		const char *trace = strchr(types, 'r');
		const char *event = strstr(stmt_rows[i].sql, "INSERT INTO event (");
		bool is_asked_for = event != NULL && strstr(own, stmt_rows[i].name) == NULL;

		if ((trace != NULL) != is_asked_for || (trace != NULL && trace[1] != '\0')) {
			printf("# %s\n", stmt_rows[i].name);
		}
		CHECK_INT_EQ(trace != NULL, is_asked_for);
		CHECK(trace == NULL || trace[1] == '\0'); /* the last */
		CHECK(trace == NULL || strstr(event, "trace_id)") != NULL);
		traced_count += trace != NULL;
	}
	CHECK(traced_count >= 16);
}

static void test_each_group_of_reads_can_begin_with_the_epoch(void)
{
	CHECK_INT_EQ(stmt_rows[STMT_epoch_get].lane, LANE_READ);
	CHECK_INT_EQ(stmt_param_count(STMT_epoch_get), 0);
	CHECK_STR_EQ(pg_run(app, stmt_rows[STMT_epoch_get].sql), "1");
}

/* --- what the role may not do --- */

static const char *const refused[] = {
	"UPDATE event SET at = now()",
	"UPDATE event SET account_id = account_id WHERE false",
	"DELETE FROM event",
	"DELETE FROM event WHERE false",
	"TRUNCATE event",
	"ALTER TABLE event ADD COLUMN more text",
	"ALTER TABLE event DISABLE TRIGGER ALL",
	"DROP TABLE event",
	"INSERT INTO event OVERRIDING SYSTEM VALUE SELECT * FROM event FOR UPDATE",
	"UPDATE event_text SET body = ''",
	"UPDATE seal SET sealed_at = now()",
	"DELETE FROM seal",
	"TRUNCATE seal",
	"UPDATE feed_era SET first_seq = 0",
	"DELETE FROM reading_alarm",
	"UPDATE reading_alarm SET amount = 0",
	"UPDATE applied SET reply = ''",
	"TRUNCATE applied",
	"DELETE FROM account",
	"DELETE FROM access_grant",
	"DELETE FROM complaint",
	"DELETE FROM complaint_search",
	"UPDATE file SET account_id = account_id",
	"UPDATE file SET sent_hash = sent_hash",
	"UPDATE file_chunk SET content = ''",
	"UPDATE file_slot SET slot_no = slot_no",
	"TRUNCATE file_chunk",
	"DELETE FROM community",
	"UPDATE community SET name = name",
	"UPDATE team SET name = name",
	"UPDATE crew SET name = name",
	"UPDATE place SET code = code",
	"DELETE FROM place",
	"UPDATE patch SET from_day = from_day",
	"DELETE FROM patch",
	"INSERT INTO rights_epoch (is_only, epoch) VALUES (false, 2)",
	"DELETE FROM rights_epoch",
	"INSERT INTO feed_era (era, system_identifier) VALUES (99, 99)",
	"UPDATE schema_version SET number = 99",
	"DELETE FROM schema_version",
	"CREATE TABLE more (n int)",
	"CREATE SCHEMA more",
	"CREATE VIEW more AS SELECT 1",
	"CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
	"CREATE INDEX more ON complaint (title)",
	"CREATE ROLE more",
	"CREATE EXTENSION pg_trgm",
	"ALTER TABLE account DROP COLUMN password",
	"DROP FUNCTION feed_era_now()",
	"CREATE OR REPLACE FUNCTION feed_era_now() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
	"SET ROLE guanjia_owner",
	"SET SESSION AUTHORIZATION guanjia_owner",
	"COPY event TO PROGRAM 'true'",
	"COPY event FROM '/etc/hostname'",
};

static void test_the_role_may_neither_rewrite_the_record_nor_the_schema(void)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		PGresult *result = PQexec(app, refused[i]);
		const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

		if (sqlstate == NULL || strcmp(sqlstate, "42501") != 0) {
			printf("# %s: %s\n", refused[i], sqlstate == NULL ? "done" : sqlstate);
		}
		/* insufficient_privilege: not a mistake in the SQL */
		CHECK(sqlstate != NULL);
		CHECK_STR_EQ(sqlstate, "42501");
		PQclear(result);
	}
}

static void test_the_role_owns_nothing_and_is_nobody_else(void)
{
	static const char *const none[] = {
		"SELECT count(*) FROM pg_class WHERE relowner = 'guanjia_app'::regrole",
		"SELECT count(*) FROM pg_proc WHERE proowner = 'guanjia_app'::regrole",
		"SELECT count(*) FROM pg_namespace WHERE nspowner = 'guanjia_app'::regrole",
		"SELECT count(*) FROM pg_auth_members WHERE member = 'guanjia_app'::regrole",
		("SELECT count(*) FROM pg_roles WHERE rolname = 'guanjia_app'"
		 " AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication)"),
	};

	for (size_t i = 0; i < COUNT(none); i++) {
		CHECK_STR_EQ(pg_run(app, none[i]), "0");
	}
}

static const struct test tests[] = {
	{"statements_prepare_with_their_types", test_statements_prepare_with_their_types},
	{"forms_for_many_prepare_with_arrays", test_forms_for_many_prepare_with_arrays},
	{"commands_return_version_and_minted", test_commands_return_version_and_minted},
	{"the_server_has_a_privilege_for_every_statement",
		test_the_server_has_a_privilege_for_every_statement},
	{"no_statement_reads_a_growing_table_from_end_to_end",
		test_no_statement_reads_a_growing_table_from_end_to_end},
	{"lists_of_teams_walk_their_index", test_lists_of_teams_walk_their_index},
	{"what_is_similar_is_looked_for_by_place", test_what_is_similar_is_looked_for_by_place},
	{"pages_walk_an_index_in_order", test_pages_walk_an_index_in_order},
	{"statements_name_the_community_of_their_tables",
		test_statements_name_the_community_of_their_tables},
	{"every_event_of_a_request_has_its_trace", test_every_event_of_a_request_has_its_trace},
	{"each_group_of_reads_can_begin_with_the_epoch",
		test_each_group_of_reads_can_begin_with_the_epoch},
	{"the_role_may_neither_rewrite_the_record_nor_the_schema",
		test_the_role_may_neither_rewrite_the_record_nor_the_schema},
	{"the_role_owns_nothing_and_is_nobody_else", test_the_role_owns_nothing_and_is_nobody_else},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_stmt", &database);
	app = pg_connect(database.app);
	failed = check_main(tests, COUNT(tests));
	PQfinish(app);
	return failed;
}
