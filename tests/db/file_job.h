/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements about files as jobs of the real lanes: files of account 1 in community 1, of complaint 1 or of one to
 * come, each of two chunks and one byte. Each function runs its statement to the end and says how many rows it gave.
 */
#pragma once

#include "server/domain/file.h"
#include "tests/db/lanes.h"
#include "tests/db/town.h"

#define FILE_JOB_NO 700 /* records: the first file */
#define FILE_JOB_HOUR (INT64_C(3600) * US_PER_S)

/* For several at once: the job is begun, and not yet handed in. */
void file_job_begin(struct job *job, uint32_t file, bool has_complaint, enum file_purpose purpose);
/* `content` is borrowed until it is done. */
void file_job_put(
	struct job *job, uint32_t file, uint32_t account, uint32_t offset, struct span content);

/* Runs it; it must have been done. */
size_t file_job_rows(struct lanes *lanes, struct job *job);

size_t file_begin(
	struct lanes *lanes, uint32_t file, bool has_complaint, enum file_purpose purpose);
/* A chunk of so many bytes, each of them its number from 1. */
size_t file_put(struct lanes *lanes, uint32_t file, uint32_t account, uint32_t offset, size_t len);
void file_put_all(struct lanes *lanes, uint32_t file);
/* One short chunk of another part. */
size_t file_store(struct lanes *lanes, uint32_t file, uint32_t part);
/* That part is kept; its own number: what was sent. */
size_t file_end(struct lanes *lanes, uint32_t file, uint32_t part);
size_t file_refuse(struct lanes *lanes, uint32_t file, enum file_fault fault);
size_t file_read(
	struct lanes *lanes, uint32_t file, uint32_t account, int chunk_no, int64_t now_us);
/* How many it threw out. */
int file_purge(struct lanes *lanes, int64_t now_us);
