/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pgconn.h"

#include <stdlib.h>
#include <string.h>

#include "server/db/pgconn_open.h"

#define RETRY_MS_MIN 100
#define RETRY_MS_MAX 1000
#define RESULTS_PER_RUN 4096 /* then others have their turn; the rest is still there */

void pgconn_init(struct pgconn *conn, uv_loop_t *loop, struct log *log, struct source *source,
	enum lane lane, int number, const struct pgconn_lane *calls)
{
	*conn = (struct pgconn){
		.loop = loop,
		.log = log,
		.source = source,
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

/* A handle on a socket; NULL where memory is out. */
static uv_poll_t *new_poll(struct pgconn *conn, int fd)
{
	uv_poll_t *poll = calloc(1, sizeof *poll);

	if (poll != NULL && uv_poll_init(conn->loop, poll, fd) != 0) {
		free(poll);
		return NULL;
	}
	return poll;
}

bool pgconn_watch(struct pgconn *conn, int events)
{
	int fd = PQsocket(conn->pg);

	/* While connecting, libpq may close one socket and open another under the same number. */
	if (conn->poll != NULL && (conn->poll_fd != fd || conn->state <= PGCONN_CONNECTING)) {
		unwatch(conn);
	}
	if (fd < 0) {
		return true;
	}
	if (conn->poll == NULL) {
		conn->poll = new_poll(conn, fd);
		if (conn->poll == NULL) {
			return false;
		}
		conn->poll->data = conn;
		conn->poll_fd = fd;
	}
	if (conn->poll_events != events) {
		if (uv_poll_start(conn->poll, events, on_pg_ready) != 0) {
			return false;
		}
		conn->poll_events = events;
	}
	return true;
}

static void drop(struct pgconn *conn)
{
	unwatch(conn); /* before PQfinish closes the descriptor under it */
	PQfinish(conn->pg);
	conn->pg = NULL;
	if (conn->system != 0) {
		source_release(conn->source);
	}
	conn->system = 0;
	conn->timeline = 0;
	conn->deadline_mono_us = 0;
	conn->wants_flush = false;
	conn->is_marked = false;
	conn->is_broken = false;
	conn->has_warned = false;
	conn->was_null = false;
}

void pgconn_forget_addresses(struct pgconn *conn)
{
	lookup_drop(conn->lookup);
	conn->lookup = NULL;
	conn->address = 0;
}

/* False once every address of every host was tried. */
static bool next_address(struct pgconn *conn)
{
	if (conn->lookup != NULL && conn->address + 1 < conn->lookup->count) {
		conn->address++;
		return true;
	}
	pgconn_forget_addresses(conn);
	conn->host = (conn->host + 1) % conn->source->host_count;
	conn->host_try_count = (conn->host_try_count + 1) % conn->source->host_count;
	return conn->host_try_count != 0;
}

/* First words of libpq's message, without the server's: that could hold values. */
static void log_loss(struct pgconn *conn, const char *what)
{
	const char *state = conn->pg == NULL ? "" : PQparameterStatus(conn->pg, "in_hot_standby");

	log_line(conn->log, LOG_WARN, "db.lost", "conn=%d lane=%s what=%s standby=%s host=%zu",
		conn->number, lane_name(conn->lane), what, state == NULL ? "" : state, conn->host + 1);
}

void pgconn_lose(struct pgconn *conn, int64_t mono_us, const char *what)
{
	bool was_ready = conn->state == PGCONN_READY;
	int64_t wait_ms = RETRY_MS_MIN;

	if (was_ready || conn->failed_count <= 1) { /* the loss, and why nobody takes its place */
		log_loss(conn, what);
	}
	for (int i = 0; i < conn->failed_count && wait_ms < RETRY_MS_MAX; i++) {
		wait_ms *= 2;
	}
	drop(conn);
	conn->state = PGCONN_CLOSED;
	if (was_ready || !next_address(conn)) {
		conn->failed_count++;
		conn->retry_mono_us =
			mono_us + (wait_ms < RETRY_MS_MAX ? wait_ms : RETRY_MS_MAX) * US_PER_MS;
	} else {
		conn->retry_mono_us = mono_us; /* somebody else may answer */
	}
	if (was_ready) {
		conn->calls->on_lost(conn);
	}
}

void pgconn_stop(struct pgconn *conn)
{
	drop(conn);
	pgconn_forget_addresses(conn);
	conn->state = PGCONN_STOPPED;
}

/*
 * One NULL stands behind the results of each statement. A second one says that libpq expects nothing more,
 * while we do: it had no memory for a result, and we are out of step.
 */
static void hand_out_results(struct pgconn *conn)
{
	for (int i = 0; i < RESULTS_PER_RUN && conn->state == PGCONN_READY && !conn->is_broken; i++) {
		PGresult *result;

		if (conn->deadline_mono_us == 0 || PQisBusy(conn->pg)) {
			return; /* nothing in flight, or not yet here: PQgetResult would spin or wait */
		}
		result = PQgetResult(conn->pg);
		if (result != NULL) {
			conn->calls->on_result(conn, result);
		} else if (PQstatus(conn->pg) == CONNECTION_BAD) {
			return;
		} else if (conn->was_null) {
			pgconn_break(conn);
		}
		conn->was_null = result == NULL;
	}
	conn->is_marked = conn->is_marked || conn->state == PGCONN_READY;
}

static void flush(struct pgconn *conn, int64_t mono_us)
{
	int left = PQflush(conn->pg);

	if (left < 0) {
		pgconn_lose(conn, mono_us, "write");
		return;
	}
	conn->wants_flush = left > 0;
	if (!pgconn_watch(conn, left > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE)) {
		pgconn_lose(conn, mono_us, "memory");
	}
}

static void go_on(struct pgconn *conn, int64_t mono_us)
{
	conn->is_marked = false;
	if (conn->state != PGCONN_READY) {
		pgconn_open_on(conn, mono_us);
		return;
	}
	if (PQconsumeInput(conn->pg) != 1) {
		pgconn_lose(conn, mono_us, "read");
		return;
	}
	hand_out_results(conn);
	if (conn->state == PGCONN_READY && PQstatus(conn->pg) == CONNECTION_BAD) {
		pgconn_lose(conn, mono_us, "ended");
	}
}

/* Another connection has been to the server that took over from this one's. */
static bool is_superseded(const struct pgconn *conn)
{
	return conn->system != 0 &&
	       (conn->system != conn->source->system || conn->timeline < conn->source->timeline);
}

void pgconn_run(struct pgconn *conn, int64_t mono_us)
{
	if (conn->state == PGCONN_STOPPED) {
		return;
	}
	if (conn->state == PGCONN_CLOSED) {
		if (mono_us >= conn->retry_mono_us || conn->news != conn->source->news) {
			conn->news = conn->source->news;
			pgconn_open(conn, mono_us);
		}
		return;
	}
	if (conn->is_marked) {
		go_on(conn, mono_us);
	}
	if (conn->is_broken) {
		pgconn_lose(conn, mono_us, "refused");
	}
	if (is_superseded(conn)) {
		pgconn_lose(conn, mono_us, "stale");
	}
	if (conn->deadline_mono_us != 0 && mono_us >= conn->deadline_mono_us) {
		pgconn_lose(conn, mono_us, "deadline");
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
		return conn->news != conn->source->news ? 0 : conn->retry_mono_us;
	}
	return conn->deadline_mono_us == 0 ? INT64_MAX : conn->deadline_mono_us;
}

static void send_bound(struct pgconn *conn, enum stmt stmt, const char *name,
	const char *const *values, const int *lengths)
{
	static const int all_binary[] = {[0 ... STMT_PARAM_MAX - 1] = 1};

	assert(conn->state == PGCONN_READY);
	assert(stmt_rows[stmt].lane == conn->lane);
	if (PQsendQueryPrepared(
			conn->pg, name, (int)stmt_param_count(stmt), values, lengths, all_binary, 1) != 1) {
		conn->is_broken = true;
	}
}

void pgconn_send(struct pgconn *conn, const struct query *query)
{
	assert(query_is_full(query));
	assert(query->rows == NULL);
	send_bound(conn, query->stmt, stmt_rows[query->stmt].name, query->values, query->lengths);
}

void pgconn_send_each(struct pgconn *conn, const struct each *each)
{
	send_bound(conn, each->stmt, stmt_rows[each->stmt].each_name, each->values, each->lengths);
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

void pgconn_break(struct pgconn *conn)
{
	conn->is_broken = true;
}

void pgconn_expect(struct pgconn *conn, int64_t answer_by_mono_us)
{
	conn->deadline_mono_us = answer_by_mono_us;
}
