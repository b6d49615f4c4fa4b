/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FILE.part: what an export has brought so far. The pages as they came, each behind its length and digest, and each on
 * the disk before the next is asked for; so whatever cut it, what is whole in it counts, and the last page says where
 * it goes on. FILE itself is made of it when all of them are there.
 *
 *     "guanjia export 1\n"  record…      record: u32 length, 8 bytes of SHA-256, message
 *     the first one is an Export (which one, columns, format), all others ExportReadReply
 */
#pragma once

#include <limits.h>

#include "export.pb-c.h"

#include "common/arena.h"
#include "common/base.h"

struct export_part {
	char path[PATH_MAX];
	int fd; /* with is_open; nobody else has it meanwhile */
	bool is_open;
	struct arena arena; /* of head and cursor */
	Pb__Export *head;
	struct span cursor;  /* where it goes on; empty: from the beginning */
	uint32_t row_count;  /* that are there */
	bool is_whole;       /* the last page is there */
	int64_t first_bytes; /* where the pages begin … */
	int64_t end_bytes;   /* … and end */
	int64_t read_bytes;  /* where export_part_next stands */
};

/* All return an errno, 0 for success. Whatever was begun is ended by export_part_close. */

/* A new one, beside FILE; EEXIST where one was cut. */
int export_part_create(
	struct export_part *part, const char *file, const Pb__Export *head) must_check;

/* One that was cut; what is torn at its end is taken off. EBADMSG: it is none; EWOULDBLOCK: it is being written. */
int export_part_open(struct export_part *part, const char *file) must_check;

/* One more page, down to the disk. */
int export_part_add(struct export_part *part, const Pb__ExportReadReply *page) must_check;

/* The pages once more, from the first; *out is NULL behind the last. In the arena. */
void export_part_rewind(struct export_part *part);
int export_part_next(
	struct export_part *part, struct arena *arena, Pb__ExportReadReply **out) must_check;

/* FILE is there: it is not needed any more. */
int export_part_remove(struct export_part *part) must_check;
void export_part_close(struct export_part *part);
