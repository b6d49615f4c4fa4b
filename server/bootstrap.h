/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be there before a server serves: its keys, its certificate, its database with our schema,
 * and somebody who may log in. Each step is made once and found again afterwards, so all of this may be
 * run any number of times, and was interrupted by nothing that the next run does not mend.
 *
 * Everything here blocks: it runs before the loop does. The caller has the data directory
 * (server/data_dir.h) and has left root.
 */
#pragma once

#include "common/err.h"
#include "common/log.h"
#include "server/config.h"
#include "server/db/embedded.h"
#include "server/job/seal_file.h"
#include "server/keys.h"
#include "server/record_key.h"

/* Zeroed until opened; may be closed twice. */
struct bootstrap {
	struct keys keys;
	struct record_key record_key;
	struct seal_file seal_file; /* open in a server that serves */
	struct embedded embedded; /* pid 0 where a database was given */
	const char *app;          /* connection string of guanjia_app; config's, or embedded's */
	const char *owner;        /* of guanjia_owner; empty where a database was given without it */
	int schema;               /* the database's */
};

/* What went wrong, for the person at the keyboard. */
struct bootstrap_fault {
	char text[512];
};

/* `guanjiad`: keys, certificate, and the database: its own is started and migrated, a given one checked. */
enum err bootstrap_open(struct bootstrap *bootstrap, const struct config *config, struct log *log,
	struct bootstrap_fault *out_fault);

/* Stops a PostgreSQL of our own, and wipes the keys. */
void bootstrap_close(struct bootstrap *bootstrap);

/* `guanjiad migrate`: the database alone; a given one by its owner's string. */
enum err bootstrap_migrate(const struct config *config, struct log *log, int *out_schema,
	struct bootstrap_fault *out_fault);

/*
 * `guanjiad init`: all of bootstrap_open with a migration in any case; where there is no account yet,
 * the first administrator; then everything is stopped again.
 *
 *   admin         login of that administrator; NULL: none is made
 *   password_fd   where one line with the password is read from, only if the account is made; a terminal
 *                 is asked without echo
 */
enum err bootstrap_init(const struct config *config, struct log *log, const char *admin,
	int password_fd, struct bootstrap_fault *out_fault);
