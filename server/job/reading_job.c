/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/reading_job.h"

#include "server/domain/reading.h"
#include "server/server.h"

#define EXPIRES_MS 10000
#define JOB_BYTES_MAX 16384
#define BUDGETS_MAX 128

static void on_done(struct errand *errand)
{
	struct reading_job *job = container_of(errand, struct reading_job, errand);

	job->is_asking = false;
	job->is_answered = true;
}

void reading_job_init(struct reading_job *job, struct server *server)
{
	*job = (struct reading_job){.server = server};
	job->errand.queries = &job->query;
	job->errand.query_count = 1;
	job->errand.done = on_done;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

static void clear(struct reading_job *job)
{
	query_fini(&job->query);
	arena_fini(&job->arena);
}

void reading_job_fini(struct reading_job *job)
{
	clear(job);
}

void reading_job_add_kinds(struct query *query, bool only_exports)
{
	int columns[5][READING_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading_row *row = &reading_rows[i];

		if (only_exports && !row->is_export) {
			continue;
		}
		columns[0][count] = (int)row->kind;
		columns[1][count] = row->topic;
		columns[2][count] = row->first_step;
		columns[3][count] = row->last_step;
		columns[4][count] = row->counts_rows ? 1 : 0;
		count++;
	}
	for (size_t i = 0; i < COUNT(columns); i++) {
		query_int2s(query, columns[i], count);
	}
}

static void add_budgets(struct query *query)
{
	int roles[BUDGETS_MAX];
	int kinds[BUDGETS_MAX];
	int64_t budgets[BUDGETS_MAX];

	assert(reading_budget_count <= BUDGETS_MAX);
	for (size_t i = 0; i < reading_budget_count; i++) {
		roles[i] = reading_budgets[i].role;
		kinds[i] = (int)reading_budgets[i].kind;
		budgets[i] = reading_budgets[i].a_day;
	}
	query_int2s(query, roles, reading_budget_count);
	query_int2s(query, kinds, reading_budget_count);
	query_int8s(query, budgets, reading_budget_count);
}

static void ask(struct reading_job *job)
{
	struct server *server = job->server;

	query_init(&job->query, STMT_reading_watch, &job->arena);
	query_time(&job->query, server->now.utc_us);
	reading_job_add_kinds(&job->query, false);
	add_budgets(&job->query);
	job->is_asking = true;
	job->due_mono_us = server->now.mono_us + server->config->reading_ms * US_PER_MS;
	job->errand.expires_mono_us = server->now.mono_us + EXPIRES_MS * US_PER_MS;
	file_lane_submit(&server->files, &job->errand);
}

static void take_answer(struct reading_job *job)
{
	struct server *server = job->server;
	int64_t fresh;

	job->is_answered = false;
	if (job->errand.outcome == ERRAND_DONE && query_rows(&job->query) == 1) {
		fresh = row_int8(&job->query, 0, 1);
		server->counters.reading_alarms = (uint64_t)row_int8(&job->query, 0, 0);
		if (fresh > 0) {
			log_line(&server->log, LOG_WARN, "reading.alarm", "count=%lld", (long long)fresh);
		}
	}
	clear(job);
}

void reading_job_run(struct reading_job *job)
{
	const struct server *server = job->server;

	if (job->is_answered) {
		take_answer(job);
	}
	if (!job->is_asking && server->life == SERVER_SERVING &&
		server->now.mono_us >= job->due_mono_us && server->standby.standby != STANDBY_UNKNOWN &&
		server->standby.standby != STANDBY_MISSING && file_lane_is_up(&server->files)) {
		ask(job);
	}
}
