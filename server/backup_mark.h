/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file BACKUP of a backup: what it is a backup of, and what makes its parts recognisable. It is
 * written last, and ends with the SHA-256 of all that stands before it, so that a backup without it, or
 * with half of it, is none.
 *
 *     guanjia backup 1
 *     version = 0.1.0
 *     …
 *     end = 64 hexadecimal digits
 *
 * Rows may be added; those that a reader does not know are passed over.
 */
#pragma once

#include "common/err.h"
#include "common/span.h"

#define BACKUP_MARK_NAME "BACKUP"
#define BACKUP_SHA256_HEX 65 /* with the NUL */
#define BACKUP_PATH_MAX 2048 /* of a backup; names of files in it come behind */

struct backup_mark {
	char version[32];       /* of the program that took it */
	uint64_t schema;        /* of the database */
	uint64_t postgres;      /* major version */
	uint64_t system;        /* identifier of the cluster */
	uint64_t timeline;      /* its history when the backup began */
	uint64_t era;           /* of the feed, which each restore begins anew; 0: not noted */
	uint64_t began_us;      /* UTC, since 1970 */
	uint64_t taken_us;      /* when it was whole and checked */
	uint64_t last_event_us; /* the newest event when it began; 0: none */
	uint64_t bytes;         /* of its files together, this one not counted */
	char keys[33]; /* tells the keys that the data was written with, and not what they are */
	char manifest
		[BACKUP_SHA256_HEX]; /* SHA-256 of pg/backup_manifest, which has that of each file */
	char settings[BACKUP_SHA256_HEX]; /* … of guanjia.conf; "-": there is none */
	char words[BACKUP_SHA256_HEX];    /* … of category_words.csv; "-" */
};

/* What went wrong, for the person at the keyboard. */
struct backup_fault {
	char text[768];
};

/* Always `err`, for `return backup_fail(…)`. */
enum err backup_fail(struct backup_fault *fault, enum err err, const char *format, ...)
	printf_like(3, 4);

/* Writes DIR/BACKUP, to disk. False with errno. */
bool backup_mark_write(const struct backup_mark *mark, const char *dir) must_check;

/* Reads it; ERR_BACKUP where it is absent, cut, or changed. */
enum err backup_mark_read(
	struct backup_mark *mark, const char *dir, struct backup_fault *out_fault);

/* "64 hexadecimal digits" of bytes, or of a file; false with errno. */
void backup_sha256(struct span bytes, char out[BACKUP_SHA256_HEX]);
bool backup_sha256_file(const char *path, char out[BACKUP_SHA256_HEX]) must_check;
