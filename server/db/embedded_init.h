/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of embedded.c: what stood there before, the cluster's directory, who may connect, the roles
 * and the database. Nobody else includes this.
 */
#pragma once

#include "server/db/embedded.h"

#define EMBEDDED_DATABASE "guanjia"
#define EMBEDDED_OWNER "guanjia_owner"
#define EMBEDDED_APP "guanjia_app"
#define EMBEDDED_SUPER "postgres"
#define EMBEDDED_PORT "5432"
#define EMBEDDED_PATH_MAX 1280

/* What one look at something that takes its time has found. */
enum embedded_look { EMBEDDED_DONE, EMBEDDED_WAIT, EMBEDDED_FAILED };

/* Step 2. ERR_TRY_LATER where what runs there does not end. */
enum err embedded_stop_orphan(struct embedded *embedded, struct embedded_fault *out_fault);

/* One look of it, and the next word to what is still there. `clearing` is zeroed before the first. */
enum embedded_look embedded_clear(
	struct embedded *embedded, int64_t mono_us, struct embedded_fault *out_fault);

/* Step 4: the process alone, and one look whether it takes connections by now. */
enum err embedded_begin_start(struct embedded *embedded, struct embedded_fault *out_fault);
enum embedded_look embedded_look_start(struct embedded *embedded, struct embedded_fault *out_fault);

/* A start may have to replay the log: up to max_wal_size since the last checkpoint. */
#define EMBEDDED_START_MS INT64_C(180000)

/* The postmaster that the pid file names, 0 for none, and whether it takes connections by now. */
pid_t embedded_read_pid_file(const char *cluster, bool *out_ready);

/* Step 3 up to the settings that are files: initdb where DIR/pg is absent, and who may connect. */
enum err embedded_init_cluster(const struct embedded *embedded, struct embedded_fault *out_fault);

/* Step 5; quick where everything is there. */
enum err embedded_init_database(const struct embedded *embedded, struct embedded_fault *out_fault);

/* A connection string for one of the roles; false where it would not fit. */
bool embedded_conninfo(const struct embedded *embedded, const char *database, const char *role,
	char *out, size_t out_max) must_check;

/* The last line of a program's output behind `what`, as the fault; returns `err`. */
enum err embedded_fail_with(
	struct embedded_fault *fault, enum err err, const char *output_path, const char *what);

/* DIR/name. */
void embedded_path(const struct embedded *embedded, const char *name, char out[EMBEDDED_PATH_MAX]);
