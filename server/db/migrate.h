/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brings a database to the schema this program carries: the files of migrations/, compiled in, each
 * applied once, in order, in one transaction of its own, under an advisory lock. Forward only; a file
 * that has landed is never edited, and its SHA-256 is checked.
 */
#pragma once

#include "common/err.h"
#include "common/log.h"

struct migration {
	int number;       /* 1, 2, 3 … without gaps */
	const char *name; /* "0001_roots" */
	const char *sql;
};

/* Ascending; made at build time from migrations/NNNN_what.sql. */
extern const struct migration migrations[];
extern const size_t migration_count;

struct migrate_fault {
	char text[512];
};

/*
 * Applies what is missing, as the role of the connection string (guanjia_owner).
 * ERR_TRY_LATER: no connection. ERR_CONFIG: a migration failed, was edited, or the database is newer
 * than this program in a way it does not allow. Blocks.
 */
enum err migrate_run(const char *owner, struct log *log, struct migrate_fault *out_fault);

/*
 * What a server asks before it serves, as its own role: ERR_OK where the schema is exactly ours, or newer
 * and says that it still serves ours (schema_version.serves_from); ERR_CONFIG else.
 */
enum err migrate_check(const char *app, int *out_schema, struct migrate_fault *out_fault);
