/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the schema can be distributed by community_id. Read from the catalogue of a migrated
 * database: each table is of a community or of the company by a row of distribution.def; keys, constraints
 * and foreign keys among those of a community contain community_id, which nothing changes; nothing runs
 * by itself. Read from the plans of every statement of stmt.def: each scan of such a table is bound to one
 * community, or the statement has a row that says why not. A row that is not needed any more fails too.
 */
#include "tests/check.h"
#include "tests/db/plan.h"
#include "tests/server/pg.h"

/* What a statement of more than one community is. */
enum spread {
	SPREAD_ONE,  /* everything of one community; no row */
	SPREAD_MANY, /* reads several communities */
	SPREAD_BOTH, /* writes the company's rows and a community's at once */
};

enum home { HOME_COMMUNITY, HOME_COMPANY };

static const struct {
	const char *name;
	enum home home;
} tables[] = {
#define TABLE(name, home, reason) {#name, HOME_##home},
#define KEY(table, name, reason)
#define SPREAD(stmt, spread, reason)
#include "tests/db/distribution.def"
#undef TABLE
#undef KEY
#undef SPREAD
};

static const struct {
	const char *table;
	const char *name;
} excused_keys[] = {
#define TABLE(name, home, reason)
#define KEY(table, name, reason) {#table, #name},
#define SPREAD(stmt, spread, reason)
#include "tests/db/distribution.def"
#undef TABLE
#undef KEY
#undef SPREAD
};

static const enum spread spreads[STMT_COUNT] = {
#define TABLE(name, home, reason)
#define KEY(table, name, reason)
#define SPREAD(stmt, spread, reason) [STMT_##stmt] = SPREAD_##spread,
#include "tests/db/distribution.def"
#undef TABLE
#undef KEY
#undef SPREAD
};

static struct pg_database database;
static PGconn *app;
static PGconn *super;

static bool find_home(const char *table, enum home *out_home)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		if (strcmp(tables[i].name, table) == 0) {
			*out_home = tables[i].home;
			return true;
		}
	}
	return false;
}

static bool is_of_community(const char *table)
{
	enum home home = HOME_COMPANY;

	return find_home(table, &home) && home == HOME_COMMUNITY;
}

/* ---- the catalogue -------------------------------------------------------------------------- */

static void test_every_table_has_a_row(void)
{
	PGresult *found = PQexec(super,
		"SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
		" AND a.attname = 'community_id' AND a.attnotnull AND NOT a.attisdropped)"
		" FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = "
		"'public'::regnamespace");

	CHECK_INT_EQ(PQresultStatus(found), PGRES_TUPLES_OK);
	CHECK_INT_EQ(
		PQntuples(found), COUNT(tables)); /* with the loop below: no row without its table */
	for (int row = 0; row < PQntuples(found); row++) {
		const char *table = PQgetvalue(found, row, 0);
		enum home home = HOME_COMPANY;
		bool has_row = find_home(table, &home);

		if (!has_row) {
			printf("# table %s is in no row of distribution.def\n", table);
		}
		CHECK(has_row);
		CHECK(home == HOME_COMPANY || strcmp(PQgetvalue(found, row, 1), "t") == 0);
	}
	PQclear(found);
}

/* Unique indexes that are no constraint count as one. Columns: table, name, kind, community_id's place. */
static const char keys_sql[] =
	"SELECT c.relname, i.relname, CASE WHEN x.indisprimary THEN 'p' WHEN x.indisexclusion THEN 'x'"
	" ELSE 'u' END, coalesce(array_position(x.indkey::int[], (SELECT a.attnum::int FROM "
	"pg_attribute a"
	" WHERE a.attrelid = c.oid AND a.attname = 'community_id')), -1),"
	/* An exclusion has to ask for equality there. */
	" coalesce((SELECT o.oprname FROM pg_constraint k JOIN pg_operator o"
	" ON o.oid = k.conexclop[array_position(k.conkey, (SELECT a.attnum FROM pg_attribute a"
	" WHERE a.attrelid = c.oid AND a.attname = 'community_id'))] WHERE k.conindid = x.indexrelid"
	" AND k.contype = 'x'), '')"
	" FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
	" WHERE c.relnamespace = 'public'::regnamespace AND (x.indisunique OR x.indisexclusion)";

static bool is_key_good(const PGresult *keys, int row)
{
	const char *kind = PQgetvalue(keys, row, 2);
	int at = atoi(PQgetvalue(keys, row, 3)); /* an int2vector counts from 0 */

	return at >= 0 && (strcmp(kind, "p") != 0 || at == 0) &&
	       (strcmp(kind, "x") != 0 || strcmp(PQgetvalue(keys, row, 4), "=") == 0);
}

static void test_keys_contain_the_community(void)
{
	PGresult *keys = PQexec(super, keys_sql);
	size_t checked_count = 0;

	CHECK_INT_EQ(PQresultStatus(keys), PGRES_TUPLES_OK);
	for (int row = 0; row < PQntuples(keys); row++) {
		if (is_of_community(PQgetvalue(keys, row, 0))) {
			if (!is_key_good(keys, row)) {
				printf("# %s of %s\n", PQgetvalue(keys, row, 1), PQgetvalue(keys, row, 0));
			}
			CHECK(is_key_good(keys, row));
			checked_count++;
		}
	}
	CHECK(checked_count > 20);
	PQclear(keys);
}

/* Columns: from, name, to, whether community_id refers to community_id. */
static const char references_sql[] =
	"SELECT c.relname, k.conname, t.relname, EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS p "
	"(a, b)"
	" JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = p.a"
	" JOIN pg_attribute g ON g.attrelid = k.confrelid AND g.attnum = p.b"
	" WHERE f.attname = 'community_id' AND g.attname = 'community_id')"
	" FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = "
	"k.confrelid"
	" WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace";

/* Among those of a community by community_id; from a community to the company by anything; never back. */
static bool may_refer(const char *from, const char *to, bool by_community)
{
	return !is_of_community(to) || (is_of_community(from) && by_community);
}

static size_t excuse(const char *table, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < COUNT(excused_keys); i++) {
		found +=
			strcmp(excused_keys[i].table, table) == 0 && strcmp(excused_keys[i].name, name) == 0;
	}
	return found;
}

static void test_foreign_keys_stay_in_the_community(void)
{
	PGresult *keys = PQexec(super, references_sql);
	size_t excused_count = 0;

	CHECK_INT_EQ(PQresultStatus(keys), PGRES_TUPLES_OK);
	CHECK(PQntuples(keys) > 20);
	for (int row = 0; row < PQntuples(keys); row++) {
		const char *table = PQgetvalue(keys, row, 0);
		const char *name = PQgetvalue(keys, row, 1);
		bool may =
			may_refer(table, PQgetvalue(keys, row, 2), strcmp(PQgetvalue(keys, row, 3), "t") == 0);

		if (may == (excuse(table, name) > 0)) {
			printf("# %s of %s\n", name, table);
		}
		CHECK_INT_EQ(may, excuse(table, name) == 0);
		excused_count += may ? 0 : 1;
	}
	CHECK_INT_EQ(excused_count, COUNT(excused_keys));
	PQclear(keys);
}

/* What a trigger or a rule does by itself, it would do on one machine only. */
static void test_nothing_runs_by_itself(void)
{
	CHECK_STR_EQ(pg_run(super, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), "0");
	CHECK_STR_EQ(
		pg_run(super, "SELECT count(*) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class"
					  " WHERE c.relnamespace = 'public'::regnamespace AND r.rulename <> '_RETURN'"),
		"0");
}

/* ---- the statements -------------------------------------------------------------------------- */

static enum spread spread_of(const struct plan *plan)
{
	if (!plan->is_bound) {
		return SPREAD_MANY;
	}
	return plan->writes_community && plan->writes_company ? SPREAD_BOTH : SPREAD_ONE;
}

static void test_statements_stay_in_one_community(void)
{
	static const char *const names[] = {"ONE", "MANY", "BOTH"};
	size_t scan_count = 0;
	size_t one_count = 0;
	size_t wrong_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		struct plan plan;
		enum spread spread;

		plan_read(&plan, app, (enum stmt)i, is_of_community);
		spread = spread_of(&plan);
		if (spread != spreads[i]) {
			printf("# %s is %s\n", stmt_rows[i].name, names[spread]);
			plan_show_unbound(&plan);
		}
		wrong_count += spread != spreads[i];
		scan_count += plan.checked_count;
		plan_fini(&plan);
		one_count += spread == SPREAD_ONE;
	}
	printf("# %zu of %d statements stay in one community; %zu scans\n", one_count, STMT_COUNT,
		scan_count);
	CHECK_INT_EQ(wrong_count, 0);
	CHECK(scan_count > 100); /* the plans were understood */
}

/* Does the word stand before `to`? */
static bool holds_between(const char *from, const char *to, const char *word)
{
	const char *at = strstr(from, word);

	return at != NULL && at < to;
}

/* The column that says where a row lives is given with each row, … */
static void test_inserts_name_the_community(void)
{
	size_t checked_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		for (const char *at = strstr(stmt_rows[i].sql, "INSERT INTO "); at != NULL;
			 at = strstr(at + 1, "INSERT INTO ")) {
			char table[PLAN_NAME_MAX];
			const char *open = at + strlen("INSERT INTO ");

			open += plan_name(open, table);
			if (is_of_community(table)) {
				const char *first = strchr(open, '(');
				bool is_first = first != NULL && strncmp(first, "(community_id,", 14) == 0;

				if (!is_first) {
					printf("# %s\n", stmt_rows[i].name);
				}
				CHECK(is_first);
				checked_count++;
			}
		}
	}
	CHECK(checked_count > 50);
}

/* … and is never changed: neither by a SET, nor could the server's role. */
static void test_no_update_moves_a_row(void)
{
	size_t checked_count = 0;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		for (const char *at = strstr(stmt_rows[i].sql, " SET "); at != NULL;
			 at = strstr(at + 1, " SET ")) {
			const char *end = strstr(at, " WHERE ");

			end = end == NULL ? at + strlen(at) : end;
			CHECK(strncmp(at, " SET community_id", 17) != 0);
			CHECK(!holds_between(at, end, ", community_id ="));
			checked_count++;
		}
	}
	CHECK(checked_count > 20);
	/* The role itself may do it in these: their grants name no columns, and a landed one stays. */
	CHECK_STR_EQ(
		pg_run(super, "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c"
					  " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'community_id'"
					  " WHERE c.relnamespace = 'public'::regnamespace"
					  " AND has_column_privilege('guanjia_app', c.oid, a.attnum, 'UPDATE')"),
		"access_grant complaint complaint_clock complaint_search");
}

static const struct test tests[] = {
	{"every_table_has_a_row", test_every_table_has_a_row},
	{"keys_contain_the_community", test_keys_contain_the_community},
	{"foreign_keys_stay_in_the_community", test_foreign_keys_stay_in_the_community},
	{"nothing_runs_by_itself", test_nothing_runs_by_itself},
	{"statements_stay_in_one_community", test_statements_stay_in_one_community},
	{"inserts_name_the_community", test_inserts_name_the_community},
	{"no_update_moves_a_row", test_no_update_moves_a_row},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_distribution", &database);
	app = pg_connect(database.app);
	super = pg_connect(database.super);
	(void)pg_run(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
	failed = check_main(tests, COUNT(tests));
	PQfinish(super);
	PQfinish(app);
	return failed;
}
