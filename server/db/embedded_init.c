/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every step may be interrupted by a kill and is found half done at the next start: initdb works beside
 * the place and its result is moved in whole; roles and database are looked for one by one.
 */
#include "server/db/embedded_init.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/span.h"
#include "server/data_file.h"
#include "server/db/process.h"
#include "server/tree.h"

#define INITDB_MS INT64_C(120000)
#define OUTPUT_BYTES_MAX ((size_t)64 * 1024)
#define ACCESS_BYTES_MAX 1024

static const char hba_lines[] = "# Written by guanjiad at each start; changes are lost.\n"
								"local all all peer map=guanjia\n"
								"local replication all peer map=guanjia\n";

static enum err fail(struct embedded_fault *fault, enum err err, const char *what, const char *why)
{
	(void)snprintf(fault->text, sizeof(fault->text), "%s: %.300s", what, why);
	return err;
}

void embedded_path(const struct embedded *embedded, const char *name, char out[EMBEDDED_PATH_MAX])
{
	int len = snprintf(out, EMBEDDED_PATH_MAX, "%s/%s", embedded->config->dir, name);

	assert(len > 0);
	assert(len < EMBEDDED_PATH_MAX); /* server/data_dir.h bounds the directory */
}

enum err embedded_fail_with(
	struct embedded_fault *fault, enum err err, const char *output_path, const char *what)
{
	static uint8_t output[OUTPUT_BYTES_MAX];
	size_t len = 0;
	size_t first;

	if (!data_file_read(output_path, output, sizeof(output), &len)) {
		len = 0; /* then the fault is only what we say ourselves */
	}
	while (len > 0 && output[len - 1] == '\n') {
		len--;
	}
	first = len;
	while (first > 0 && output[first - 1] != '\n') {
		first--;
	}
	(void)snprintf(fault->text, sizeof(fault->text), "%s: %.*s", what,
		(int)size_min(len - first, 300), (const char *)output + first);
	return err;
}

/* Runs initdb to its end. */
static enum err run_initdb(
	const struct embedded *embedded, const char *target, struct embedded_fault *fault)
{
	char program[PATH_MAX];
	char output[EMBEDDED_PATH_MAX];
	const char *no_sync = embedded->config->postgres_fsync ? NULL : "--no-sync";
	const char *const argv[] = {program, "--pgdata", target, "--username=" EMBEDDED_SUPER,
		"--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer", "--data-checksums",
		"--no-instructions", no_sync, NULL};
	struct process_start start = {.argv = argv, .output = output, .death_signal = SIGTERM};
	int status = 0;
	pid_t child;

	(void)snprintf(program, sizeof(program), "%s/initdb", embedded->config->postgres_bin);
	embedded_path(embedded, "pg-initdb.log", output);
	child = process_start(&start);
	if (child == 0) {
		return fail(fault, ERR_CONFIG, "initdb cannot be started", strerror(errno));
	}
	if (!process_wait(child, INITDB_MS, &status)) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, &status, 0);
		return fail(fault, ERR_TRY_LATER, "initdb", "did not end in time");
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return embedded_fail_with(fault, ERR_CONFIG, output, "initdb failed");
	}
	(void)unlink(output);
	return ERR_OK;
}

/* A new cluster, moved into its place once it is complete. */
static enum err make_cluster(
	const struct embedded *embedded, const char *place, struct embedded_fault *fault)
{
	char beside[EMBEDDED_PATH_MAX];
	enum err err;

	embedded_path(embedded, "pg.new", beside);
	if (!tree_remove(beside)) {
		return fail(
			fault, ERR_CONFIG, "'pg.new' of an earlier start cannot be removed", strerror(errno));
	}
	err = run_initdb(embedded, beside, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (rename(beside, place) != 0) {
		return fail(fault, ERR_CONFIG, "'pg.new' cannot become 'pg'", strerror(errno));
	}
	return ERR_OK;
}

/* Only where it differs: writing waits for the disk. */
static bool keep_file(const char *path, struct str content)
{
	uint8_t present[ACCESS_BYTES_MAX];
	size_t len = 0;

	if (data_file_read(path, present, sizeof(present), &len) &&
		span_equal(span_of(present, len), span_from_str(content))) {
		return true;
	}
	return data_file_write(path, 0600, span_from_str(content));
}

/* The account that we run as, and nobody else, by what the kernel says about the socket's peer. */
static enum err write_access(const struct embedded *embedded, struct embedded_fault *fault)
{
	static const char *const roles[] = {EMBEDDED_SUPER, EMBEDDED_OWNER, EMBEDDED_APP};
	const struct passwd *account = getpwuid(geteuid());
	char path[EMBEDDED_PATH_MAX];
	char ident[ACCESS_BYTES_MAX];
	size_t len = 0;

	if (account == NULL || strlen(account->pw_name) > 64 || strchr(account->pw_name, '"') != NULL) {
		return fail(
			fault, ERR_CONFIG, "PostgreSQL needs an account with a name", "this uid has none");
	}
	for (size_t i = 0; i < COUNT(roles); i++) {
		len += (size_t)snprintf(
			ident + len, sizeof(ident) - len, "guanjia \"%s\" %s\n", account->pw_name, roles[i]);
		assert(len < sizeof(ident));
	}
	embedded_path(embedded, "pg/pg_hba.conf", path);
	if (!keep_file(path, str_from_c(hba_lines))) {
		return fail(fault, ERR_CONFIG, "'pg/pg_hba.conf' cannot be written", strerror(errno));
	}
	embedded_path(embedded, "pg/pg_ident.conf", path);
	if (!keep_file(path, str_of(ident, len))) {
		return fail(fault, ERR_CONFIG, "'pg/pg_ident.conf' cannot be written", strerror(errno));
	}
	return ERR_OK;
}

enum err embedded_init_cluster(const struct embedded *embedded, struct embedded_fault *out_fault)
{
	char place[EMBEDDED_PATH_MAX];
	char version[EMBEDDED_PATH_MAX];
	char restoring[EMBEDDED_PATH_MAX];
	struct stat stat;
	enum err err = ERR_OK;

	embedded_path(embedded, EMBEDDED_RESTORING, restoring);
	if (lstat(restoring, &stat) == 0) {
		return fail(out_fault, ERR_CONFIG, "a restore into this data directory was cut off",
			"restore again, as before");
	}
	embedded_path(embedded, "pg", place);
	embedded_path(embedded, "pg/PG_VERSION", version);
	if (lstat(place, &stat) != 0) {
		err = make_cluster(embedded, place, out_fault);
	} else if (lstat(version, &stat) != 0) {
		err = fail(out_fault, ERR_CONFIG, "'pg' in the data directory", "is no PostgreSQL cluster");
	}
	return err == ERR_OK ? write_access(embedded, out_fault) : err;
}

bool embedded_conninfo(const struct embedded *embedded, const char *database, const char *role,
	char *out, size_t out_max)
{
	int len = snprintf(out, out_max, "host='%s' port=" EMBEDDED_PORT " dbname=%s user=%s",
		embedded->socket_dir, database, role);

	assert(strpbrk(embedded->socket_dir, "'\\,") == NULL);
	return len > 0 && (size_t)len < out_max;
}

static bool run(PGconn *pg, const char *sql, struct embedded_fault *fault)
{
	PGresult *result = PQexec(pg, sql);
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;

	if (!done) {
		const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		(void)fail(fault, ERR_TRY_LATER, "making roles and database",
			message == NULL ? PQerrorMessage(pg) : message);
	}
	PQclear(result);
	return done;
}

/* True where the query's one value is true. */
static bool ask(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	bool yes = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
	           PQgetvalue(result, 0, 0)[0] == 't';

	PQclear(result);
	return yes;
}

/* What is missing, in this order; each row is found done or not by itself. */
static const struct {
	const char *is_done;
	const char *sql;
} steps[] = {
	{"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '" EMBEDDED_OWNER "')",
		"CREATE ROLE " EMBEDDED_OWNER " LOGIN"},
	{"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '" EMBEDDED_APP "')",
		"CREATE ROLE " EMBEDDED_APP " LOGIN"},
	{"SELECT pg_has_role('" EMBEDDED_OWNER "', 'pg_read_all_stats', 'MEMBER')",
		"GRANT pg_read_all_stats TO " EMBEDDED_OWNER},
	{"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '" EMBEDDED_DATABASE "')",
		"CREATE DATABASE " EMBEDDED_DATABASE " OWNER " EMBEDDED_OWNER " TEMPLATE template0"},
	{"SELECT datacl IS NOT NULL FROM pg_database WHERE datname = '" EMBEDDED_DATABASE "'",
		"REVOKE ALL ON DATABASE " EMBEDDED_DATABASE " FROM PUBLIC;"
		"GRANT CONNECT ON DATABASE " EMBEDDED_DATABASE " TO " EMBEDDED_APP},
};

enum err embedded_init_database(const struct embedded *embedded, struct embedded_fault *out_fault)
{
	char conninfo[512];
	bool done;
	PGconn *pg;

	if (!embedded_conninfo(embedded, "postgres", EMBEDDED_SUPER, conninfo, sizeof(conninfo))) {
		return fail(out_fault, ERR_CONFIG, "connection string", "too long");
	}
	pg = PQconnectdb(conninfo);
	done = PQstatus(pg) == CONNECTION_OK;
	if (!done) {
		(void)fail(out_fault, ERR_TRY_LATER, "the private PostgreSQL", PQerrorMessage(pg));
	}
	for (size_t i = 0; done && i < COUNT(steps); i++) {
		done = ask(pg, steps[i].is_done) || run(pg, steps[i].sql, out_fault);
	}
	PQfinish(pg);
	return done ? ERR_OK : ERR_TRY_LATER;
}
