/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/database.h"

#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A private PostgreSQL lets in nobody but the account that it runs as, by what the kernel says of the
 * socket's peer. Where we are root we are that account for the moment of the connect.
 */
static PGconn *connect_as_owner(const struct world *world)
{
	uid_t own = geteuid();
	struct stat status;
	PGconn *pg;
	int failed = 0;

	if (own == 0 && stat(world->socket_path, &status) == 0) {
		failed = seteuid(status.st_uid);
	}
	pg = PQsetdbLogin(world->socket_path, "5432", NULL, NULL, "guanjia", "postgres", NULL);
	failed |= seteuid(own);
	assert(failed == 0);
	return pg;
}

bool database_run(struct run *run, const char *sql)
{
	struct world *world = run->world;
	PGresult *result;
	bool done;

	if (world->socket_path == NULL) {
		return run_fail(run, "the runner was not given --database");
	}
	if (world->database == NULL) {
		world->database = connect_as_owner(world);
	}
	if (PQstatus(world->database) != CONNECTION_OK) {
		return run_fail(run, "--database: %s", PQerrorMessage(world->database));
	}
	result = PQexec(world->database, sql);
	done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return done || run_fail(run, "%s", PQerrorMessage(world->database));
}

void database_close(struct world *world)
{
	if (world->database != NULL) {
		PQfinish(world->database);
	}
	world->database = NULL;
}
