/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/backup_job.h"

#include "server/server.h"

#define EVERY_MS 5000
#define JOB_BYTES_MAX 4096

static void on_done(struct errand *errand)
{
	struct backup_job *job = container_of(errand, struct backup_job, errand);

	job->is_asking = false;
	job->is_answered = true;
}

void backup_job_init(struct backup_job *job, struct server *server)
{
	*job = (struct backup_job){.server = server};
	job->errand.queries = &job->query;
	job->errand.query_count = 1;
	job->errand.done = on_done;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

static void clear(struct backup_job *job)
{
	query_fini(&job->query);
	arena_fini(&job->arena);
}

void backup_job_fini(struct backup_job *job)
{
	clear(job);
}

/* A database that does not answer has said nothing: what was known stays. */
static void take_answer(struct backup_job *job)
{
	job->is_answered = false;
	if (job->errand.outcome == ERRAND_DONE && query_rows(&job->query) > 0) {
		job->taken_us = row_time(&job->query, 0, 0);
	}
	clear(job);
}

static void ask(struct backup_job *job)
{
	struct server *server = job->server;

	query_init(&job->query, STMT_backup_last, &job->arena);
	job->is_asking = true;
	job->due_mono_us = server->now.mono_us + EVERY_MS * US_PER_MS;
	job->errand.expires_mono_us = job->due_mono_us;
	reader_submit(&server->reader, &job->errand);
}

void backup_job_run(struct backup_job *job)
{
	if (job->is_answered) {
		take_answer(job);
	}
	if (!job->is_asking && job->server->life != SERVER_ENDING &&
		job->server->now.mono_us >= job->due_mono_us) {
		ask(job);
	}
}
