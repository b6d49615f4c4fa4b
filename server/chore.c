/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chore.h"

#include <stdlib.h>

#include "server/domain/complaint_record.h"
#include "server/domain/joining.h"
#include "server/principal.h"
#include "server/server.h"

#define CHORE_BYTES_MAX 4096
#define EXPIRES_S 10
#define MINUTE_US (60 * US_PER_S)
#define DAY_US (24 * 60 * MINUTE_US)
#define APPLIED_DAYS 400 /* after that ids and versions still protect; architecture §7 */
#define SESSION_DAYS 30  /* the record of who logged in when stands in the events */
#define OUTGOING_DAYS 30 /* one-time codes, and what is left of messages that carried them */
#define HOUR_EVERY 60    /* of the minutes: what looks at many rows */

struct chore {
	struct errand errand;
	struct query query;
	struct arena arena;
};

static void on_done(struct errand *errand)
{
	struct chore *chore = container_of(errand, struct chore, errand);

	query_fini(&chore->query);
	arena_fini(&chore->arena);
	free(chore);
}

/* NULL where memory is out: a chore comes again. */
static struct query *begin(struct server *server, enum stmt stmt)
{
	struct chore *chore = calloc(1, sizeof *chore);

	if (chore == NULL) {
		return NULL;
	}
	arena_init(&chore->arena, CHORE_BYTES_MAX);
	query_init(&chore->query, stmt, &chore->arena);
	chore->errand.queries = &chore->query;
	chore->errand.query_count = 1;
	chore->errand.expires_mono_us = server->now.mono_us + EXPIRES_S * US_PER_S;
	chore->errand.done = on_done;
	return &chore->query;
}

static void hand_over(struct server *server, struct query *query)
{
	struct errand *errand = &container_of(query, struct chore, query)->errand;

	if (stmt_rows[query->stmt].lane == LANE_FILE) {
		file_lane_submit(&server->files, errand);
	} else {
		writers_submit(&server->writers, errand);
	}
}

void chore_touch(struct server *server, struct principal *principal)
{
	int64_t now_us = server->now.utc_us;
	int64_t since_us = now_us - principal->seen_us;
	int64_t quarter_us = server->config->session_idle_ms * US_PER_MS / 4;
	struct query *query;

	/* To the minute, or to a quarter of the silence that would end it, where that is less. */
	if (since_us < (quarter_us < MINUTE_US ? quarter_us : MINUTE_US) && since_us >= 0) {
		return;
	}
	query = begin(server, STMT_session_touch);
	if (query == NULL) {
		return;
	}
	principal->seen_us = now_us;
	query_bytes(query, span_of(principal->token_hash, TOKEN_BYTES));
	query_time(query, now_us);
	hand_over(server, query);
}

/* A statement whose one parameter is a time. */
static void run_as_of(struct server *server, enum stmt stmt, int64_t utc_us)
{
	struct query *query = begin(server, stmt);

	if (query != NULL) {
		query_time(query, utc_us);
		hand_over(server, query);
	}
}

/* What the table lets the server do by itself: pauses that are over, masters that came to nothing, the archive. */
static void move_complaints(struct server *server)
{
	struct query *query;

	run_as_of(server, STMT_complaints_resume, server->now.utc_us);
	if (server->tidied_count % HOUR_EVERY != 0) {
		return;
	}
	run_as_of(server, STMT_complaints_unmerge, server->now.utc_us);
	query = begin(server, STMT_complaints_archive);
	if (query == NULL) {
		return;
	}
	query_time(query, server->now.utc_us);
	query_int2s(query, complaint_unasked_kinds, COMPLAINT_UNASKED_COUNT);
	hand_over(server, query);
}

/* What many households say at once. */
static void find_collectives(struct server *server)
{
	struct query *query = begin(server, STMT_complaints_collect);

	if (query == NULL) {
		return;
	}
	query_time(query, server->now.utc_us);
	query_time(query, server->now.utc_us - JOINING_COLLECTIVE_HOURS * JOINING_HOUR_US);
	query_int4(query, JOINING_COLLECTIVE_HOUSEHOLDS);
	query_int2s(query, complaint_unasked_kinds, COMPLAINT_UNASKED_COUNT);
	hand_over(server, query);
}

void chore_tidy(struct server *server)
{
	if (server->now.mono_us - server->tidied_mono_us < MINUTE_US ||
		!writers_are_up(&server->writers)) {
		return;
	}
	server->tidied_mono_us = server->now.mono_us;
	run_as_of(server, STMT_sweep_sessions, server->now.utc_us - SESSION_DAYS * DAY_US);
	run_as_of(server, STMT_sweep_failures, server->now.utc_us - DAY_US);
	run_as_of(server, STMT_sweep_applied, server->now.utc_us - APPLIED_DAYS * DAY_US);
	run_as_of(server, STMT_sweep_codes, server->now.utc_us - OUTGOING_DAYS * DAY_US);
	run_as_of(server, STMT_sweep_outgoing, server->now.utc_us - OUTGOING_DAYS * DAY_US);
	run_as_of(server, STMT_file_purge, server->now.utc_us);
	move_complaints(server);
	find_collectives(server);
	server->tidied_count++;
}
