/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to PostgreSQL in pipeline mode, always on its way to being ready: it connects, sets
 * its session, prepares every statement of its lane, and after a loss begins again: with the host that
 * served last, then each other address of its source at once, then all of them again, waiting a little
 * longer each time (100 ms to 1 s). It stays with no server that is in recovery, that another has taken
 * over from (server/db/source.h), or that takes no writes where the lane writes.
 *
 *   CLOSED ─▶ RESOLVING ─▶ CONNECTING ─▶ SETTING ─▶ PREPARING ─▶ READY
 *      ▲________________________________________________________/   any loss
 *
 * Library callbacks only mark it; the tick calls pgconn_run, which moves bytes and hands results to
 * the lane through `on_result` and `on_lost`: plain calls from the tick, never from a library.
 */
#pragma once

#include <libpq-fe.h>
#include <uv.h>

#include "common/clock.h"
#include "common/log.h"
#include "server/db/each.h"
#include "server/db/lookup.h"
#include "server/db/source.h"

enum pgconn_state {
	PGCONN_CLOSED, /* until retry_mono_us */
	PGCONN_RESOLVING,
	PGCONN_CONNECTING,
	PGCONN_SETTING,
	PGCONN_PREPARING,
	PGCONN_READY,
	PGCONN_STOPPED, /* for good */
};

struct pgconn;

struct pgconn_lane {
	/* Takes ownership of the result: TUPLES_OK, COMMAND_OK, FATAL_ERROR, PIPELINE_ABORTED or SYNC. */
	void (*on_result)(struct pgconn *conn, PGresult *result);
	/* Everything sent and not answered has an unknown end. Called once a loss, from the tick. */
	void (*on_lost)(struct pgconn *conn);
};

struct pgconn {
	uv_loop_t *loop;       /* borrowed */
	struct log *log;       /* borrowed */
	struct source *source; /* borrowed; shared by all lanes */
	enum lane lane;
	int number; /* for the log */
	const struct pgconn_lane *calls;
	enum pgconn_state state;
	size_t host;           /* of the source: the one that is tried, or served last */
	size_t host_try_count; /* hosts that failed since the last wait */
	struct lookup *lookup; /* owned; the addresses of the host's name, NULL where it needs none */
	size_t address;        /* of them: the one that is tried */
	uint64_t system;       /* of the server, once SETTING is done */
	uint32_t timeline;
	PGconn *pg;      /* owned; NULL while CLOSED or RESOLVING */
	uv_poll_t *poll; /* owned until its close callback; NULL without a socket */
	int poll_fd;
	int poll_events;
	bool is_marked; /* the socket has something: the tick looks */
	bool wants_flush;
	bool was_null;        /* the last that libpq gave was the end of a statement's results */
	bool is_broken;       /* libpq or the lane refused something: lost at the next run */
	bool has_warned;      /* the server sent a warning; the lane clears it */
	size_t prepared_left; /* results of PREPARE still to come */
	int64_t retry_mono_us;
	uint64_t news;            /* of the source, as of the last attempt */
	int64_t deadline_mono_us; /* of a connection attempt, or of the oldest sync in flight; 0 none */
	int failed_count;         /* attempts since the last READY */
};

void pgconn_init(struct pgconn *conn, uv_loop_t *loop, struct log *log, struct source *source,
	enum lane lane, int number, const struct pgconn_lane *calls);
/* Ends it for good; on_lost is called if anything was in flight is the lane's own business. */
void pgconn_stop(struct pgconn *conn);

/* Moves what there is to move; called every tick. */
void pgconn_run(struct pgconn *conn, int64_t mono_us);
/* When it wants to be run again without a mark; INT64_MAX: never. */
int64_t pgconn_due(const struct pgconn *conn);

/*
 * Only while READY. What is sent gathers until pgconn_sync. Where libpq will not take it, the
 * connection is broken: on_lost follows in the next run, so the lane notes what it sent all the same.
 */
void pgconn_send(struct pgconn *conn, const struct query *query);
/* Many of one statement as one; each_share hands out what comes back. */
void pgconn_send_each(struct pgconn *conn, const struct each *each);
void pgconn_sync(struct pgconn *conn, int64_t answer_by_mono_us);
/* What came does not fit what was sent: the connection is lost at the next run. */
void pgconn_break(struct pgconn *conn);
/* The lane has no sync in flight any more, or its oldest is due then. */
void pgconn_expect(struct pgconn *conn, int64_t answer_by_mono_us);
