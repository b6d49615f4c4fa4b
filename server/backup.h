/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup of the private PostgreSQL, taken while the server serves: a folder of its own in a folder of
 * backups.
 *
 *     TARGET/20261127T101500Z/BACKUP               server/backup_mark.h
 *                             pg/                  a cluster, its log, and pg/backup_manifest
 *                             guanjia.conf         where there is one; so category_words.csv
 *     TARGET/20261127T101500Z.part                 one that is not finished, or is going
 *
 * It gets its name when every file of it was checked and is on disk, so what has the name is whole. The
 * keys are not in it and must not lie beside it: whoever has both has the data, and what was erased is
 * not gone as long as both are there (docs/operations.md).
 */
#pragma once

#include <limits.h>

#include "server/backup_mark.h"
#include "server/config.h"

#define BACKUP_NAME_BYTES 17                        /* 20261127T101500Z, and a NUL */
#define BACKUP_SIDE_BYTES_MAX ((size_t)1024 * 1024) /* of a file beside the cluster */

struct backup_ask {
	const char *target; /* the folder of backups; absolute */
	uint32_t keep;      /* older ones of the same cluster beyond so many go; 0: all stay */
};

struct backup_report {
	char path[BACKUP_PATH_MAX];
	char name[BACKUP_NAME_BYTES];
	struct backup_mark mark;
	size_t removed_count;
	bool is_recorded; /* the database has its event */
};

/*
 * Takes one. The server runs in config's directory, which nobody locks.
 *
 *   returns  ERR_CONFIG     the database is not the server's own; programs or keys are not usable
 *            ERR_TRY_LATER  no server runs there, or another backup into this folder does
 *            ERR_OUTPUT     it cannot be written: what there was of it is gone
 *            ERR_BACKUP     what was written is not what was read
 */
enum err backup_take(const struct config *config, const struct backup_ask *ask,
	struct backup_report *out, struct backup_fault *out_fault);

/*
 * Whether a backup is whole and as it was taken, byte for byte: ERR_OK and its mark, ERR_BACKUP and by
 * which file not; ERR_INPUT where it cannot be read.
 */
enum err backup_check(const struct config *config, const char *path, struct backup_mark *out,
	struct backup_fault *out_fault);

/* Tells a root key from others, and not what it is. */
void backup_key_mark(const uint8_t root[32], char out[33]);
