/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include <libpq-fe.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "server/restore.h"

#define LINES_MAX 1000000
#define UUIDS 2

/* Eras of restores are seconds since 2026, so that two restores of one backup never share one. */
#define ERA_FROM_S INT64_C(1767225600)

static enum err fail_with(
	PGconn *pg, const PGresult *result, const char *what, struct backup_fault *fault)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	return backup_fail(
		fault, ERR_BACKUP, "%s: %.400s", what, message == NULL ? PQerrorMessage(pg) : message);
}

/* *out: the first value, as a whole number; 0 where there is none. */
static enum err ask(
	PGconn *pg, const char *what, const char *sql, uint64_t *out, struct backup_fault *fault)
{
	PGresult *result = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(result);
	enum err err = ERR_OK;

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		err = fail_with(pg, result, what, fault);
	} else if (out != NULL && PQntuples(result) > 0) {
		*out = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	}
	PQclear(result);
	return err;
}

/*
 * Every index against its table, and every table in itself: what the files' hashes cannot show, because
 * it was so when they were taken. The extension is there for this transaction only.
 */
static enum err check_tables(PGconn *pg, struct restore_report *report, struct backup_fault *fault)
{
	static const char indexes[] =
		"SELECT count(*) FROM (SELECT bt_index_check(i.indexrelid, true) FROM pg_index i"
		" JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam"
		" WHERE a.amname = 'btree' AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid)"
		" AS checked";
	static const char tables[] =
		"SELECT count(*) FROM pg_class c CROSS JOIN LATERAL verify_heapam(c.oid) AS found"
		" WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'";
	uint64_t available = 0;
	uint64_t broken = 0;
	enum err err = ask(pg, "looking for amcheck",
		"SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'", &available, fault);

	if (err != ERR_OK || available == 0) {
		return err;
	}
	err = ask(pg, "checking tables", "BEGIN; CREATE EXTENSION IF NOT EXISTS amcheck", NULL, fault);
	if (err == ERR_OK) {
		err = ask(pg, "an index is damaged", indexes, &report->index_count, fault);
	}
	if (err == ERR_OK) {
		err = ask(pg, "checking tables", tables, &broken, fault);
	}
	if (err == ERR_OK && broken > 0) {
		err = backup_fail(
			fault, ERR_BACKUP, "tables are damaged in %llu places", (unsigned long long)broken);
	}
	return err == ERR_OK ? ask(pg, "checking tables", "ROLLBACK", NULL, fault) : err;
}

/* "contact COMMUNITY COMPLAINT": that complaint's contact, with the key that it is encrypted under. */
static enum err erase_line(PGconn *pg, const char *line, size_t number, struct backup_fault *fault)
{
	char ids[UUIDS][UUID_TEXT_LEN + 1];
	const char *const values[] = {ids[0], ids[1]};
	struct uuid id;
	PGresult *result;
	int used = 0;
	enum err err = ERR_OK;

	if (sscanf(line, "contact %36s %36s%n", ids[0], ids[1], &used) != UUIDS || line[used] != '\0' ||
		!uuid_parse(str_from_c(ids[0]), &id) || !uuid_parse(str_from_c(ids[1]), &id)) {
		return backup_fail(fault, ERR_CONFIG,
			"keys/erased.list line %zu is not known to this program: nothing is restored, because "
			"what was erased would be back",
			number);
	}
	result = PQexecParams(pg,
		"DELETE FROM complaint_contact WHERE community_id = $1::uuid AND complaint_id = $2::uuid",
		UUIDS, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		err = fail_with(pg, result, "keys/erased.list", fault);
	}
	PQclear(result);
	return err;
}

/* A line each; empty ones and those that begin with # say nothing. */
static enum err erase_again(PGconn *pg, const struct restore_ask *ask_of,
	struct restore_report *report, struct backup_fault *fault)
{
	struct span list = kept_find(ask_of->kept, "keys/erased.list");
	size_t number = 0;

	while (list.len > 0 && number < LINES_MAX) {
		const uint8_t *feed = memchr(list.ptr, '\n', list.len);
		size_t len = feed == NULL ? list.len : (size_t)(feed - list.ptr);
		char line[256];
		enum err err;

		(void)snprintf(line, sizeof(line), "%.*s", (int)len, (const char *)list.ptr);
		list = span_after(list, feed == NULL ? len : len + 1);
		number++;
		if (line[0] == '\0' || line[0] == '#') {
			continue;
		}
		err = erase_line(pg, line, number, fault);
		if (err != ERR_OK) {
			return err;
		}
		report->erased_count++;
	}
	return list.len == 0 ? ERR_OK : backup_fail(fault, ERR_CONFIG, "keys/erased.list is too long");
}

/*
 * What was handed out since the backup must not be taken for what is handed out from now on: positions
 * of watchers are of another era, and whoever had a session proves anew who they are.
 */
static enum err begin_anew(PGconn *pg, struct backup_fault *fault)
{
	char era[1024];
	long long from = (long long)(clock_now().utc_us / US_PER_S - ERA_FROM_S);
	enum err err;

	(void)snprintf(era, sizeof(era),
		"INSERT INTO feed_era (era, system_identifier, first_seq)"
		" SELECT greatest(coalesce(max(era), 0) + 1, %lld),"
		" (SELECT system_identifier FROM pg_control_system()),"
		" coalesce(pg_sequence_last_value(pg_get_serial_sequence('public.event', 'seq')), 0)"
		" FROM feed_era",
		from);
	err = ask(pg, "a new era", era, NULL, fault);
	if (err == ERR_OK) {
		/* Transaction ids go on as they were: the clocks follow the events from where they stood. */
		err = ask(pg, "clocks",
			"UPDATE clock_turn SET era = (SELECT max(era) FROM feed_era) WHERE era <> 0", NULL,
			fault);
	}
	if (err == ERR_OK) {
		err = ask(pg, "ending sessions",
			"WITH done AS (UPDATE session SET ended_at = now() WHERE ended_at IS NULL)"
			" UPDATE rights_epoch SET epoch = epoch + 1",
			NULL, fault);
	}
	return err;
}

enum err restore_settle(const char *super, const struct restore_ask *ask_of,
	struct restore_report *report, struct backup_fault *out_fault)
{
	PGconn *pg = PQconnectdb(super);
	enum err err = ERR_OK;

	if (PQstatus(pg) != CONNECTION_OK) {
		err = backup_fail(
			out_fault, ERR_TRY_LATER, "the restored database: %.400s", PQerrorMessage(pg));
	}
	if (err == ERR_OK) {
		err = check_tables(pg, report, out_fault);
	}
	if (err == ERR_OK) {
		err = erase_again(pg, ask_of, report, out_fault);
	}
	if (err == ERR_OK) {
		err = begin_anew(pg, out_fault);
	}
	if (err == ERR_OK) {
		err = ask(pg, "the last event",
			"SELECT (extract(epoch FROM at) * 1000000)::bigint FROM event"
			" ORDER BY xid DESC, seq DESC LIMIT 1",
			&report->last_event_us, out_fault);
	}
	PQfinish(pg);
	return err;
}
