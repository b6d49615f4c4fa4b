/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept apart from backups, and brought back together with one: the files of DIR/keys and DIR/tls,
 * read into memory before root is left, because copies of keys are root's alone as a rule.
 *
 *     keys/server.key    without it contacts, messages and receipts' codes of the database stay closed
 *     keys/erased.list   what was erased since, a line each; applied before anybody is served
 *     tls/…              so that clients trust the restored server as they did
 */
#pragma once

#include "common/arena.h"
#include "server/backup_mark.h"

#define KEPT_FILES_MAX 64
#define KEPT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct kept_file {
	const char *name; /* "keys/server.key" */
	struct span bytes;
};

/* All of it lives in `arena`. */
struct kept {
	struct kept_file files[KEPT_FILES_MAX];
	size_t count;
};

/*
 * Reads DIR/keys, which must hold a server.key, and DIR/tls where there is one: of a data directory, or
 * of a copy of these two. ERR_INPUT else.
 */
enum err kept_read(
	struct kept *kept, const char *dir, struct arena *arena, struct backup_fault *out_fault);

/* A file by its name; empty where there is none. */
struct span kept_find(const struct kept *kept, const char *name);

/* Writes them into a data directory, secrets closed to everybody else. False with errno. */
bool kept_write(const struct kept *kept, const char *dir) must_check;

/* Wipes them. */
void kept_fini(struct kept *kept);
