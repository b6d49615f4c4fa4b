/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/standby_job.h"

#include "server/server.h"

#define EVERY_MS 2000
#define JOB_BYTES_MAX 4096

enum { QUERY_HEALTH, QUERY_WAITS };

static const char *const names[] = {
	[STANDBY_UNKNOWN] = "unknown",
	[STANDBY_NOT_WANTED] = "not_wanted",
	[STANDBY_PRESENT] = "present",
	[STANDBY_MISSING] = "missing",
	[STANDBY_HIDDEN] = "hidden",
};

static void on_done(struct errand *errand)
{
	struct standby_job *job = container_of(errand, struct standby_job, errand);

	job->is_asking = false;
	job->is_answered = true;
}

void standby_job_init(struct standby_job *job, struct server *server)
{
	*job = (struct standby_job){.server = server};
	job->errand.queries = job->queries;
	job->errand.query_count = COUNT(job->queries);
	job->errand.done = on_done;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

static void clear(struct standby_job *job)
{
	for (size_t i = 0; i < COUNT(job->queries); i++) {
		query_fini(&job->queries[i]);
	}
	arena_fini(&job->arena);
}

void standby_job_fini(struct standby_job *job)
{
	clear(job);
}

static enum standby standby_of(const struct query *health)
{
	int32_t wanted = row_int4(health, 0, 0);

	if (wanted == 0) {
		return STANDBY_NOT_WANTED;
	}
	if (!row_bool(health, 0, 2)) {
		return STANDBY_HIDDEN;
	}
	return row_int4(health, 0, 1) >= wanted ? STANDBY_PRESENT : STANDBY_MISSING;
}

/* A database that does not answer has said nothing of its standby: what it was is not logged as changed. */
static void set(struct standby_job *job, enum standby standby)
{
	enum log_level level =
		standby == STANDBY_MISSING || standby == STANDBY_HIDDEN ? LOG_WARN : LOG_INFO;

	if (standby != job->standby && standby != STANDBY_UNKNOWN) {
		log_line(&job->server->log, level, "db.standby", "is=%s was=%s", names[standby],
			names[job->standby]);
	}
	job->standby = standby;
}

static void hold_writers(struct standby_job *job)
{
	struct writers *writers = &job->server->writers;
	const struct query *waits = &job->queries[QUERY_WAITS];

	for (size_t i = 0; i < writers->count; i++) {
		for (size_t row = 0; row < query_rows(waits); row++) {
			writer_hold(&writers->each[i], row_int4(waits, row, 0), job->server->now.mono_us);
		}
	}
	for (size_t row = 0; row < query_rows(waits); row++) {
		file_lane_await(&job->server->files, row_int4(waits, row, 0), job->server->now.mono_us);
	}
}

static void take_answer(struct standby_job *job)
{
	job->is_answered = false;
	if (job->errand.outcome == ERRAND_DONE) {
		set(job, standby_of(&job->queries[QUERY_HEALTH]));
		hold_writers(job);
	} else {
		set(job, STANDBY_UNKNOWN);
	}
	clear(job);
}

static void ask(struct standby_job *job)
{
	struct server *server = job->server;
	int64_t backends[WRITERS_MAX + FILE_LANE_COUNT];
	size_t count = server->writers.count;

	for (size_t i = 0; i < server->writers.count; i++) {
		backends[i] = writer_backend(&server->writers.each[i]);
	}
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		backends[count++] = file_lane_backend(&server->files, i);
	}
	query_init(&job->queries[QUERY_HEALTH], STMT_standby_health, &job->arena);
	query_init(&job->queries[QUERY_WAITS], STMT_standby_waits, &job->arena);
	query_int8s(&job->queries[QUERY_WAITS], backends, count);
	job->is_asking = true;
	job->due_mono_us = server->now.mono_us + EVERY_MS * US_PER_MS;
	job->errand.expires_mono_us = job->due_mono_us;
	reader_submit(&server->reader, &job->errand);
}

void standby_job_run(struct standby_job *job)
{
	if (job->is_answered) {
		take_answer(job);
	}
	if (!job->is_asking && job->server->life != SERVER_ENDING &&
		job->server->now.mono_us >= job->due_mono_us) {
		ask(job);
	}
}
