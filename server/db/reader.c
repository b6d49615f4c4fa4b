/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/reader.h"

#include <stdlib.h>

#include "server/db/group.h"

#define GROUPS_IN_FLIGHT_MAX 2 /* the next is on its way while one is answered */
#define ANSWER_MS 3000         /* statement_timeout is 1 s; beyond this the connection is dead */
#define DOWN_MS 1500 /* a restart is waited for; after it errands are turned away at once */
#define SENT_MAX 4   /* times an errand is sent before it is given up */
#define SEND_BYTES_MAX (1024 * 1024)

struct reader_conn {
	struct pgconn pg; /* first: the lane's calls get its address */
	struct reader *reader;
	struct list groups; /* in flight, oldest first */
	size_t group_count;
	struct query epoch_query; /* without parameters; never keeps a result */
};

static void on_result(struct pgconn *pg, PGresult *result);
static void on_lost(struct pgconn *pg);

static const struct pgconn_lane calls = {on_result, on_lost};

void reader_init(struct reader *reader, uv_loop_t *loop, struct log *log, struct source *source,
	size_t conn_count, int64_t mono_us)
{
	assert(conn_count >= 1 && conn_count <= READER_COUNT_MAX);
	*reader = (struct reader){
		.log = log, .source = source, .conn_count = conn_count, .down_mono_us = mono_us};
	list_init(&reader->waiting);
	reader->conns = calloc(conn_count, sizeof *reader->conns);
	assert(reader->conns != NULL);
	for (size_t i = 0; i < conn_count; i++) {
		struct reader_conn *conn = &reader->conns[i];

		pgconn_init(&conn->pg, loop, log, source, LANE_READ, (int)i, &calls);
		conn->reader = reader;
		list_init(&conn->groups);
		query_init(&conn->epoch_query, STMT_epoch_get, NULL);
	}
}

static void finish_all(struct list *errands, enum errand_outcome outcome)
{
	while (!list_empty(errands)) {
		errand_finish(container_of(errands->next, struct errand, node), outcome);
	}
}

void reader_stop(struct reader *reader)
{
	for (size_t i = 0; i < reader->conn_count; i++) {
		struct reader_conn *conn = &reader->conns[i];

		if (conn->pg.state == PGCONN_READY) {
			on_lost(&conn->pg);
		}
		pgconn_stop(&conn->pg);
	}
	finish_all(&reader->waiting, ERRAND_DOWN);
}

void reader_fini(struct reader *reader)
{
	free(reader->conns);
	reader->conns = NULL;
}

void reader_submit(struct reader *reader, struct errand *errand)
{
	errand->sent_count = 0;
	errand->is_alone = false;
	list_append(&reader->waiting, &errand->node);
}

static void clear_results(struct errand *errand)
{
	for (size_t i = 0; i < errand->query_count; i++) {
		query_fini(&errand->queries[i]);
	}
}

/* Puts a group's unanswered errands back to the head of the queue, in their order. */
static void send_again(struct reader *reader, struct group *group)
{
	struct list again;

	list_init(&again);
	while (!list_empty(&group->errands)) {
		struct errand *errand = container_of(list_shift(&group->errands), struct errand, node);

		clear_results(errand);
		if (errand->sent_count >= SENT_MAX) {
			errand_finish(errand, ERRAND_REDO);
		} else {
			list_append(&again, &errand->node);
		}
	}
	list_splice(&again, &reader->waiting);
	list_splice(&reader->waiting, &again);
}

static void end_group(struct reader_conn *conn, struct group *group)
{
	struct list *next;

	histogram_add(&conn->reader->answer_us,
		(uint64_t)(conn->reader->collected_mono_us - group->sent_mono_us));
	send_again(conn->reader, group);
	list_remove(&group->node);
	conn->group_count--;
	free(group);
	next = list_empty(&conn->groups) ? NULL : conn->groups.next;
	pgconn_expect(
		&conn->pg, next == NULL ? 0 : container_of(next, struct group, node)->answer_by_mono_us);
}

static void on_lost(struct pgconn *pg)
{
	struct reader_conn *conn = container_of(pg, struct reader_conn, pg);

	conn->reader->loss_count++;
	while (!list_empty(&conn->groups)) {
		struct group *group = container_of(conn->groups.next, struct group, node);

		send_again(conn->reader, group);
		list_remove(&group->node);
		conn->group_count--;
		free(group);
	}
}

static void take_failure(struct reader_conn *conn, struct group *group, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (sqlstate == NULL) {
		group->is_spoilt = true;
		pgconn_break(
			&conn->pg); /* libpq's own, as without memory: whose the next are is not sure */
		return;
	}
	group_fail(group, conn->reader->log, sqlstate);
}

static void take_rows(struct reader_conn *conn, struct group *group, PGresult *result)
{
	if (!group_take(group, result)) {
		pgconn_break(&conn->pg);
	}
	if (group->epoch > conn->reader->epoch) {
		conn->reader->epoch = group->epoch;
	}
}

static void on_result(struct pgconn *pg, PGresult *result)
{
	struct reader_conn *conn = container_of(pg, struct reader_conn, pg);
	struct group *group = container_of(conn->groups.next, struct group, node);

	assert(!list_empty(&conn->groups));
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
		take_rows(conn, group, result);
		return;
	case PGRES_PIPELINE_SYNC:
		end_group(conn, group);
		break;
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		take_failure(conn, group, result);
		break;
	}
	PQclear(result);
}

void reader_collect(struct reader *reader, int64_t mono_us)
{
	reader->collected_mono_us = mono_us;
	for (size_t i = 0; i < reader->conn_count; i++) {
		pgconn_run(&reader->conns[i].pg, mono_us);
	}
	if (reader_is_up(reader)) {
		reader->down_mono_us = 0;
	} else if (reader->down_mono_us == 0) {
		reader->down_mono_us = mono_us;
		reader->epoch = 0; /* what comes back may be older: a restored backup */
	}
	if (reader->timeline != reader->source->timeline) {
		reader->timeline = reader->source->timeline;
		reader->epoch = 0; /* the old primary may have been ahead of the standby that took over */
	}
}

/* False where there is no memory for it: those who wait go on waiting. */
static bool send_group(struct reader_conn *conn, size_t errand_count, int64_t mono_us)
{
	struct reader *reader = conn->reader;
	struct group *group = group_new(&reader->waiting, errand_count);
	struct arena arena;

	if (group == NULL) {
		return false;
	}
	group->sent_mono_us = mono_us;
	group->answer_by_mono_us = mono_us + ANSWER_MS * US_PER_MS;
	arena_init(&arena, SEND_BYTES_MAX);
	group_send(group, &conn->pg, &conn->epoch_query, &arena);
	arena_fini(&arena);
	reader->query_count += group->asked_count;
	pgconn_sync(&conn->pg, group->answer_by_mono_us);
	list_append(&conn->groups, &group->node);
	conn->group_count++;
	reader->group_count++;
	histogram_add(&reader->group_sizes, errand_count);
	return true;
}

static void turn_away(struct reader *reader, int64_t mono_us)
{
	bool is_down =
		reader->down_mono_us != 0 && mono_us - reader->down_mono_us > DOWN_MS * US_PER_MS;

	list_each (node, after, &reader->waiting) {
		struct errand *errand = container_of(node, struct errand, node);

		if (is_down || mono_us >= errand->expires_mono_us) {
			errand_finish(errand, ERRAND_DOWN);
		}
	}
}

static size_t count_waiting(const struct reader *reader)
{
	size_t count = 0;

	list_each (node, after, (struct list *)&reader->waiting) {
		count++;
	}
	return count;
}

void reader_flush(struct reader *reader, int64_t mono_us)
{
	size_t waiting;
	size_t ready = 0;

	errand_drop_broken(&reader->waiting);
	waiting = count_waiting(reader);

	for (size_t i = 0; waiting > 0 && i < reader->conn_count; i++) {
		ready += reader->conns[i].pg.state == PGCONN_READY &&
		         reader->conns[i].group_count < GROUPS_IN_FLIGHT_MAX;
	}
	for (size_t i = 0; waiting > 0 && i < reader->conn_count; i++) {
		struct reader_conn *conn = &reader->conns[i];
		size_t share;

		if (conn->pg.state != PGCONN_READY || conn->group_count >= GROUPS_IN_FLIGHT_MAX) {
			continue;
		}
		share = size_min((waiting + ready - 1) / ready, GROUP_ERRANDS_MAX);
		ready--;
		if (!send_group(conn, share, mono_us)) {
			continue;
		}
		waiting -= share;
		pgconn_run(&conn->pg, mono_us); /* one write a connection a tick */
	}
	turn_away(reader, mono_us);
}

int64_t reader_due(const struct reader *reader)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < reader->conn_count; i++) {
		int64_t one = pgconn_due(&reader->conns[i].pg);

		due = one < due ? one : due;
	}
	return due;
}

bool reader_is_up(const struct reader *reader)
{
	for (size_t i = 0; i < reader->conn_count; i++) {
		if (reader->conns[i].pg.state == PGCONN_READY) {
			return true;
		}
	}
	return false;
}

struct reader_census reader_take_census(const struct reader *reader)
{
	struct reader_census census = {.waiting_count = count_waiting(reader)};

	for (size_t i = 0; i < reader->conn_count; i++) {
		census.up_count += reader->conns[i].pg.state == PGCONN_READY;
		census.group_count += reader->conns[i].group_count;
	}
	return census;
}
