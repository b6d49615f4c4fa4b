/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that are scripts: makes a database with our schema in the run's PostgreSQL and prints its
 * connection strings.
 *
 *     tests/pg.sh run build/tests/server/pg_database NAME
 */
#include <stdio.h>

#include "tests/server/pg.h"

int main(int argc, char **argv)
{
	struct pg_database database;

	if (argc != 2) {
		(void)fputs("usage: pg_database NAME\n", stderr);
		return 64;
	}
	pg_require(argv);
	pg_database_make(argv[1], &database);
	(void)printf("app=%s\nowner=%s\nsuper=%s\n", database.app, database.owner, database.super);
	return 0;
}
