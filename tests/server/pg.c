/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/server/pg.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "server/db/migrate.h"

#define VARIABLE "GUANJIA_TEST_PG"
#define LOCK "SELECT pg_advisory_lock(20261123)"
#define UNLOCK "SELECT pg_advisory_unlock(20261123)"
#define VALUE_MAX 4096

static void need(bool holds, const char *what, const char *why)
{
	if (!holds) {
		printf("# %s: %s\n", what, why);
		(void)fflush(stdout);
		abort();
	}
}

void pg_require(char *const argv[])
{
	char self[PATH_MAX];
	char *again[] = {TESTS_DIR "/pg.sh", "run", self, argv[1], NULL};
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (getenv(VARIABLE) != NULL) {
		return;
	}
	need(len > 0, "/proc/self/exe", "cannot be read");
	self[len] = '\0';
	(void)execv(again[0], again);
	need(false, again[0], "cannot be executed");
}

static void conninfo(const char *name, const char *role, char out[PG_STRING_MAX])
{
	const char *prefix = getenv(VARIABLE);

	need(prefix != NULL, VARIABLE, "is not set; main() calls pg_require() first");
	(void)snprintf(out, PG_STRING_MAX, "%s dbname=%s user=%s", prefix, name, role);
}

PGconn *pg_connect(const char *conninfo)
{
	PGconn *pg = PQconnectdb(conninfo);

	need(PQstatus(pg) == CONNECTION_OK, "connecting", PQerrorMessage(pg));
	(void)pg_run(pg, "SET client_min_messages = warning");
	return pg;
}

const char *pg_run(PGconn *pg, const char *sql)
{
	static char value[VALUE_MAX];
	PGresult *result = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(result);

	need(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, sql, PQerrorMessage(pg));
	value[0] = '\0';
	if (PQntuples(result) > 0) {
		(void)snprintf(value, sizeof(value), "%s", PQgetvalue(result, 0, 0));
	}
	PQclear(result);
	return value;
}

static void make(PGconn *super, const char *name, const char *template)
{
	char sql[PG_STRING_MAX];

	(void)snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", name);
	(void)pg_run(super, sql);
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE \"%s\" OWNER guanjia_owner TEMPLATE \"%s\"",
		name, template);
	(void)pg_run(super, sql);
}

/* Of all files: a build with other migrations makes a template of its own. */
static void template_name(char out[64])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t len;

	need(
		context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1, "SHA-256", "fails");
	for (size_t i = 0; i < migration_count; i++) {
		need(EVP_DigestUpdate(context, migrations[i].sql, strlen(migrations[i].sql)) == 1,
			"SHA-256", "fails");
	}
	need(EVP_DigestFinal_ex(context, digest, NULL) == 1, "SHA-256", "fails");
	EVP_MD_CTX_free(context);
	len = (size_t)snprintf(out, 64, "guanjia_template_");
	for (size_t i = 0; i < 8; i++) {
		len += (size_t)snprintf(out + len, 64 - len, "%02x", digest[i]);
	}
}

/* Made beside its name and then given it, so that a test that dies in between leaves no half one. */
static void make_template(PGconn *super, const char *name)
{
	struct migrate_fault fault = {""};
	struct log log;
	char owner[PG_STRING_MAX];
	char sql[PG_STRING_MAX];

	make(super, "guanjia_template_new", "template0");
	log_init(&log, -1, LOG_ERROR);
	conninfo("guanjia_template_new", "guanjia_owner", owner);
	need(migrate_run(owner, &log, &fault) == ERR_OK, "migrating the template", fault.text);
	log_fini(&log);
	(void)snprintf(sql, sizeof(sql), "ALTER DATABASE guanjia_template_new RENAME TO \"%s\"", name);
	(void)pg_run(super, sql);
}

static void strings(const char *name, struct pg_database *out)
{
	conninfo(name, "postgres", out->super);
	conninfo(name, "guanjia_owner", out->owner);
	conninfo(name, "guanjia_app", out->app);
}

void pg_database_make(const char *name, struct pg_database *out)
{
	char super_string[PG_STRING_MAX];
	char template[64];
	char sql[PG_STRING_MAX];
	PGconn *super;

	conninfo("postgres", "postgres", super_string);
	super = pg_connect(super_string);
	template_name(template);
	(void)pg_run(super, LOCK);
	(void)snprintf(
		sql, sizeof(sql), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = '%s')", template);
	if (pg_run(super, sql)[0] == 'f') {
		make_template(super, template);
	}
	(void)pg_run(super, UNLOCK);
	make(super, name, template);
	PQfinish(super);
	strings(name, out);
}

void pg_database_make_empty(const char *name, struct pg_database *out)
{
	char super_string[PG_STRING_MAX];
	PGconn *super;

	conninfo("postgres", "postgres", super_string);
	super = pg_connect(super_string);
	make(super, name, "template0");
	PQfinish(super);
	strings(name, out);
}
