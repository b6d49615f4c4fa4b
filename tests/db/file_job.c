/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/file_job.h"

#include <stdlib.h>

#define TRACE 9000
#define END_KEY 1000 /* a file's end has another key than its beginning, whose id that is */

static const uint8_t some_hash[32] = {0xF1};

static struct span hash_of_all(void)
{
	return span_of(some_hash, sizeof some_hash);
}

static struct uuid record(uint32_t n)
{
	return town_id(TOWN_RECORD, n);
}

static void add_command(struct query *query, uint32_t file, uint32_t key)
{
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, record(file));
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_uuid(query, record(key));
	query_bytes(query, hash_of_all());
	query_bytes(query, span_of("", 0));
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil); /* by no grant */
}

void file_job_begin(struct job *job, uint32_t file, bool has_complaint, enum file_purpose purpose)
{
	const struct file_purpose_row *row = file_purpose_row((int)purpose);
	struct query *query;

	job_init(job);
	query = job_query(job, STMT_file_begin);
	add_command(query, file, file);
	query_uuid_or_null(query, has_complaint ? record(1) : uuid_nil);
	query_uuid(query, has_complaint ? record(1) : town_id(TOWN_ACCOUNT, 1));
	query_int2(query, row->slot_first);
	query_int2(query, row->slot_last);
	query_int2(query, (int)purpose);
	query_int4(query, 2 * FILE_CHUNK_BYTES + 1);
	query_bytes(query, hash_of_all());
	query_time(query, TOWN_NOW + FILE_LOOSE_HOURS * FILE_JOB_HOUR);
	query_trace_if_last(query, record(TRACE));
}

void file_job_put(
	struct job *job, uint32_t file, uint32_t account, uint32_t offset, struct span content)
{
	struct query *query;

	job_init(job);
	query = job_query(job, STMT_file_chunk_put);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, record(file));
	query_uuid(query, town_id(TOWN_ACCOUNT, account));
	query_int4(query, (int32_t)offset);
	query_int2(query, (int)(offset / FILE_CHUNK_BYTES));
	query_bytes(query, content);
}

size_t file_job_rows(struct lanes *lanes, struct job *job)
{
	size_t rows;

	lanes_settle(lanes, job, 1);
	assert(job->errand.outcome == ERRAND_DONE);
	rows = query_rows(&job->queries[0]);
	job_fini(job);
	return rows;
}

size_t file_begin(struct lanes *lanes, uint32_t file, bool has_complaint, enum file_purpose purpose)
{
	struct job job;

	file_job_begin(&job, file, has_complaint, purpose);
	job_write(lanes, 0, &job);
	return file_job_rows(lanes, &job);
}

size_t file_put(struct lanes *lanes, uint32_t file, uint32_t account, uint32_t offset, size_t len)
{
	uint8_t *content = malloc(len);
	struct job job;
	size_t rows;

	assert(content != NULL);
	memset(content, (int)(offset / FILE_CHUNK_BYTES) + 1, len);
	file_job_put(&job, file, account, offset, span_of(content, len));
	job_file(lanes, &job);
	rows = file_job_rows(lanes, &job);
	free(content);
	return rows;
}

void file_put_all(struct lanes *lanes, uint32_t file)
{
	for (uint32_t i = 0; i < 3; i++) {
		size_t rows = file_put(lanes, file, 1, i * FILE_CHUNK_BYTES, i == 2 ? 1 : FILE_CHUNK_BYTES);

		assert(rows == 1);
	}
}

size_t file_store(struct lanes *lanes, uint32_t file, uint32_t part)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_file_chunk_store);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, record(file));
	query_uuid(query, record(part));
	query_int2(query, 0);
	query_bytes(query, span_of("PNG", 3));
	job_file(lanes, &job);
	return file_job_rows(lanes, &job);
}

size_t file_end(struct lanes *lanes, uint32_t file, uint32_t part)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_file_end);
	add_command(query, file, file + END_KEY);
	query_uuid(query, record(part));
	query_int2(query, FILE_TYPE_PNG);
	query_int4(query, 3);
	query_bytes(query, hash_of_all());
	query_int4(query, 20);
	query_int4(query, 10);
	query_trace_if_last(query, record(TRACE));
	job_file(lanes, &job);
	return file_job_rows(lanes, &job);
}

size_t file_refuse(struct lanes *lanes, uint32_t file, enum file_fault fault)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_file_refuse);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, record(file));
	query_uuid(query, town_id(TOWN_ACCOUNT, 1));
	query_int2(query, (int)fault);
	query_time(query, TOWN_NOW);
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
	query_trace_if_last(query, record(TRACE));
	job_file(lanes, &job);
	return file_job_rows(lanes, &job);
}

size_t file_read(struct lanes *lanes, uint32_t file, uint32_t account, int chunk_no, int64_t now_us)
{
	struct query *query;
	struct job job;

	job_init(&job);
	query = job_query(&job, STMT_file_read);
	query_uuid(query, town_id(TOWN_COMMUNITY, 1));
	query_uuid(query, record(file));
	query_int2(query, chunk_no);
	query_uuid(query, town_id(TOWN_ACCOUNT, account));
	query_uuid(query, town_id(TOWN_DEVICE, 1));
	query_uuid(query, uuid_nil);
	query_time(query, now_us);
	query_trace_if_last(query, record(TRACE));
	job_file(lanes, &job);
	return file_job_rows(lanes, &job);
}

int file_purge(struct lanes *lanes, int64_t now_us)
{
	struct job job;
	int count;

	job_init(&job);
	query_time(job_query(&job, STMT_file_purge), now_us);
	job_file(lanes, &job);
	lanes_settle(lanes, &job, 1);
	assert(job.errand.outcome == ERRAND_DONE);
	count = row_int4(&job.queries[0], 0, 0);
	job_fini(&job);
	return count;
}
