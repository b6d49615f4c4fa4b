/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/outgoing_job.h"

#include <string.h>

#include "server/server.h"

#define LOOK_S 2
#define COUNT_S 60
#define LATE_S 600       /* a message that waits for longer is counted as late */
#define LEASE_SLACK_S 30 /* from a program's deadline until another server may have its message */
#define LOOK_BYTES_MAX 4096 /* of parameters */

/* ---- looking -------------------------------------------------------------------------------- */

static void on_looked(struct errand *errand)
{
	struct outgoing_look *look = container_of(errand, struct outgoing_look, errand);

	look->is_waiting = false;
	look->is_answered = true;
}

static void look_init(struct outgoing_look *look)
{
	look->errand.queries = &look->query;
	look->errand.query_count = 1;
	look->errand.done = on_looked;
	arena_init(&look->arena, LOOK_BYTES_MAX);
}

static struct query *look_begin(struct outgoing_look *look, enum stmt stmt)
{
	arena_fini(&look->arena);
	query_init(&look->query, stmt, &look->arena);
	look->is_waiting = true;
	return &look->query;
}

static struct outgoing_delivery *find_free(struct outgoing_job *job)
{
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		if (outgoing_delivery_is_free(&job->deliveries[i])) {
			return &job->deliveries[i];
		}
	}
	return NULL;
}

static int count_free(const struct outgoing_job *job)
{
	int count = 0;

	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		count += outgoing_delivery_is_free(&job->deliveries[i]) ? 1 : 0;
	}
	return count;
}

static void take_claim(struct outgoing_job *job)
{
	size_t count = job->claim.errand.outcome == ERRAND_DONE ? query_rows(&job->claim.query) : 0;

	job->claim.is_answered = false;
	for (size_t row = 0; row < count; row++) {
		struct outgoing_delivery *delivery = find_free(job);

		assert(delivery != NULL); /* no more were asked for than are free */
		outgoing_delivery_take(delivery, &job->claim.query, row);
	}
	if (count == (size_t)job->claimed_max) {
		job->is_nudged = true; /* there may be more */
	}
	query_fini(&job->claim.query);
}

/* Is there a program? `none` says that there is to be none: messages wait. */
static bool has_program(struct outgoing_job *job)
{
	const char *outgoing = job->server->config->outgoing;

	if (strcmp(outgoing, "spool") == 0 && job->spool_fd < 0) {
		if (!job->is_missing) {
			log_line(&job->server->log, LOG_ERROR, "outgoing.spool", "err=CONFIG");
		}
		job->is_missing = true;
		return false;
	}
	return strcmp(outgoing, "none") != 0;
}

/* Last in its batch: what came of the messages before is written first, or they might be claimed anew. */
static void claim(struct outgoing_job *job, int max)
{
	struct server *server = job->server;
	struct query *query = look_begin(&job->claim, STMT_outgoing_claim);
	int64_t lease_us = server->config->outgoing_ms * US_PER_MS + LEASE_SLACK_S * US_PER_S;

	query_time(query, server->now.utc_us);
	query_time(query, server->now.utc_us + lease_us);
	query_int4(query, max);
	job->is_nudged = false;
	job->claimed_max = max;
	job->claim.due_mono_us = server->now.mono_us + LOOK_S * US_PER_S;
	job->claim.errand.expires_mono_us = server->now.mono_us + LOOK_S * US_PER_S;
	memset(&job->claim.errand.key, 0xFF, sizeof(job->claim.errand.key));
	writers_submit(&server->writers, &job->claim.errand);
}

/* The database has not taken what came of a message: its lease may be over when it does. */
static bool is_behind(const struct outgoing_job *job)
{
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		if (job->deliveries[i].step == OUTGOING_TO_WRITE) {
			return true;
		}
	}
	return false;
}

static void claim_if_due(struct outgoing_job *job)
{
	struct server *server = job->server;
	int free_count = count_free(job);
	bool is_due = job->is_nudged || server->now.mono_us >= job->claim.due_mono_us;

	if (server->life == SERVER_SERVING && is_due && free_count > 0 && !job->claim.is_waiting &&
		!is_behind(job) && writers_are_up(&server->writers) && has_program(job)) {
		claim(job, free_count);
	}
}

/* Once a minute, for the counters: how many wait, how many for too long. */
static void count_waiting(struct outgoing_job *job)
{
	struct outgoing_look *look = &job->count;
	struct server *server = job->server;
	struct query *query;

	if (look->is_answered) {
		look->is_answered = false;
		if (look->errand.outcome == ERRAND_DONE) {
			server->counters.outgoing_waiting = (uint64_t)row_int8(&look->query, 0, 0);
			server->counters.outgoing_late = (uint64_t)row_int8(&look->query, 0, 1);
		}
		query_fini(&look->query);
	}
	if (server->life != SERVER_SERVING || look->is_waiting ||
		server->now.mono_us < look->due_mono_us || !reader_is_up(&server->reader)) {
		return;
	}
	query = look_begin(look, STMT_outgoing_waiting);
	query_time(query, server->now.utc_us - LATE_S * US_PER_S);
	look->due_mono_us = server->now.mono_us + COUNT_S * US_PER_S;
	look->errand.expires_mono_us = server->now.mono_us + LOOK_S * US_PER_S;
	reader_submit(&server->reader, &look->errand);
}

/* ---- the whole ------------------------------------------------------------------------------ */

void outgoing_job_init(struct outgoing_job *job, struct server *server)
{
	*job = (struct outgoing_job){.server = server, .spool_fd = -1};
	look_init(&job->claim);
	look_init(&job->count);
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		outgoing_delivery_init(&job->deliveries[i], server);
	}
}

void outgoing_job_fini(struct outgoing_job *job)
{
	query_fini(&job->claim.query);
	query_fini(&job->count.query);
	arena_fini(&job->claim.arena);
	arena_fini(&job->count.arena);
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		outgoing_delivery_fini(&job->deliveries[i]);
	}
}

void outgoing_nudge(struct server *server)
{
	server->outgoing.is_nudged = true;
}

void outgoing_job_run(struct outgoing_job *job)
{
	if (job->claim.is_answered) {
		take_claim(job);
	}
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		outgoing_delivery_run(&job->deliveries[i]);
	}
	claim_if_due(job);
	count_waiting(job);
}

bool outgoing_job_is_idle(const struct outgoing_job *job)
{
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		if (job->deliveries[i].step != OUTGOING_FREE) {
			return false;
		}
	}
	return !job->claim.is_waiting && !job->claim.is_answered;
}

void outgoing_job_stop(struct outgoing_job *job)
{
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		outgoing_delivery_stop(&job->deliveries[i]);
	}
}

bool outgoing_job_is_closed(const struct outgoing_job *job)
{
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		if (job->deliveries[i].program.is_open) {
			return false;
		}
	}
	return true;
}
