/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/outgoing_delivery.h"

#include <stdio.h>
#include <string.h>

#include "server/outgoing.h"
#include "server/server.h"

#define WRITE_AGAIN_MS 500 /* after the database did not take what came of it */
#define QUERY_BYTES_MAX 4096
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
	log_line(&delivery->server->log, level, event, "id=%s try=%d code=%d", id,
		(int)delivery->try_count, code);
}

static void give_up(struct outgoing_delivery *delivery, int code)
{
	delivery->step = OUTGOING_TO_WRITE;
	delivery->verdict = OUTGOING_GIVEN_UP;
	delivery->server->counters.outgoing_given_up++;
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
	struct server *server = delivery->server;
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
		is_settled ? 0 : delivery->server->now.mono_us + WRITE_AGAIN_MS * US_PER_MS;
}

static void write_verdict(struct outgoing_delivery *delivery)
{
	static const enum stmt stmts[] = {
		[OUTGOING_SENT] = STMT_outgoing_sent,
		[OUTGOING_AGAIN] = STMT_outgoing_again,
		[OUTGOING_GIVEN_UP] = STMT_outgoing_given_up,
	};
	struct server *server = delivery->server;
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
	writers_submit(&server->writers, &delivery->errand);
}

/* ---- the program ---------------------------------------------------------------------------- */

/* The program of the setting. */
static void run_program(struct outgoing_delivery *delivery, struct str message)
{
	struct server *server = delivery->server;
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

	(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", server->outgoing.spool_fd);
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
	struct server *server = delivery->server;
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

/* ---- the whole ------------------------------------------------------------------------------ */

void outgoing_delivery_init(struct outgoing_delivery *delivery, struct server *server)
{
	*delivery = (struct outgoing_delivery){.server = server};
	delivery->errand.queries = &delivery->query;
	delivery->errand.query_count = 1;
	delivery->errand.done = on_written;
	arena_init(&delivery->arena, QUERY_BYTES_MAX);
}

void outgoing_delivery_fini(struct outgoing_delivery *delivery)
{
	query_fini(&delivery->query);
	arena_fini(&delivery->arena);
}

bool outgoing_delivery_is_free(const struct outgoing_delivery *delivery)
{
	return delivery->step == OUTGOING_FREE && !delivery->program.is_open;
}

void outgoing_delivery_take(
	struct outgoing_delivery *delivery, const struct query *claim, size_t row)
{
	delivery->community_id = row_uuid(claim, row, COLUMN_COMMUNITY);
	delivery->outgoing_id = row_uuid(claim, row, COLUMN_ID);
	delivery->made_us = row_time(claim, row, COLUMN_MADE);
	delivery->try_count = row_int4(claim, row, COLUMN_TRY);
	if (delivery->server->life == SERVER_SERVING) {
		deliver(delivery, claim, row);
	} else {
		try_again(delivery, 0);
	}
}

void outgoing_delivery_run(struct outgoing_delivery *delivery)
{
	struct server *server = delivery->server;

	if (delivery->step == OUTGOING_RUNNING && !delivery->program.has_ended &&
		!delivery->program.is_killed && server->now.mono_us >= delivery->deadline_mono_us) {
		outgoing_program_kill(&delivery->program);
	}
	if (delivery->step == OUTGOING_RUNNING && delivery->program.has_ended) {
		outgoing_program_close(&delivery->program);
		judge(delivery);
	}
	if (delivery->step == OUTGOING_TO_WRITE && writers_are_up(&server->writers) &&
		server->now.mono_us >= delivery->write_mono_us) {
		write_verdict(delivery);
	}
}

void outgoing_delivery_stop(struct outgoing_delivery *delivery)
{
	outgoing_program_kill(&delivery->program);
	outgoing_program_close(&delivery->program);
	delivery->step = OUTGOING_FREE;
}
