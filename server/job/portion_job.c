/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/portion_job.h"

#include <string.h>

#include "server/server.h"

#define EXPIRES_S 10
#define LOOK_BYTES_MAX 4096
/* 32 messages of the longest answer, each of which stands there about seven times on its way. */
#define WRITE_BYTES_MAX ((size_t)8 * 1024 * 1024)

static void on_done(struct errand *errand)
{
	struct portion_job *job = container_of(errand, struct portion_job, errand);

	assert(job->step == PORTION_LOOKING || job->step == PORTION_WRITING);
	job->step = job->step == PORTION_LOOKING ? PORTION_LOOKED : PORTION_WRITTEN;
}

void portion_job_init(
	struct portion_job *job, struct server *server, const struct portion_kind *kind)
{
	*job = (struct portion_job){.server = server, .kind = kind};
	job->errand.query_count = 1;
	job->errand.done = on_done;
	arena_init(&job->look_arena, LOOK_BYTES_MAX);
	arena_init(&job->write_arena, WRITE_BYTES_MAX);
	job->write_arena.is_secret = true; /* telephones, and words to people */
}

static void clear(struct portion_job *job)
{
	query_fini(&job->look);
	query_fini(&job->write);
	arena_fini(&job->look_arena);
	arena_fini(&job->write_arena);
	job->write_arena.is_secret = true;
}

void portion_job_fini(struct portion_job *job)
{
	clear(job);
}

static void rest(struct portion_job *job, bool is_more)
{
	clear(job);
	job->step = PORTION_REST;
	job->due_mono_us = job->server->now.mono_us + (is_more ? 0 : job->kind->every_ms * US_PER_MS);
}

static void look_for_due(struct portion_job *job)
{
	struct server *server = job->server;

	query_init(&job->look, job->kind->look, &job->look_arena);
	query_time(&job->look, server->now.utc_us);
	query_int4(&job->look, PORTION_ROWS_MAX);
	job->errand.queries = &job->look;
	job->errand.expires_mono_us = server->now.mono_us + EXPIRES_S * US_PER_S;
	job->step = PORTION_LOOKING;
	reader_submit(&server->reader, &job->errand);
}

/* Last in its batch: people's commands go first. */
static void write_portion(struct portion_job *job)
{
	struct server *server = job->server;

	query_init(&job->write, job->kind->write, &job->write_arena);
	query_time(&job->write, server->now.utc_us);
	job->told_count = job->kind->decide(job, &job->look, &job->write);
	assert(query_is_full(&job->write));
	job->is_full = query_rows(&job->look) == PORTION_ROWS_MAX;
	job->errand.queries = &job->write;
	job->errand.expires_mono_us = server->now.mono_us + EXPIRES_S * US_PER_S;
	memset(&job->errand.key, 0xFF, sizeof job->errand.key);
	job->step = PORTION_WRITING;
	writers_submit(&server->writers, &job->errand);
}

static void take_look(struct portion_job *job)
{
	bool is_good = job->errand.outcome == ERRAND_DONE && job->server->life == SERVER_SERVING;

	if (!is_good || query_rows(&job->look) == 0) {
		rest(job, false);
		return;
	}
	write_portion(job);
}

/* Where nothing was let through somebody else is at it: then there is no hurry. */
static void take_written(struct portion_job *job)
{
	bool is_done = job->errand.outcome == ERRAND_DONE && query_rows(&job->write) == 1 &&
	               row_int4(&job->write, 0, 0) > 0;

	if (is_done && job->told_count > 0) {
		log_line(&job->server->log, LOG_INFO, job->kind->event, "count=%zu", job->told_count);
		outgoing_nudge(job->server);
	}
	rest(job, is_done && job->is_full);
}

void portion_job_run(struct portion_job *job)
{
	struct server *server = job->server;

	if (job->step == PORTION_LOOKED) {
		take_look(job);
	}
	if (job->step == PORTION_WRITTEN) {
		take_written(job);
	}
	if (job->step == PORTION_REST && server->life == SERVER_SERVING &&
		server->now.mono_us >= job->due_mono_us && reader_is_up(&server->reader) &&
		writers_are_up(&server->writers)) {
		look_for_due(job);
	}
}
