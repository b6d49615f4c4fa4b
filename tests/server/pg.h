/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database for a test. One PostgreSQL serves a whole run of tests (tests/pg.sh, GUANJIA_TEST_PG); a
 * program that finds none starts itself again below tests/pg.sh. In it stands one database with the
 * schema of this build, made by whoever comes first, and every test gets a copy of it.
 */
#pragma once

#include <libpq-fe.h>

#include "common/base.h"

#define PG_STRING_MAX 512

/* Connection strings of one database, by role. */
struct pg_database {
	char super[PG_STRING_MAX];
	char owner[PG_STRING_MAX];
	char app[PG_STRING_MAX];
};

/* First thing in main(): makes sure that there is a PostgreSQL. */
void pg_require(char *const argv[]);

/* A new database of this name; one of an earlier run is dropped. With our schema, or with nothing. */
void pg_database_make(const char *name, struct pg_database *out);
void pg_database_make_empty(const char *name, struct pg_database *out);

/* Connects; aborts where that fails. The caller finishes it. */
PGconn *pg_connect(const char *conninfo);

/* Runs statements, which must succeed; with one value in the first row, up to 4 KB of it is returned. */
const char *pg_run(PGconn *pg, const char *sql);
