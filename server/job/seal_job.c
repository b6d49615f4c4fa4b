/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/seal_job.h"

#include "server/db/record_row.h"
#include "server/job/seal_trust.h"
#include "server/server.h"

#define EXPIRES_MS 10000
#define APART_MS 20        /* between two portions: requests go first */
#define FETCH_ENTRIES 3000 /* of seals that are copied at a time */
#define COPY_BEHIND 16 /* seals: while a long past is sealed the file follows at this distance */
#define JOB_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* Of seal_end, behind what seal_end_read takes. */
enum { END_NUMBER, END_ERA_NOW = 15, END_XMIN, END_FORM, END_COPIED_HASH };

static void on_done(struct errand *errand)
{
	container_of(errand, struct seal_job, errand)->is_answered = true;
}

void seal_job_init(struct seal_job *job, struct server *server)
{
	*job = (struct seal_job){.server = server};
	job->errand.queries = &job->query;
	job->errand.query_count = 1;
	job->errand.done = on_done;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

static void clear(struct seal_job *job)
{
	query_fini(&job->query);
	arena_fini(&job->arena);
	job->lines = (struct span){NULL, 0};
}

void seal_job_fini(struct seal_job *job)
{
	assert(job->phase != SEAL_COPYING);
	clear(job);
}

bool seal_job_is_closed(const struct seal_job *job)
{
	return job->phase != SEAL_COPYING;
}

int64_t seal_job_lag_us(const struct server *server)
{
	int64_t since_us = server->now.utc_us - server->started_us;
	int64_t sealed_us = server->seals.sealed_mono_us;

	return sealed_us == 0 ? since_us : server->now.mono_us - sealed_us;
}

static void rest(struct seal_job *job, int64_t ms)
{
	clear(job);
	job->phase = SEAL_IDLE;
	job->due_mono_us = job->server->now.mono_us + ms * US_PER_MS;
}

static void hand_over(struct seal_job *job, enum seal_phase phase)
{
	struct server *server = job->server;

	job->phase = phase;
	job->errand.expires_mono_us = server->now.mono_us + EXPIRES_MS * US_PER_MS;
	if (stmt_rows[job->query.stmt].lane == LANE_FILE) {
		file_lane_submit(&server->files, &job->errand);
	} else {
		reader_submit(&server->reader, &job->errand);
	}
}

/* --- how far it is --- */

static void look(struct seal_job *job)
{
	clear(job);
	query_init(&job->query, STMT_seal_end, &job->arena);
	query_int8(&job->query, job->file->number);
	hand_over(job, SEAL_LOOKING);
}

static void say_behind(struct seal_job *job, bool is_behind)
{
	if (is_behind && !job->is_behind) {
		log_line(&job->server->log, LOG_ERROR, "record.cut_off", "file=%lld table=%lld",
			(long long)job->file->number, (long long)job->last.number);
	}
	job->is_behind = is_behind;
	job->server->counters.record_behind = is_behind ? 1 : 0;
}

/* Once when it begins and once when it is over; the measurement says it all the while. */
static void say_forged(struct seal_job *job, int64_t number, enum record_fault fault)
{
	struct server *server = job->server;
	bool is_forged = fault != RECORD_WHOLE;

	if (is_forged && server->counters.record_forged == 0) {
		log_line(&server->log, LOG_ERROR, "record.forged", "seal=%lld finding=%s",
			(long long)number, record_fault_name(fault));
	} else if (!is_forged && server->counters.record_forged != 0) {
		log_line(&server->log, LOG_INFO, "record.trusted", "seal=%lld", (long long)number);
	}
	server->counters.record_forged = is_forged ? 1 : 0;
}

static void fetch(struct seal_job *job)
{
	clear(job);
	query_init(&job->query, STMT_seal_read, &job->arena);
	query_int8(&job->query, job->file->number);
	query_int8(&job->query, FETCH_ENTRIES);
	hand_over(job, SEAL_FETCHING);
}

static void read_entries(struct seal_job *job, uint64_t horizon)
{
	clear(job);
	query_init(&job->query, STMT_seal_entries, &job->arena);
	query_int8(&job->query, job->place.era);
	query_xid(&job->query, job->place.xid);
	query_int8(&job->query, job->place.seq);
	query_xid(&job->query, horizon);
	query_int4(&job->query, RECORD_SEAL_ENTRIES_MAX);
	hand_over(job, SEAL_READING);
}

/* Where the table ends; not WHOLE: nothing is to be built on that. */
static enum record_fault take_end(struct seal_job *job)
{
	struct seal_end end;
	enum record_fault fault;

	job->last = (struct record_seal){.number = 0};
	job->place = (struct record_place){0, 0, 0};
	if (row_is_null(&job->query, 0, END_NUMBER)) {
		return RECORD_WHOLE;
	}
	seal_end_read(&job->query, &end);
	fault = seal_trust_end(&end, &job->key->trusted, &job->arena);
	job->last.number = end.seal.number;
	memcpy(job->last.hash, end.seal.hash, SHA256_BYTES);
	job->place = end.last;
	return fault;
}

static void take_look(struct seal_job *job)
{
	const struct query *query = &job->query;
	bool has_copied = job->file->number == 0;
	enum record_fault fault;

	/* Where a newer server seals, its form is not known here. */
	if (query_rows(query) != 1 || row_int2(query, 0, END_FORM) != RECORD_FORM) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	fault = take_end(job);
	if (job->arena.failed) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	has_copied = has_copied || span_equal(row_bytes(query, 0, END_COPIED_HASH),
								   span_of(job->file->hash, SHA256_BYTES));
	say_behind(job, !has_copied);
	if (fault != RECORD_WHOLE || !job->is_copy_forged) {
		say_forged(job, job->last.number, fault);
	}
	if (fault != RECORD_WHOLE) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	if (!job->is_behind && !job->is_copy_forged &&
		job->last.number - job->file->number >= COPY_BEHIND) {
		fetch(job);
		return;
	}
	read_entries(job, row_xid(query, 0, END_XMIN));
}

/* --- what comes next, and its seal --- */

/* Of one era: what comes behind is the next seal's. */
static uint32_t entries_of_one_era(const struct query *query)
{
	uint32_t count = 1;

	while (count < query_rows(query) &&
		   record_row_place(query, count).era == record_row_place(query, 0).era) {
		count++;
	}
	return count;
}

static bool fill_list(struct seal_job *job, uint32_t count, uint8_t *list)
{
	for (uint32_t i = 0; i < count; i++) {
		struct record_place place = record_row_place(&job->query, i);
		struct record_item item = {.xid = place.xid, .seq = place.seq};
		struct span entry = record_row(&job->arena, &job->query, i);

		if (entry.len == 0) {
			return false;
		}
		sha256(entry, item.hash);
		record_item_put(&item, list + (size_t)i * RECORD_ITEM_BYTES);
	}
	return true;
}

/* The seal of what was read; false where memory is out. */
static bool make_seal(struct seal_job *job, struct record_seal *out)
{
	uint32_t count = entries_of_one_era(&job->query);
	uint8_t *list = arena_alloc(&job->arena, (size_t)count * RECORD_ITEM_BYTES);

	*out = (struct record_seal){.number = job->last.number + 1,
		.form = RECORD_FORM,
		.era = record_row_place(&job->query, 0).era,
		.count = count,
		.sealed_us = job->server->now.utc_us,
		.list = span_of(list, (size_t)count * RECORD_ITEM_BYTES)};
	memcpy(out->previous, job->last.hash, SHA256_BYTES);
	return list != NULL && fill_list(job, count, list) &&
	       record_seal_sign(out, &job->arena, job->key->private_key, job->key->public_key);
}

static void add_seal(struct query *write, const struct record_seal *seal)
{
	struct record_place first = record_seal_first(seal);
	struct record_place last = record_seal_last(seal);

	query_int8(write, seal->number);
	query_int2(write, seal->form);
	query_int8(write, seal->era);
	query_xid(write, first.xid);
	query_int8(write, first.seq);
	query_xid(write, last.xid);
	query_int8(write, last.seq);
	query_int4(write, (int32_t)seal->count);
	query_time(write, seal->sealed_us);
	query_bytes(write, span_of(seal->key_id, RECORD_KEY_ID_BYTES));
	query_bytes(write, span_of(seal->previous, SHA256_BYTES));
	query_bytes(write, seal->list);
	query_bytes(write, span_of(seal->hash, SHA256_BYTES));
	query_bytes(write, span_of(seal->signature, RECORD_SIGNATURE_BYTES));
}

/* All there is, is sealed: then the file follows, where it is behind. */
static void take_nothing(struct seal_job *job)
{
	job->sealed_mono_us = job->server->now.mono_us;
	if (!job->is_behind && job->file->number < job->last.number) {
		fetch(job);
	} else {
		rest(job, job->server->config->seal_ms);
	}
}

static void take_entries(struct seal_job *job)
{
	struct record_seal seal;
	struct query write;

	if (query_rows(&job->query) == 0) {
		take_nothing(job);
		return;
	}
	if (!make_seal(job, &seal)) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	query_init(&write, STMT_seal_write, &job->arena);
	add_seal(&write, &seal);
	query_fini(&job->query);
	job->query = write;
	job->count = seal.count;
	hand_over(job, SEAL_WRITING);
}

/* Without a row another server was faster: what it left is found by the next look. */
static void take_written(struct seal_job *job)
{
	if (query_rows(&job->query) > 0) {
		job->server->counters.record_seals++;
		job->server->counters.record_sealed += job->count;
	}
	rest(job, APART_MS);
}

/* --- the file --- */

/* Each follows from the one before it: then the file ends with the last. False: the table was made anew. */
static bool add_lines(struct seal_job *job)
{
	size_t count = query_rows(&job->query);
	struct str *parts = arena_alloc(&job->arena, (2 * count + 1) * sizeof *parts);

	job->seals = arena_alloc(&job->arena, (count + 1) * sizeof *job->seals);
	job->seal_count = 0;
	if (parts == NULL || job->seals == NULL) {
		return true; /* nothing is copied, and nobody blamed */
	}
	job->copied = *job->file;
	parts[0] = job->file->is_torn ? STR("\n") : STR("");
	for (size_t row = 0; row < count; row++) {
		struct record_seal *seal = &job->seals[row];

		if (!record_row_seal(&job->query, row, seal) || seal->number != job->copied.number + 1 ||
			(job->copied.number > 0 &&
				memcmp(seal->previous, job->copied.hash, SHA256_BYTES) != 0)) {
			return false;
		}
		job->seal_count++;
		parts[2 * row + 1] = record_seal_line(seal, &job->arena);
		parts[2 * row + 2] = STR("\n");
		job->copied.number = seal->number;
		memcpy(job->copied.hash, seal->hash, SHA256_BYTES);
	}
	job->lines = span_from_str(arena_join(&job->arena, parts, 2 * count + 1));
	return true;
}

/* In a thread: two hundred signatures take a while, and so may a disk. Nothing goes into the file that is not ours. */
static void copy(uv_work_t *work)
{
	struct seal_job *job = container_of(work, struct seal_job, work);
	struct arena arena;

	arena_init(&arena, JOB_BYTES_MAX);
	for (size_t i = 0; i < job->seal_count && job->copy_fault == RECORD_WHOLE; i++) {
		job->copy_number = job->seals[i].number;
		job->copy_fault = seal_trust(&job->seals[i], &job->key->trusted, &arena);
	}
	if (arena.failed) {
		job->copy_fault = RECORD_WHOLE; /* nothing is known, and nobody blamed */
	} else {
		job->is_copied =
			job->copy_fault == RECORD_WHOLE && seal_file_append(job->copied.fd, job->lines);
	}
	arena_fini(&arena);
}

static void on_copied(uv_work_t *work, int status)
{
	struct seal_job *job = container_of(work, struct seal_job, work);

	job->is_copied = job->is_copied && status == 0;
	job->is_answered = true;
}

static void take_seals(struct seal_job *job)
{
	bool follows = add_lines(job);

	if (!follows) {
		say_behind(job, true);
	}
	job->is_copied = false;
	job->copy_fault = RECORD_WHOLE;
	if (!follows || query_rows(&job->query) == 0 || job->arena.failed ||
		uv_queue_work(&job->server->loop, &job->work, copy, on_copied) != 0) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	job->phase = SEAL_COPYING;
}

/* A disk that is full has perhaps a part of it: that is ended by a line feed, and all of it comes again. */
static void take_copied(struct seal_job *job)
{
	job->is_copy_forged = job->copy_fault != RECORD_WHOLE;
	if (job->is_copy_forged) {
		say_forged(job, job->copy_number, job->copy_fault);
		rest(job, job->server->config->seal_ms);
		return;
	}
	if (!job->is_copied) {
		log_line(&job->server->log, LOG_ERROR, "record.seal_file", "err=OUTPUT seal=%lld",
			(long long)job->file->number + 1);
		job->server->counters.record_copy_failures++;
		job->file->is_torn = true;
		rest(job, job->server->config->seal_ms);
		return;
	}
	job->file->number = job->copied.number;
	memcpy(job->file->hash, job->copied.hash, SHA256_BYTES);
	job->file->is_torn = false;
	rest(job, APART_MS);
}

static void take_answer(struct seal_job *job)
{
	job->is_answered = false;
	if (job->phase != SEAL_COPYING && job->errand.outcome != ERRAND_DONE) {
		rest(job, job->server->config->seal_ms);
		return;
	}
	switch (job->phase) {
	case SEAL_LOOKING:
		take_look(job);
		return;
	case SEAL_READING:
		take_entries(job);
		return;
	case SEAL_WRITING:
		take_written(job);
		return;
	case SEAL_FETCHING:
		take_seals(job);
		return;
	case SEAL_COPYING:
		take_copied(job);
		return;
	case SEAL_IDLE:
		break;
	}
	unreachable();
}

/* As for clocks (clock_job.c): not without a database, nor while commits wait for a standby that is missing. */
static bool can_look(const struct seal_job *job)
{
	const struct server *server = job->server;

	return job->key != NULL && job->phase == SEAL_IDLE && server->life == SERVER_SERVING &&
	       server->standby.standby != STANDBY_UNKNOWN &&
	       server->standby.standby != STANDBY_MISSING && file_lane_is_up(&server->files) &&
	       reader_is_up(&server->reader);
}

void seal_job_run(struct seal_job *job)
{
	if (job->is_answered) {
		take_answer(job);
	}
	if (can_look(job) && job->server->now.mono_us >= job->due_mono_us) {
		look(job);
	}
}

int64_t seal_job_due(const struct seal_job *job)
{
	if (job->is_answered) {
		return 0;
	}
	return can_look(job) ? job->due_mono_us : INT64_MAX;
}
