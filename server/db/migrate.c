/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/migrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <libpq-fe.h>
#include <openssl/evp.h>

#include "common/clock.h"
#include "common/span.h"
#include "server/db/source.h"

#define SHA256_BYTES 32
/* "guanjia" in ASCII: one lock in each database. */
#define LOCK_KEY "29120983925942625"
#define SERVES_MARK "\n-- serves_from: "
#define VERSION_COUNT_MAX 9999

/* One run: the connection, and where faults go. */
struct run {
	PGconn *pg;
	struct log *log; /* NULL in a check */
	struct migrate_fault *fault;
};

/* What schema_version says. */
struct applied {
	int number;      /* the newest; 0 where nothing was applied */
	int serves_from; /* the least that may serve on what we do not know; 0 where we know all */
};

/* Always `err`, for `return fail(...)`. */
printf_like(3, 4) static enum err fail(struct run *run, enum err err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(run->fault->text, sizeof(run->fault->text), format, arguments);
	va_end(arguments);
	return err;
}

/* The message alone: details of a failed statement may hold rows. */
static enum err fail_with(struct run *run, const char *what, const PGresult *result)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (PQstatus(run->pg) != CONNECTION_OK) {
		return fail(run, ERR_TRY_LATER, "%s: the connection to the database was lost", what);
	}
	return fail(run, ERR_CONFIG, "%s: %.300s (%s)", what, message == NULL ? "?" : message,
		state == NULL ? "?" : state);
}

/* Statements whose results do not matter. */
static enum err run_sql(struct run *run, const char *what, const char *sql)
{
	PGresult *result = PQexec(run->pg, sql);
	ExecStatusType status = PQresultStatus(result);
	enum err err = ERR_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		err = fail_with(run, what, result);
	}
	PQclear(result);
	return err;
}

/* *out is true where the query's one value is. */
static enum err ask(struct run *run, const char *what, const char *sql, bool *out)
{
	PGresult *result = PQexec(run->pg, sql);
	enum err err = ERR_OK;

	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
		err = fail_with(run, what, result);
	} else {
		*out = PQgetvalue(result, 0, 0)[0] == 't';
	}
	PQclear(result);
	return err;
}

static void sha256_of(const struct migration *migration, uint8_t out[SHA256_BYTES])
{
	unsigned len = 0;

	if (EVP_Digest(migration->sql, strlen(migration->sql), out, &len, EVP_sha256(), NULL) != 1) {
		abort(); /* without memory */
	}
	assert(len == SHA256_BYTES);
}

/* The oldest schema whose servers still work on this one: README.md rule 6. */
static int serves_from(const struct migration *migration)
{
	const char *mark = strstr(migration->sql, SERVES_MARK);
	long number = mark == NULL ? migration->number : strtol(mark + strlen(SERVES_MARK), NULL, 10);

	assert(number >= 1);
	assert(number <= migration->number);
	return (int)number;
}

static enum err connect(struct run *run, const char *conninfo)
{
	static const char prepare[] = "SET client_min_messages = warning; SET search_path = public;"
								  "SET statement_timeout = 0; SET timezone = 'UTC'";

	run->pg = source_open(conninfo);
	if (run->pg == NULL || PQstatus(run->pg) != CONNECTION_OK) {
		/* libpq's message names host, port and role, never the password. */
		return fail(run, ERR_TRY_LATER, "no connection to the database: %.300s",
			run->pg == NULL ? "out of memory" : PQerrorMessage(run->pg));
	}
	return run_sql(run, "settings of the connection", prepare);
}

/* A row of schema_version against the file that we carry under its number. */
static enum err check_row(struct run *run, const PGresult *result, int row, struct applied *applied)
{
	int number = atoi(PQgetvalue(result, row, 0));
	int serves = atoi(PQgetvalue(result, row, 3));
	uint8_t ours[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	if (number != row + 1) {
		return fail(run, ERR_CONFIG, "schema_version has no row %d", row + 1);
	}
	applied->number = number;
	if ((size_t)number > migration_count) {
		applied->serves_from = serves > applied->serves_from ? serves : applied->serves_from;
		return ERR_OK;
	}
	sha256_of(&migrations[number - 1], ours);
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02x", ours[i]);
	}
	if (strcmp(PQgetvalue(result, row, 1), migrations[number - 1].name) != 0 ||
		strcmp(PQgetvalue(result, row, 2), hex) != 0) {
		return fail(run, ERR_CONFIG,
			"migration %s is not the one that was applied to this database ('%.60s')",
			migrations[number - 1].name, PQgetvalue(result, row, 1));
	}
	return ERR_OK;
}

/* Reads and checks all rows; refuses a newer schema that does not serve ours. */
static enum err read_applied(struct run *run, struct applied *out)
{
	PGresult *result = PQexec(run->pg, "SELECT number, name, encode(sha256, 'hex'), serves_from "
									   "FROM schema_version ORDER BY number");
	struct applied applied = {0};
	enum err err = ERR_OK;

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		err = fail_with(run, "reading schema_version", result);
	} else if (PQntuples(result) > VERSION_COUNT_MAX) {
		err = fail(run, ERR_CONFIG, "schema_version has %d rows", PQntuples(result));
	}
	for (int row = 0; err == ERR_OK && row < PQntuples(result); row++) {
		err = check_row(run, result, row, &applied);
	}
	PQclear(result);
	if (err == ERR_OK && (size_t)applied.serves_from > migration_count) {
		err = fail(run, ERR_CONFIG,
			"the database has schema %d, which serves programs from schema %d on; this one has %zu",
			applied.number, applied.serves_from, migration_count);
	}
	if (err == ERR_OK) {
		*out = applied;
	}
	return err;
}

/* The bookkeeping, made once. */
static enum err ensure_table(struct run *run)
{
	static const char table[] =
		"BEGIN;"
		"CREATE TABLE schema_version ("
		"    number      integer PRIMARY KEY CHECK (number > 0),"
		"    name        text NOT NULL,"
		"    sha256      bytea NOT NULL CHECK (length(sha256) = 32),"
		"    applied_at  timestamptz NOT NULL DEFAULT now(),"
		"    serves_from integer NOT NULL CHECK (serves_from BETWEEN 1 AND number));"
		"COMMENT ON TABLE schema_version IS 'Each migration that was applied, in order.';"
		"COMMENT ON COLUMN schema_version.serves_from IS"
		"    'The oldest schema whose servers work on this one.';"
		"GRANT SELECT ON schema_version TO guanjia_app;"
		"COMMIT";
	bool present = false;
	enum err err = ask(run, "looking for guanjia_app",
		"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_app')", &present);

	if (err == ERR_OK && !present) {
		return fail(run, ERR_CONFIG, "the database has no role guanjia_app; make it first");
	}
	if (err == ERR_OK) {
		err = ask(run, "looking for schema_version",
			"SELECT to_regclass('public.schema_version') IS NOT NULL", &present);
	}
	return err != ERR_OK || present ? err : run_sql(run, "making schema_version", table);
}

static enum err insert_row(struct run *run, const struct migration *migration)
{
	char number[16];
	char serves[16];
	uint8_t sha256[SHA256_BYTES];
	const char *const values[] = {number, migration->name, (const char *)sha256, serves};
	static const int lens[] = {0, 0, SHA256_BYTES, 0};
	static const int formats[] = {0, 0, 1, 0};
	enum err err = ERR_OK;
	PGresult *result;

	sha256_of(migration, sha256);
	(void)snprintf(number, sizeof(number), "%d", migration->number);
	(void)snprintf(serves, sizeof(serves), "%d", serves_from(migration));
	result = PQexecParams(run->pg,
		"INSERT INTO schema_version (number, name, sha256, serves_from) VALUES ($1, $2, $3, $4)", 4,
		NULL, values, lens, formats, 0);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		err = fail_with(run, migration->name, result);
	}
	PQclear(result);
	return err;
}

/* One file and its row, or neither. */
static enum err apply(struct run *run, const struct migration *migration)
{
	enum err err = run_sql(run, migration->name, "BEGIN");

	if (err == ERR_OK) {
		err = run_sql(run, migration->name, migration->sql);
	}
	if (err == ERR_OK && PQtransactionStatus(run->pg) != PQTRANS_INTRANS) {
		err = fail(run, ERR_CONFIG, "%s: ended its transaction", migration->name);
	}
	if (err == ERR_OK) {
		err = insert_row(run, migration);
	}
	if (err == ERR_OK) {
		err = run_sql(run, migration->name, "COMMIT");
	}
	if (err == ERR_OK) {
		run->log->utc_us = clock_now().utc_us;
		log_line(run->log, LOG_INFO, "migrate.applied", "name=%s", migration->name);
	}
	return err; /* closing the connection rolls back what is open */
}

static enum err migrate_all(struct run *run, const char *owner)
{
	struct applied applied = {0};
	enum err err = connect(run, owner);

	if (err == ERR_OK) {
		err = run_sql(run, "waiting for the lock", "SELECT pg_advisory_lock(" LOCK_KEY ")");
	}
	if (err == ERR_OK) {
		err = run_sql(run, "settings of the connection", "SET lock_timeout = '10s'");
	}
	if (err == ERR_OK) {
		err = ensure_table(run);
	}
	if (err == ERR_OK) {
		err = read_applied(run, &applied);
	}
	for (size_t i = (size_t)applied.number; err == ERR_OK && i < migration_count; i++) {
		assert(migrations[i].number == (int)i + 1);
		err = apply(run, &migrations[i]);
	}
	return err;
}

enum err migrate_run(const char *owner, struct log *log, struct migrate_fault *out_fault)
{
	struct run run = {.log = log, .fault = out_fault};
	enum err err = migrate_all(&run, owner);

	PQfinish(run.pg);
	return err;
}

static enum err check_all(struct run *run, const char *app, struct applied *out)
{
	bool present = false;
	enum err err = connect(run, app);

	if (err == ERR_OK) {
		err = ask(run, "looking for schema_version",
			"SELECT to_regclass('public.schema_version') IS NOT NULL", &present);
	}
	if (err == ERR_OK && !present) {
		err = fail(run, ERR_CONFIG, "the database is empty; run guanjiad migrate first");
	}
	if (err == ERR_OK) {
		err = read_applied(run, out);
	}
	if (err == ERR_OK && (size_t)out->number < migration_count) {
		err = fail(run, ERR_CONFIG,
			"the database has schema %d, this program needs %zu; run guanjiad migrate first",
			out->number, migration_count);
	}
	return err;
}

enum err migrate_check(const char *app, int *out_schema, struct migrate_fault *out_fault)
{
	struct run run = {.fault = out_fault};
	struct applied applied = {0};
	enum err err = check_all(&run, app, &applied);

	PQfinish(run.pg);
	if (err == ERR_OK) {
		*out_schema = applied.number;
	}
	return err;
}
