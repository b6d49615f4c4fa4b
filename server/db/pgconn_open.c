/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pgconn_open.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PREPARE_MS 5000 /* from a connection to its last statement */

/*
 * What the lanes rest on: no plan made on an empty table may stay a sequential scan, no blocked member
 * may hold up its batch, and PostgreSQL's restart may not wait for us. Values never reach its log. The
 * timeout ends with the statement: it never cuts short a commit that waits for a standby. Each statement has
 * one plan, which its test has looked at: planned anew for each list's values, half of a list's time was planning.
 * None of them is worth other processes: a plan for all values thinks of many rows where there are none, and starting
 * one process to find that out took 30 ms.
 */
#define SESSION_SETTINGS \
	"SET application_name = 'guanjiad'; SET enable_seqscan = off; SET statement_timeout = 1000;" \
	" SET lock_timeout = 100; SET idle_in_transaction_session_timeout = 5000;" \
	" SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off;" \
	" SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = " \
	"force_generic_plan; SET max_parallel_workers_per_gather = 0"

/*
 * The writer has to hear of a commit whose wait for a standby was cancelled (a warning is all that says
 * so), and waits for the standby's disk whatever the database's own default.
 */
#define WRITER_SETTINGS \
	"; SET client_min_messages = warning; SELECT set_config('synchronous_commit', 'on', false)" \
	" WHERE current_setting('synchronous_commit') <> 'remote_apply'"

/* Last: which cluster this is, in which of its histories, and whether it takes writes. */
#define WHO_ARE_YOU \
	"; SELECT system_identifier, CASE WHEN pg_is_in_recovery() THEN 0 ELSE" \
	" ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END," \
	" current_setting('transaction_read_only') FROM pg_control_system()"
#define IDENTITY_COLUMNS 3

/*
 * A quarter of a megabyte takes longer than a row, and what is thrown out at once is larger. Reports are worth a plan
 * of their own, and processes.
 */
#define FILE_SETTINGS WRITER_SETTINGS "; SET statement_timeout = 5000; SET plan_cache_mode = auto;" \
	" SET max_parallel_workers_per_gather TO DEFAULT"

#define EACH_SQL_BYTES_MAX 65536

static const char *const greetings[] = {
	[LANE_READ] = SESSION_SETTINGS WHO_ARE_YOU,
	[LANE_WRITE] = SESSION_SETTINGS WRITER_SETTINGS WHO_ARE_YOU,
	[LANE_FILE] = SESSION_SETTINGS FILE_SETTINGS WHO_ARE_YOU,
};

const char *pgconn_greeting(enum lane lane)
{
	return greetings[lane];
}

/* Nothing of it is ever printed: a notice may hold values. */
static void on_pg_notice(void *context, const PGresult *notice)
{
	struct pgconn *conn = context;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

	conn->has_warned = conn->has_warned || (severity != NULL && strcmp(severity, "WARNING") == 0);
}

static void connect_to(struct pgconn *conn, const char *address, int64_t mono_us)
{
	conn->pg = source_connect(conn->source, conn->host, address);
	if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
		pgconn_lose(conn, mono_us, "no_connection");
		return;
	}
	(void)PQsetNoticeReceiver(conn->pg, on_pg_notice, conn);
	conn->state = PGCONN_CONNECTING;
	conn->deadline_mono_us = mono_us + conn->source->connect_ms * US_PER_MS;
	if (!pgconn_watch(conn, UV_WRITABLE)) {
		pgconn_lose(conn, mono_us, "memory");
	}
}

void pgconn_open(struct pgconn *conn, int64_t mono_us)
{
	const char *name = source_name_of(conn->source, conn->host);

	if (name == NULL || conn->lookup != NULL) {
		connect_to(conn, name == NULL ? NULL : conn->lookup->addresses[conn->address], mono_us);
		return;
	}
	conn->lookup = lookup_start(conn->loop, name, &conn->is_marked);
	if (conn->lookup == NULL) {
		pgconn_lose(conn, mono_us, "name");
		return;
	}
	conn->state = PGCONN_RESOLVING;
	conn->deadline_mono_us = mono_us + conn->source->connect_ms * US_PER_MS;
}

static void go_on_resolving(struct pgconn *conn, int64_t mono_us)
{
	assert(!conn->lookup->is_running);
	if (conn->lookup->count == 0) {
		pgconn_lose(conn, mono_us, "name");
		return;
	}
	connect_to(conn, conn->lookup->addresses[0], mono_us);
}

static void go_on_connecting(struct pgconn *conn, int64_t mono_us)
{
	PostgresPollingStatusType next = PQconnectPoll(conn->pg);

	switch (next) {
	case PGRES_POLLING_READING:
	case PGRES_POLLING_WRITING:
		if (!pgconn_watch(conn, next == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE)) {
			pgconn_lose(conn, mono_us, "memory");
		}
		return;
	case PGRES_POLLING_OK:
		break;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		pgconn_lose(conn, mono_us, "refused");
		return;
	}
	if (PQsetnonblocking(conn->pg, 1) != 0 || PQsendQuery(conn->pg, greetings[conn->lane]) != 1) {
		pgconn_lose(conn, mono_us, "settings");
		return;
	}
	conn->state = PGCONN_SETTING;
	conn->deadline_mono_us = mono_us + PREPARE_MS * US_PER_MS;
	conn->wants_flush = true;
}

static bool send_prepare(
	struct pgconn *conn, const char *name, const char *sql, size_t param_count, const Oid *oids)
{
	conn->prepared_left++;
	return PQsendPrepare(conn->pg, name, sql, (int)param_count, oids) == 1;
}

static bool send_prepare_each(struct pgconn *conn, enum stmt stmt)
{
	const struct stmt_row *row = &stmt_rows[stmt];
	size_t count = stmt_param_count(stmt);
	Oid oids[STMT_PARAM_MAX];
	struct arena arena;
	const char *sql;
	bool is_sent;

	for (size_t k = 0; k < count; k++) {
		oids[k] = stmt_array_oid(row->types[k]);
	}
	arena_init(&arena, EACH_SQL_BYTES_MAX);
	sql = stmt_each_sql(stmt, &arena);
	is_sent = sql != NULL && send_prepare(conn, row->each_name, sql, count, oids);
	arena_fini(&arena);
	return is_sent;
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
		if ((stmt_has_plain(row) && !send_prepare(conn, row->name, row->sql, count, oids)) ||
			(row->each_name != NULL && !send_prepare_each(conn, (enum stmt)i))) {
			return false;
		}
	}
	conn->wants_flush = true;
	return PQpipelineSync(conn->pg) == 1;
}

/* What the server says it is; NULL where it will do, else what is wrong with it. */
static const char *judge(struct pgconn *conn, const PGresult *result)
{
	uint64_t system;
	uint32_t timeline;

	if (PQntuples(result) != 1 || PQnfields(result) != IDENTITY_COLUMNS) {
		return NULL; /* of a setting */
	}
	system = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	timeline = (uint32_t)strtoul(PQgetvalue(result, 0, 1), NULL, 10);
	if (timeline == 0) {
		return "standby";
	}
	if (conn->lane != LANE_READ && strcmp(PQgetvalue(result, 0, 2), "on") == 0) {
		return "read_only";
	}
	if (!source_admit(conn->source, system, timeline)) {
		return "stale";
	}
	conn->system = system;
	conn->timeline = timeline;
	return NULL;
}

/* The settings' results, the last of which is NULL; then the statements are prepared. */
static void go_on_setting(struct pgconn *conn, int64_t mono_us)
{
	while (!PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);
		ExecStatusType status = PQresultStatus(result);
		const char *fault = NULL;

		if (result == NULL) {
			if (conn->system == 0 || PQenterPipelineMode(conn->pg) != 1 || !send_prepares(conn)) {
				pgconn_lose(conn, mono_us, "pipeline");
				return;
			}
			conn->state = PGCONN_PREPARING;
			return;
		}
		if (status == PGRES_TUPLES_OK) {
			fault = judge(conn, result);
		} else if (status != PGRES_COMMAND_OK) {
			fault = "settings";
		}
		PQclear(result);
		if (fault != NULL) {
			pgconn_lose(conn, mono_us, fault);
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
			conn->host_try_count = 0;
			pgconn_forget_addresses(conn); /* they are asked for again when it is lost */
			conn->deadline_mono_us = 0;
			log_line(conn->log, LOG_INFO, "db.ready",
				"conn=%d lane=%s statements=%zu host=%zu timeline=%" PRIu32, conn->number,
				lane_name(conn->lane), conn->prepared_left, conn->host + 1, conn->timeline);
			return;
		}
		if (status != PGRES_COMMAND_OK) { /* our own SQL: the message holds no person's data */
			char quoted[512];

			log_line(conn->log, LOG_ERROR, "db.prepare", "why=%s",
				log_quote(quoted, str_from_c(primary)));
			PQclear(result);
			pgconn_lose(conn, mono_us, "prepare");
			return;
		}
		PQclear(result);
	}
}

void pgconn_open_on(struct pgconn *conn, int64_t mono_us)
{
	switch (conn->state) {
	case PGCONN_RESOLVING:
		go_on_resolving(conn, mono_us);
		return;
	case PGCONN_CONNECTING:
		go_on_connecting(conn, mono_us);
		return;
	case PGCONN_SETTING:
	case PGCONN_PREPARING:
		break;
	case PGCONN_CLOSED:
	case PGCONN_READY:
	case PGCONN_STOPPED:
		unreachable();
	}
	if (PQconsumeInput(conn->pg) != 1) {
		pgconn_lose(conn, mono_us, "read");
	} else if (conn->state == PGCONN_SETTING) {
		go_on_setting(conn, mono_us);
	} else {
		go_on_preparing(conn, mono_us);
	}
}
