/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/outgoing_job.h"

#include <stdio.h>
#include <string.h>

#include "server/outgoing.h"
#include "server/server.h"

#define LOOK_S 2
#define COUNT_S 60
#define LATE_S 600         /* a message that waits for longer is counted as late */
#define LEASE_SLACK_S 30   /* from a program's deadline until another server may have its message */
#define WRITE_AGAIN_MS 500 /* after the database did not take what came of it */
#define LOOK_BYTES_MAX 4096 /* of parameters */
#define OPEN_BYTES_MAX (16 * OUTGOING_JSON_BYTES_MAX)
#define PATH_BYTES 4200
#define CODE_SEALED (-1) /* of a message that does not open: no program has seen it */

/* Columns of outgoing_claim. */
enum {
	COLUMN_COMMUNITY,
	COLUMN_ID,
	COLUMN_KIND,
	COLUMN_LANGUAGE,
	COLUMN_SEALED,
	COLUMN_MADE,
	COLUMN_TRY,
	COLUMN_RECEIPT_TEXT
};

/* ---- what came of it ------------------------------------------------------------------------ */

static void log_delivery(
	const struct outgoing_delivery *delivery, enum log_level level, const char *event, int code)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(delivery->outgoing_id, id);
	log_line(&delivery->job->server->log, level, event, "id=%s try=%d code=%d", id,
		(int)delivery->try_count, code);
}

static void give_up(struct outgoing_delivery *delivery, int code)
{
	delivery->step = OUTGOING_TO_WRITE;
	delivery->verdict = OUTGOING_GIVEN_UP;
	delivery->job->server->counters.outgoing_given_up++;
	log_delivery(delivery, LOG_ERROR, "outgoing.given_up", code);
}

static void try_again(struct outgoing_delivery *delivery, int64_t delay_us)
{
	delivery->step = OUTGOING_TO_WRITE;
	delivery->verdict = OUTGOING_AGAIN;
	delivery->delay_us = delay_us;
}

/* The program has ended. */
static void judge(struct outgoing_delivery *delivery)
{
	struct server *server = delivery->job->server;
	int code = delivery->program.code;

	if (code == 0) {
		delivery->step = OUTGOING_TO_WRITE;
		delivery->verdict = OUTGOING_SENT;
		server->counters.outgoing_sent++;
		log_delivery(delivery, LOG_DEBUG, "outgoing.sent", code);
		return;
	}
	server->counters.outgoing_failed++;
	log_delivery(delivery, LOG_WARN,
		delivery->program.is_killed ? "outgoing.killed" : "outgoing.failed", code);
	if (outgoing_is_too_old(server->now.utc_us - delivery->made_us)) {
		give_up(delivery, code);
	} else {
		try_again(delivery, outgoing_delay_us(delivery->try_count));
	}
}

static void on_written(struct errand *errand)
{
	struct outgoing_delivery *delivery = container_of(errand, struct outgoing_delivery, errand);
	bool is_settled = errand->outcome == ERRAND_DONE || errand->outcome == ERRAND_REFUSED;

	/* Refused is a bug that the lane has logged; the lease then brings the message back. */
	query_fini(&delivery->query);
	arena_fini(&delivery->arena);
	delivery->step = is_settled ? OUTGOING_FREE : OUTGOING_TO_WRITE;
	delivery->write_mono_us =
		is_settled ? 0 : delivery->job->server->now.mono_us + WRITE_AGAIN_MS * US_PER_MS;
}

static void write_verdict(struct outgoing_delivery *delivery)
{
	static const enum stmt stmts[] = {
		[OUTGOING_SENT] = STMT_outgoing_sent,
		[OUTGOING_AGAIN] = STMT_outgoing_again,
		[OUTGOING_GIVEN_UP] = STMT_outgoing_given_up,
	};
	struct server *server = delivery->job->server;
	struct query *query = &delivery->query;
	int64_t now_us = server->now.utc_us;

	query_init(query, stmts[delivery->verdict], &delivery->arena);
	query_uuid(query, delivery->community_id);
	query_uuid(query, delivery->outgoing_id);
	if (delivery->verdict == OUTGOING_AGAIN) {
		query_time(query, now_us + delivery->delay_us);
		query_int4(query, delivery->try_count);
	} else {
		query_time(query, now_us);
	}
	delivery->errand.key = (struct errand_key){delivery->community_id, delivery->outgoing_id};
	delivery->errand.expires_mono_us = server->now.mono_us + 10 * US_PER_S;
	delivery->step = OUTGOING_WRITING;
	writer_submit(&server->writer, &delivery->errand);
}

/* ---- a delivery ----------------------------------------------------------------------------- */

/* The program of the setting. */
static void run_program(struct outgoing_delivery *delivery, struct str message)
{
	struct server *server = delivery->job->server;
	bool is_spool = strcmp(server->config->outgoing, "spool") == 0;
	char file[64];
	char dir[PATH_BYTES];
	const char *spool_argv[] = {"guanjia-spool", dir, NULL};
	const char *argv[] = {server->config->outgoing, NULL};
	struct outgoing_program_start start = {
		.file = is_spool ? file : server->config->outgoing,
		.argv = is_spool ? spool_argv : argv,
		.message = message,
	};

	(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", delivery->job->spool_fd);
	(void)snprintf(dir, sizeof(dir), "%s/outgoing", server->config->dir);
	delivery->deadline_mono_us = server->now.mono_us + server->config->outgoing_ms * US_PER_MS;
	delivery->step = OUTGOING_RUNNING;
	outgoing_program_start(&delivery->program, &server->loop, &start);
}

/* The receipt that the message brings stands above its own words. */
static void put_receipt(
	struct arena *arena, const struct query *claim, size_t row, struct outgoing_message *message)
{
	struct str receipt = row_text(claim, row, COLUMN_RECEIPT_TEXT);

	if (receipt.len > 0) {
		message->text = arena_printf(arena, "%.*s%.*s", STR_ARG(receipt), STR_ARG(message->text));
	}
}

/* Opens a claimed row's message and starts the program on it. */
static void deliver(struct outgoing_delivery *delivery, const struct query *claim, size_t row)
{
	struct server *server = delivery->job->server;
	struct outgoing_message message = {
		.kind = row_int2(claim, row, COLUMN_KIND),
		.language = row_int2(claim, row, COLUMN_LANGUAGE),
	};
	struct str json = {NULL, 0};
	struct arena arena;

	arena_init(&arena, OPEN_BYTES_MAX);
	arena.is_secret = true;
	if (outgoing_open(&arena, &server->seal, delivery->community_id, delivery->outgoing_id,
			row_bytes(claim, row, COLUMN_SEALED), &message)) {
		put_receipt(&arena, claim, row, &message);
		json = outgoing_json(
			&arena, delivery->community_id, delivery->outgoing_id, delivery->made_us, &message);
	}
	if (json.len > 0) {
		run_program(delivery, json);
	} else if (arena.failed) {
		try_again(delivery, outgoing_delay_us(delivery->try_count));
	} else {
		give_up(delivery, CODE_SEALED);
	}
	arena_fini(&arena);
}

static bool is_free(const struct outgoing_delivery *delivery)
{
	return delivery->step == OUTGOING_FREE && !delivery->program.is_open;
}

static void run_delivery(struct outgoing_delivery *delivery)
{
	struct server *server = delivery->job->server;

	if (delivery->step == OUTGOING_RUNNING && !delivery->program.has_ended &&
		!delivery->program.is_killed && server->now.mono_us >= delivery->deadline_mono_us) {
		outgoing_program_kill(&delivery->program);
	}
	if (delivery->step == OUTGOING_RUNNING && delivery->program.has_ended) {
		outgoing_program_close(&delivery->program);
		judge(delivery);
	}
	if (delivery->step == OUTGOING_TO_WRITE && writer_is_up(&server->writer) &&
		server->now.mono_us >= delivery->write_mono_us) {
		write_verdict(delivery);
	}
}

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
		if (is_free(&job->deliveries[i])) {
			return &job->deliveries[i];
		}
	}
	return NULL;
}

static int count_free(const struct outgoing_job *job)
{
	int count = 0;

	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		count += is_free(&job->deliveries[i]) ? 1 : 0;
	}
	return count;
}

/* Told to stop between claim and start: somebody else's at once. */
static void take_row(struct outgoing_job *job, size_t row)
{
	const struct query *claim = &job->claim.query;
	struct outgoing_delivery *delivery = find_free(job);

	assert(delivery != NULL); /* no more were asked for than are free */
	delivery->community_id = row_uuid(claim, row, COLUMN_COMMUNITY);
	delivery->outgoing_id = row_uuid(claim, row, COLUMN_ID);
	delivery->made_us = row_time(claim, row, COLUMN_MADE);
	delivery->try_count = row_int4(claim, row, COLUMN_TRY);
	if (job->server->life == SERVER_SERVING) {
		deliver(delivery, claim, row);
	} else {
		try_again(delivery, 0);
	}
}

static void take_claim(struct outgoing_job *job)
{
	size_t count = job->claim.errand.outcome == ERRAND_DONE ? query_rows(&job->claim.query) : 0;

	job->claim.is_answered = false;
	for (size_t row = 0; row < count; row++) {
		take_row(job, row);
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
	writer_submit(&server->writer, &job->claim.errand);
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
		!is_behind(job) && writer_is_up(&server->writer) && has_program(job)) {
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
		struct outgoing_delivery *delivery = &job->deliveries[i];

		delivery->job = job;
		delivery->errand.queries = &delivery->query;
		delivery->errand.query_count = 1;
		delivery->errand.done = on_written;
		arena_init(&delivery->arena, LOOK_BYTES_MAX);
	}
}

void outgoing_job_fini(struct outgoing_job *job)
{
	query_fini(&job->claim.query);
	query_fini(&job->count.query);
	arena_fini(&job->claim.arena);
	arena_fini(&job->count.arena);
	for (size_t i = 0; i < COUNT(job->deliveries); i++) {
		query_fini(&job->deliveries[i].query);
		arena_fini(&job->deliveries[i].arena);
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
		run_delivery(&job->deliveries[i]);
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
		outgoing_program_kill(&job->deliveries[i].program);
		outgoing_program_close(&job->deliveries[i].program);
		job->deliveries[i].step = OUTGOING_FREE;
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
