/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pgconn.h"

#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000
#define RETRY_MS_MIN 100
#define RETRY_MS_MAX 1000
#define RESULTS_PER_RUN 4096 /* then others have their turn; the rest is still there */

/*
 * What the lanes rest on: no plan made on an empty table may stay a sequential scan, no blocked member
 * may hold up its batch, and PostgreSQL's restart may not wait for us. Values never reach its log.
 */
static const char session_settings[] =
	"SET application_name = 'guanjiad'; SET enable_seqscan = off; SET statement_timeout = 1000;"
	" SET lock_timeout = 100; SET idle_in_transaction_session_timeout = 5000;"
	" SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off;"
	" SET default_transaction_isolation = 'read committed'";

void pgconn_init(struct pgconn *conn, uv_loop_t *loop, struct log *log, const char *conninfo,
	enum lane lane, int number, const struct pgconn_lane *calls)
{
	*conn = (struct pgconn){
		.loop = loop,
		.log = log,
		.conninfo = conninfo,
		.lane = lane,
		.number = number,
		.calls = calls,
		.poll_fd = -1,
	};
}

static void on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_pg_ready(uv_poll_t *poll, int status, int events)
{
	struct pgconn *conn = poll->data;

	(void)status; /* libpq finds out by itself */
	(void)events;
	conn->is_marked = true;
}

static void unwatch(struct pgconn *conn)
{
	if (conn->poll != NULL) {
		uv_close((uv_handle_t *)conn->poll, on_poll_closed);
	}
	conn->poll = NULL;
	conn->poll_fd = -1;
	conn->poll_events = 0;
}

/* Keeps the poll handle on the socket libpq has at present: it may change while connecting. */
static void watch(struct pgconn *conn, int events)
{
	int fd = PQsocket(conn->pg);

	/* While connecting, libpq may close one socket and open another under the same number. */
	if (conn->poll != NULL && (conn->poll_fd != fd || conn->state <= PGCONN_CONNECTING)) {
		unwatch(conn);
	}
	if (fd < 0) {
		return;
	}
	if (conn->poll == NULL) {
		conn->poll = calloc(1, sizeof *conn->poll);
		assert(conn->poll != NULL);
		int failed = uv_poll_init(conn->loop, conn->poll, fd);

		assert(failed == 0);
		conn->poll->data = conn;
		conn->poll_fd = fd;
	}
	if (conn->poll_events != events) {
		int failed = uv_poll_start(conn->poll, events, on_pg_ready);

		assert(failed == 0);
		conn->poll_events = events;
	}
}

static void drop(struct pgconn *conn)
{
	unwatch(conn); /* before PQfinish closes the descriptor under it */
	PQfinish(conn->pg);
	conn->pg = NULL;
	conn->deadline_mono_us = 0;
	conn->wants_flush = false;
	conn->is_marked = false;
	conn->is_broken = false;
}

/* First words of libpq's message, without the server's: that could hold values. */
static void log_loss(struct pgconn *conn, const char *what)
{
	const char *state = conn->pg == NULL ? "" : PQparameterStatus(conn->pg, "in_hot_standby");

	log_line(conn->log, LOG_WARN, "db.lost", "conn=%d lane=%s what=%s standby=%s", conn->number,
		conn->lane == LANE_READ ? "read" : "write", what, state == NULL ? "" : state);
}

static void lose(struct pgconn *conn, int64_t mono_us, const char *what)
{
	bool was_ready = conn->state == PGCONN_READY;
	int64_t wait_ms = RETRY_MS_MIN;

	if (was_ready || conn->failed_count == 0) {
		log_loss(conn, what);
	}
	for (int i = 0; i < conn->failed_count && wait_ms < RETRY_MS_MAX; i++) {
		wait_ms *= 2;
	}
	drop(conn);
	conn->state = PGCONN_CLOSED;
	conn->failed_count++;
	conn->retry_mono_us = mono_us + (wait_ms < RETRY_MS_MAX ? wait_ms : RETRY_MS_MAX) * US_PER_MS;
	if (was_ready) {
		conn->calls->on_lost(conn);
	}
}

void pgconn_stop(struct pgconn *conn)
{
	drop(conn);
	conn->state = PGCONN_STOPPED;
}

static void begin_connecting(struct pgconn *conn, int64_t mono_us)
{
	conn->pg = PQconnectStart(conn->conninfo);
	if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
		lose(conn, mono_us, "no_connection");
		return;
	}
	conn->state = PGCONN_CONNECTING;
	conn->deadline_mono_us = mono_us + CONNECT_MS * US_PER_MS;
	watch(conn, UV_WRITABLE);
}

static void go_on_connecting(struct pgconn *conn, int64_t mono_us)
{
	switch (PQconnectPoll(conn->pg)) {
	case PGRES_POLLING_READING:
		watch(conn, UV_READABLE);
		return;
	case PGRES_POLLING_WRITING:
		watch(conn, UV_WRITABLE);
		return;
	case PGRES_POLLING_OK:
		break;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		lose(conn, mono_us, "refused");
		return;
	}
	if (PQsetnonblocking(conn->pg, 1) != 0 || PQsendQuery(conn->pg, session_settings) != 1) {
		lose(conn, mono_us, "settings");
		return;
	}
	conn->state = PGCONN_SETTING;
	conn->wants_flush = true;
}

static bool send_prepares(struct pgconn *conn)
{
	conn->prepared_left = 0;
	for (size_t i = 0; i < STMT_COUNT; i++) {
		const struct stmt_row *row = &stmt_rows[i];
		Oid oids[STMT_PARAM_MAX];
		size_t count = stmt_param_count((enum stmt)i);

		if (row->lane != conn->lane) {
			continue;
		}
		assert(count <= STMT_PARAM_MAX);
		for (size_t k = 0; k < count; k++) {
			oids[k] = stmt_oid(row->types[k]);
		}
		if (PQsendPrepare(conn->pg, row->name, row->sql, (int)count, oids) != 1) {
			return false;
		}
		conn->prepared_left++;
	}
	conn->wants_flush = true;
	return PQpipelineSync(conn->pg) == 1;
}

/* The settings' results, the last of which is NULL; then the statements are prepared. */
static void go_on_setting(struct pgconn *conn, int64_t mono_us)
{
	while (!PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);
		ExecStatusType status = PQresultStatus(result);

		PQclear(result);
		if (result == NULL) {
			if (PQenterPipelineMode(conn->pg) != 1 || !send_prepares(conn)) {
				lose(conn, mono_us, "pipeline");
				return;
			}
			conn->state = PGCONN_PREPARING;
			return;
		}
		if (status != PGRES_COMMAND_OK) {
			lose(conn, mono_us, "settings");
			return;
		}
	}
}

static void go_on_preparing(struct pgconn *conn, int64_t mono_us)
{
	while (!PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);
		ExecStatusType status = PQresultStatus(result);
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		if (result == NULL) {
			continue; /* the end of one statement's results */
		}
		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			conn->state = PGCONN_READY;
			conn->failed_count = 0;
			conn->deadline_mono_us = 0;
			log_line(conn->log, LOG_INFO, "db.ready", "conn=%d lane=%s statements=%zu",
				conn->number, conn->lane == LANE_READ ? "read" : "write", conn->prepared_left);
			return;
		}
		if (status != PGRES_COMMAND_OK) { /* our own SQL: the message holds no person's data */
			char quoted[512];

			log_line(conn->log, LOG_ERROR, "db.prepare", "why=%s",
				log_quote(quoted, str_from_c(primary)));
			PQclear(result);
			lose(conn, mono_us, "prepare");
			return;
		}
		PQclear(result);
	}
}

static void hand_out_results(struct pgconn *conn)
{
	for (int i = 0; i < RESULTS_PER_RUN && conn->state == PGCONN_READY; i++) {
		PGresult *result;

		if (conn->deadline_mono_us == 0 || PQisBusy(conn->pg)) {
			return; /* nothing in flight, or not yet here: PQgetResult would spin or wait */
		}
		result = PQgetResult(conn->pg);
		if (result != NULL) {
			conn->calls->on_result(conn, result);
		} else if (PQstatus(conn->pg) == CONNECTION_BAD) {
			return;
		}
	}
	conn->is_marked = conn->is_marked || conn->state == PGCONN_READY;
}

static void flush(struct pgconn *conn, int64_t mono_us)
{
	int left = PQflush(conn->pg);

	if (left < 0) {
		lose(conn, mono_us, "write");
		return;
	}
	conn->wants_flush = left > 0;
	watch(conn, left > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void go_on(struct pgconn *conn, int64_t mono_us)
{
	conn->is_marked = false;
	if (conn->state == PGCONN_CONNECTING) {
		go_on_connecting(conn, mono_us);
		return;
	}
	if (PQconsumeInput(conn->pg) != 1) {
		lose(conn, mono_us, "read");
		return;
	}
	switch (conn->state) {
	case PGCONN_SETTING:
		go_on_setting(conn, mono_us);
		break;
	case PGCONN_PREPARING:
		go_on_preparing(conn, mono_us);
		break;
	case PGCONN_READY:
		hand_out_results(conn);
		if (conn->state == PGCONN_READY && PQstatus(conn->pg) == CONNECTION_BAD) {
			lose(conn, mono_us, "ended");
		}
		break;
	case PGCONN_CLOSED:
	case PGCONN_CONNECTING:
	case PGCONN_STOPPED:
		break;
	}
}

void pgconn_run(struct pgconn *conn, int64_t mono_us)
{
	if (conn->state == PGCONN_STOPPED) {
		return;
	}
	if (conn->state == PGCONN_CLOSED) {
		if (mono_us >= conn->retry_mono_us) {
			begin_connecting(conn, mono_us);
		}
		return;
	}
	if (conn->is_marked) {
		go_on(conn, mono_us);
	}
	if (conn->is_broken) {
		lose(conn, mono_us, "refused");
	}
	if (conn->deadline_mono_us != 0 && mono_us >= conn->deadline_mono_us) {
		lose(conn, mono_us, "deadline");
	}
	if (conn->pg != NULL && conn->wants_flush && conn->state != PGCONN_CONNECTING) {
		flush(conn, mono_us);
	}
}

int64_t pgconn_due(const struct pgconn *conn)
{
	if (conn->is_marked || conn->is_broken) {
		return 0;
	}
	if (conn->state == PGCONN_CLOSED) {
		return conn->retry_mono_us;
	}
	return conn->deadline_mono_us == 0 ? INT64_MAX : conn->deadline_mono_us;
}

void pgconn_send(struct pgconn *conn, const struct query *query)
{
	const struct stmt_row *row = &stmt_rows[query->stmt];
	static const int all_binary[] = {[0 ... STMT_PARAM_MAX - 1] = 1};

	assert(conn->state == PGCONN_READY);
	assert(row->lane == conn->lane);
	assert(query_is_full(query));
	assert(query->result == NULL);
	if (PQsendQueryPrepared(conn->pg, row->name, (int)query->param_count, query->values,
			query->lengths, all_binary, 1) != 1) {
		conn->is_broken = true;
	}
}

void pgconn_sync(struct pgconn *conn, int64_t answer_by_mono_us)
{
	assert(conn->state == PGCONN_READY);
	conn->wants_flush = true;
	if (conn->deadline_mono_us == 0) {
		conn->deadline_mono_us = answer_by_mono_us;
	}
	if (PQpipelineSync(conn->pg) != 1) {
		conn->is_broken = true;
	}
}

void pgconn_expect(struct pgconn *conn, int64_t answer_by_mono_us)
{
	conn->deadline_mono_us = answer_by_mono_us;
}
