/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of backups and a place to restore into, and guanjiad's two commands about them, as a test runs
 * them beside a server.
 */
#pragma once

#include "tests/live/server.h"

#define STORE_SAID_MAX 8192

struct store {
	char target[LIVE_PATH_MAX];
	char backup[LIVE_PATH_MAX]; /* the one that was taken last */
	char data[LIVE_PATH_MAX];   /* where nothing is */
	char said[STORE_SAID_MAX];  /* by the last command */
};

/* After live_begin; what is left is gone when the test ends. */
void store_begin(struct store *store);

/* Exit codes. `keep` and `keys` may be NULL: then they are not given. */
int store_back_up(
	const struct live_server *server, struct store *store, const char *keep) must_check;
int store_restore(
	const struct live_server *server, struct store *store, const char *keys) must_check;
/* Looks at the backup, and restores nothing. */
int store_check(const struct live_server *server, struct store *store) must_check;

/* Whether the last command said this; prints what it said where not. */
bool store_said(const struct store *store, const char *words) must_check;
