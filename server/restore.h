/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup becomes a data directory that a server can be started on. In this order, and whatever fails,
 * nothing is left that a server would take for its data (EMBEDDED_RESTORING):
 *
 *   1 the backup is checked, byte for byte, and the keys are those of its data
 *   2 it is copied to DIR/restoring, and a private PostgreSQL recovers it there, to the backup's end; so
 *     a history of its own begins (a new timeline)
 *   3 restore_settle.c: indexes and tables are checked, what was erased is erased again, watchers'
 *     positions end, sessions too
 *   4 keys and settings are put in their places, the cluster last
 */
#pragma once

#include "common/log.h"
#include "server/backup.h"
#include "server/kept.h"

struct restore_ask {
	const char *backup;      /* its folder; absolute */
	const struct kept *kept; /* without files: the keys are lost, and new ones are made */
};

struct restore_report {
	struct backup_mark mark;
	uint64_t last_event_us; /* of the newest event that is there; 0: none */
	uint64_t index_count;   /* indexes that were checked; 0: amcheck is not installed */
	uint64_t erased_count;  /* lines of keys/erased.list that were applied */
};

/*
 * Restores into config's directory, which is empty and locked by the caller.
 *
 *   returns  ERR_BACKUP  the backup is not whole, or its database is damaged
 *            ERR_CONFIG  not for this program, this PostgreSQL, or these keys
 *            ERR_OUTPUT  it cannot be written
 */
enum err restore_run(const struct config *config, const struct restore_ask *ask, struct log *log,
	struct restore_report *out, struct backup_fault *out_fault);

/* Whether nothing stands in the way of a restore; absent is fine. ERR_OUTPUT else. */
enum err restore_check_place(const char *dir, struct backup_fault *out_fault);

/* Step 3, as the superuser of the recovered database. Fills the report's counts. */
enum err restore_settle(const char *super, const struct restore_ask *ask,
	struct restore_report *report, struct backup_fault *out_fault);
