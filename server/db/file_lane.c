/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/file_lane.h"

#include <string.h>

#define ANSWER_MS 10000   /* as for commands: a slow disk */
#define READ_ONLY "25006" /* read_only_sql_transaction */
#define DOWN_MS 1500      /* a restart is waited for; after it errands are turned away at once */

static void on_result(struct pgconn *pg, PGresult *result);
static void on_lost(struct pgconn *pg);

static const struct pgconn_lane calls = {on_result, on_lost};

void file_lane_init(struct file_lane *lane, uv_loop_t *loop, struct log *log, struct source *source,
	int64_t mono_us)
{
	*lane = (struct file_lane){.log = log, .down_mono_us = mono_us};
	list_init(&lane->waiting);
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		struct file_conn *conn = &lane->conns[i];

		pgconn_init(&conn->pg, loop, log, source, LANE_FILE, (int)i, &calls);
		conn->lane = lane;
	}
}

/* What the connection was leased to is done, and the next may have it. */
static void give_back(struct file_conn *conn, enum errand_outcome outcome)
{
	struct errand *errand = conn->errand;

	assert(errand != NULL);
	conn->errand = NULL;
	if (outcome != ERRAND_DONE) {
		query_fini(errand->queries);
	}
	errand_finish(errand, outcome);
}

static void on_lost(struct pgconn *pg)
{
	struct file_conn *conn = container_of(pg, struct file_conn, pg);

	conn->lane->lost_count++;
	if (conn->errand != NULL) {
		give_back(conn, ERRAND_REDO);
	}
}

static void turn_all_away(struct file_lane *lane)
{
	struct list *node;

	while ((node = list_shift(&lane->waiting)) != NULL) {
		lane->waiting_count--;
		errand_finish(container_of(node, struct errand, node), ERRAND_DOWN);
	}
}

void file_lane_stop(struct file_lane *lane)
{
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		struct file_conn *conn = &lane->conns[i];

		pgconn_stop(&conn->pg);
		if (conn->errand != NULL) {
			give_back(conn, ERRAND_REDO);
		}
	}
	turn_all_away(lane);
}

bool file_lane_hold(struct file_lane *lane, size_t bytes)
{
	assert(lane->held_bytes <= FILE_LANE_BYTES_MAX);
	if (bytes > FILE_LANE_BYTES_MAX - lane->held_bytes) {
		lane->busy_count++;
		return false;
	}
	lane->held_bytes += bytes;
	return true;
}

void file_lane_release(struct file_lane *lane, size_t bytes)
{
	assert(bytes <= lane->held_bytes);
	lane->held_bytes -= bytes;
}

void file_lane_submit(struct file_lane *lane, struct errand *errand)
{
	assert(errand->query_count == 1);
	assert(stmt_rows[errand->queries[0].stmt].lane == LANE_FILE);
	list_append(&lane->waiting, &errand->node);
	lane->waiting_count++;
}

static void take_failure(struct file_conn *conn, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	char trace[UUID_TEXT_LEN + 1];

	conn->has_failed = true;
	conn->lane->failed_count++;
	if (sqlstate == NULL) {
		pgconn_break(&conn->pg); /* libpq's own, as without memory: what was done is not sure */
		return;
	}
	if (strcmp(sqlstate, READ_ONLY) == 0) {
		conn->pg.is_broken = true; /* another server takes writes now, or none does */
	}
	log_line(conn->lane->log, LOG_WARN, "db.file", "stmt=%s sqlstate=%s trace=%s",
		stmt_rows[conn->errand->queries[0].stmt].name, sqlstate, errand_trace(conn->errand, trace));
	conn->is_refused = errand_is_blamed(sqlstate) && !errand_is_slow(sqlstate);
	conn->errand->err = errand_err(sqlstate);
}

/* Committed, or it never was. */
static void take_sync(struct file_conn *conn)
{
	pgconn_expect(&conn->pg, 0);
	if (conn->has_failed) {
		give_back(conn, conn->is_refused ? ERRAND_REFUSED : ERRAND_REDO);
		return;
	}
	if (conn->pg.has_warned) {
		log_line(conn->lane->log, LOG_ERROR, "db.unknown", "what=standby_not_waited_for");
		give_back(conn, ERRAND_REDO);
		return;
	}
	conn->lane->done_count++;
	histogram_add(
		&conn->lane->answer_us, (uint64_t)(conn->lane->collected_mono_us - conn->sent_mono_us));
	give_back(conn, ERRAND_DONE);
}

static void on_result(struct pgconn *pg, PGresult *result)
{
	struct file_conn *conn = container_of(pg, struct file_conn, pg);

	if (conn->errand == NULL) {
		pgconn_break(pg); /* an answer that nobody asked for */
		PQclear(result);
		return;
	}
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (!query_take(&conn->errand->queries[0], result)) {
			pgconn_break(pg);
		}
		return;
	case PGRES_PIPELINE_SYNC:
		take_sync(conn);
		break;
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		take_failure(conn, result);
		break;
	}
	PQclear(result);
}

void file_lane_collect(struct file_lane *lane, int64_t mono_us)
{
	lane->collected_mono_us = mono_us;
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		pgconn_run(&lane->conns[i].pg, mono_us);
	}
	if (file_lane_is_up(lane)) {
		lane->down_mono_us = 0;
	} else if (lane->down_mono_us == 0) {
		lane->down_mono_us = mono_us;
	}
}

static void lease(struct file_conn *conn, struct errand *errand, int64_t mono_us)
{
	conn->errand = errand;
	conn->has_failed = false;
	conn->is_refused = false;
	conn->pg.has_warned = false;
	conn->sent_mono_us = mono_us;
	pgconn_send(&conn->pg, errand->queries);
	pgconn_sync(&conn->pg, mono_us + ANSWER_MS * US_PER_MS);
	pgconn_run(&conn->pg, mono_us);
}

static bool is_stopped(const struct file_lane *lane)
{
	return lane->conns[0].pg.state == PGCONN_STOPPED;
}

static void turn_away(struct file_lane *lane, int64_t mono_us)
{
	bool is_down = lane->down_mono_us != 0 && mono_us - lane->down_mono_us > DOWN_MS * US_PER_MS;

	list_each (node, after, &lane->waiting) {
		struct errand *errand = container_of(node, struct errand, node);

		if (is_down || is_stopped(lane) || mono_us >= errand->expires_mono_us) {
			lane->waiting_count--;
			errand_finish(errand, ERRAND_DOWN);
		}
	}
}

void file_lane_flush(struct file_lane *lane, int64_t mono_us)
{
	lane->waiting_count -= errand_drop_broken(&lane->waiting);
	for (size_t i = 0; i < FILE_LANE_COUNT && !list_empty(&lane->waiting); i++) {
		struct file_conn *conn = &lane->conns[i];

		if (conn->pg.state == PGCONN_READY && conn->errand == NULL) {
			lane->waiting_count--;
			lease(conn, container_of(list_shift(&lane->waiting), struct errand, node), mono_us);
		}
	}
	turn_away(lane, mono_us);
}

int64_t file_lane_due(const struct file_lane *lane)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		int64_t one = pgconn_due(&lane->conns[i].pg);

		due = one < due ? one : due;
	}
	return due;
}

bool file_lane_is_up(const struct file_lane *lane)
{
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		if (lane->conns[i].pg.state == PGCONN_READY) {
			return true;
		}
	}
	return false;
}

size_t file_lane_flying(const struct file_lane *lane)
{
	size_t count = 0;

	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		count += lane->conns[i].errand != NULL;
	}
	return count;
}

int file_lane_backend(const struct file_lane *lane, size_t i)
{
	const struct pgconn *pg = &lane->conns[i].pg;

	return pg->state == PGCONN_READY ? PQbackendPID(pg->pg) : 0;
}

void file_lane_await(struct file_lane *lane, int backend, int64_t mono_us)
{
	for (size_t i = 0; i < FILE_LANE_COUNT; i++) {
		struct file_conn *conn = &lane->conns[i];

		if (conn->errand != NULL && backend == file_lane_backend(lane, i)) {
			pgconn_expect(&conn->pg, mono_us + ANSWER_MS * US_PER_MS);
		}
	}
}
