/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/writer.h"

#include <stdlib.h>
#include <string.h>

#include "server/db/each.h"

#define ANSWER_MS 10000 /* a commit may wait for a slow disk; for a standby see writer_hold */
#define DOWN_MS 1500    /* a restart is waited for; after it errands are turned away at once */
#define BATCH_MAX 256
#define SEND_BYTES_MAX (64 * 1024 * 1024) /* of arrays: the longest texts of 32 submissions */
#define READ_ONLY "25006"                 /* read_only_sql_transaction */

static void on_result(struct pgconn *pg, PGresult *result);
static void on_lost(struct pgconn *pg);

static const struct pgconn_lane calls = {on_result, on_lost};

void writer_init(struct writer *writer, int number, uv_loop_t *loop, struct log *log,
	struct source *source, size_t batch_max, int64_t mono_us)
{
	assert(batch_max >= 1 && batch_max <= BATCH_MAX);
	*writer = (struct writer){.log = log,
		.batch_max = batch_max,
		.send_bytes_max = SEND_BYTES_MAX,
		.down_mono_us = mono_us};
	pgconn_init(&writer->pg, loop, log, source, LANE_WRITE, number, &calls);
	list_init(&writer->waiting);
	list_init(&writer->batch);
}

static struct errand *errand_of(struct list *node)
{
	return container_of(node, struct errand, node);
}

static void finish_all(struct list *errands, enum errand_outcome outcome)
{
	while (!list_empty(errands)) {
		if (outcome == ERRAND_REDO) {
			query_fini(errand_of(errands->next)->queries);
		}
		errand_finish(errand_of(errands->next), outcome);
	}
}

static void on_lost(struct pgconn *pg)
{
	struct writer *writer = container_of(pg, struct writer, pg);

	writer->is_in_flight = false;
	writer->is_held = false;
	writer->lost_count++;
	finish_all(&writer->batch, ERRAND_REDO);
}

void writer_stop(struct writer *writer)
{
	pgconn_stop(&writer->pg);
	writer->is_in_flight = false;
	finish_all(&writer->batch, ERRAND_REDO);
	writer->waiting_count = 0;
	finish_all(&writer->waiting, ERRAND_DOWN);
}

void writer_submit(struct writer *writer, struct errand *errand)
{
	assert(errand->query_count == 1);
	assert(stmt_rows[errand->queries[0].stmt].lane == LANE_WRITE);
	errand->is_alone = false;
	list_append(&writer->waiting, &errand->node);
	writer->waiting_count++;
}

/* They are sent again each by itself. */
static void set_alone(struct list *first, size_t run)
{
	for (size_t i = 0; i < run; i++, first = first->next) {
		errand_of(first)->is_alone = true;
	}
}

/* One statement failed: it goes if it is to blame; the rest of the batch is undone either way. */
static void take_failure(struct writer *writer, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	struct list *culprit = writer->cursor;
	bool is_commit = culprit == &writer->batch;
	size_t run = is_commit ? 0 : errand_of(culprit)->run;
	char trace[UUID_TEXT_LEN + 1];

	writer->has_failed = true;
	writer->failed_count++;
	if (sqlstate == NULL) {
		pgconn_break(&writer->pg); /* libpq's own, as without memory: what was done is not sure */
		return;
	}
	if (strcmp(sqlstate, READ_ONLY) == 0) {
		writer->pg.is_broken = true; /* another server takes writes now, or none does */
	}
	log_line(writer->log, LOG_WARN, "db.command", "stmt=%s sqlstate=%s trace=%s count=%zu",
		is_commit ? "commit" : stmt_rows[errand_of(culprit)->queries[0].stmt].name, sqlstate,
		is_commit ? "-" : errand_trace(errand_of(culprit), trace), run);
	if (is_commit || !(errand_is_blamed(sqlstate) || errand_is_slow(sqlstate))) {
		writer->is_nobody = true; /* at commit, or of the moment */
		return;
	}
	if (run > 1) {
		set_alone(culprit, run); /* one of them */
		return;
	}
	writer->cursor = culprit->next;
	errand_of(culprit)->err = errand_err(sqlstate);
	query_fini(errand_of(culprit)->queries);
	errand_finish(errand_of(culprit), errand_is_slow(sqlstate) ? ERRAND_REDO : ERRAND_REFUSED);
}

static void take_rows(struct writer *writer, PGresult *result)
{
	struct query *queries[BATCH_MAX];
	struct list *node = writer->cursor;
	size_t run;

	if (node == &writer->batch) {
		pgconn_break(&writer->pg); /* more answers than questions */
		PQclear(result);
		return;
	}
	run = errand_of(node)->run;
	for (size_t i = 0; i < run; i++, node = node->next) {
		queries[i] = errand_of(node)->queries;
	}
	if (run == 1 ? !query_take(queries[0], result) : !each_share(result, queries, run)) {
		pgconn_break(&writer->pg);
		return;
	}
	writer->cursor = node;
}

/* The sync: the batch is committed, or it never was. */
static void take_sync(struct writer *writer)
{
	writer->is_in_flight = false;
	writer->is_held = false;
	pgconn_expect(&writer->pg, 0);
	if (!writer->has_failed && writer->pg.has_warned) {
		log_line(writer->log, LOG_ERROR, "db.unknown", "what=standby_not_waited_for");
		writer->unknown_count++;
		finish_all(&writer->batch, ERRAND_REDO);
		return;
	}
	if (!writer->has_failed) {
		writer->batch_count++;
		histogram_add(&writer->figures->commit_us,
			(uint64_t)(writer->collected_mono_us - writer->sent_mono_us));
		finish_all(&writer->batch, ERRAND_DONE);
		return;
	}
	if (writer->is_nobody) {
		finish_all(&writer->batch, ERRAND_REDO);
		return;
	}
	list_each (node, after, &writer->batch) {
		query_fini(errand_of(node)->queries);
		writer->waiting_count++;
	}
	list_splice(&writer->batch, &writer->waiting); /* those who were first stay first */
	list_splice(&writer->waiting, &writer->batch);
}

static void on_result(struct pgconn *pg, PGresult *result)
{
	struct writer *writer = container_of(pg, struct writer, pg);

	assert(writer->is_in_flight);
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		take_rows(writer, result);
		return;
	case PGRES_PIPELINE_SYNC:
		take_sync(writer);
		break;
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		take_failure(writer, result);
		break;
	}
	PQclear(result);
}

void writer_collect(struct writer *writer, int64_t mono_us)
{
	writer->collected_mono_us = mono_us;
	pgconn_run(&writer->pg, mono_us);
	if (writer_is_up(writer)) {
		writer->down_mono_us = 0;
	} else if (writer->down_mono_us == 0) {
		writer->down_mono_us = mono_us;
	}
}

static enum stmt_form form_of(const struct errand *errand)
{
	return stmt_rows[errand->queries[0].stmt].form;
}

static int compare_key(const struct errand *a, const struct errand *b)
{
	int order = uuid_compare(a->key.community_id, b->key.community_id);

	return order != 0 ? order : uuid_compare(a->key.record_id, b->key.record_id);
}

/* What makes complaints first: it waits for numbers of a day, which nobody takes who holds a record. */
static int compare(const void *a, const void *b)
{
	const struct errand *left = *(struct errand *const *)a;
	const struct errand *right = *(struct errand *const *)b;
	bool is_first = form_of(left) == FORM_FIRST;

	if (is_first != (form_of(right) == FORM_FIRST)) {
		return is_first ? -1 : 1;
	}
	return compare_key(left, right);
}

/* How many from the first on go as one. Two of one record are not: the second has to see what the first did. */
static size_t run_of(struct errand *const *sorted, size_t count)
{
	enum stmt_form form = form_of(sorted[0]);
	size_t run = 1;

	if (form != FORM_MANY && form != FORM_FIRST) {
		return 1;
	}
	while (run < count && !sorted[0]->is_alone && !sorted[run]->is_alone &&
		   sorted[run]->queries[0].stmt == sorted[0]->queries[0].stmt &&
		   compare_key(sorted[run], sorted[run - 1]) != 0) {
		run++;
	}
	return run;
}

/* False: there is no room for their arrays. */
static bool send_asked(struct writer *writer, struct errand *const *errands, size_t run)
{
	struct query *queries[BATCH_MAX];
	struct arena arena;
	struct each each;
	bool fits;

	for (size_t i = 0; i < run; i++) {
		queries[i] = errands[i]->queries;
	}
	arena_init(&arena, writer->send_bytes_max);
	fits = each_init(&each, queries, run, &arena);
	if (fits) {
		errands[0]->run = run;
		pgconn_send_each(&writer->pg, &each);
	}
	arena_fini(&arena);
	return fits;
}

static void send_run(struct writer *writer, struct errand *const *errands, size_t run)
{
	if (stmt_rows[errands[0]->queries[0].stmt].each_name == NULL) {
		errands[0]->run = 1;
		pgconn_send(&writer->pg, errands[0]->queries);
		return;
	}
	if (send_asked(writer, errands, run)) {
		return;
	}
	for (size_t i = 0; i < run; i++) { /* the longest texts of a large batch, or memory is short */
		if (!send_asked(writer, errands + i, 1)) {
			pgconn_break(&writer->pg); /* nobody was told anything: everybody looks again */
			return;
		}
	}
}

static void send_all(struct writer *writer, struct errand *const *sorted, size_t count)
{
	for (size_t i = 0, run; i < count; i += run) {
		run = run_of(sorted + i, count - i);
		send_run(writer, sorted + i, run);
	}
	for (size_t i = 0; i < count; i++) {
		list_append(&writer->batch, &sorted[i]->node);
	}
}

static void send_batch(struct writer *writer, int64_t mono_us)
{
	struct errand *sorted[BATCH_MAX];
	size_t count = 0;

	while (count < writer->batch_max && !list_empty(&writer->waiting)) {
		sorted[count++] = errand_of(list_shift(&writer->waiting));
	}
	writer->waiting_count -= count;
	qsort(sorted, count, sizeof sorted[0], compare);
	send_all(writer, sorted, count);
	pgconn_sync(&writer->pg, mono_us + ANSWER_MS * US_PER_MS);
	writer->cursor = writer->batch.next;
	writer->pg.has_warned = false;
	writer->is_in_flight = true;
	writer->has_failed = false;
	writer->is_nobody = false;
	writer->command_count += count;
	writer->sent_mono_us = mono_us;
	histogram_add(&writer->figures->batch_sizes, count);
	pgconn_run(&writer->pg, mono_us);
}

static void turn_away(struct writer *writer, int64_t mono_us)
{
	bool is_down = writer->is_held || (writer->down_mono_us != 0 &&
										  mono_us - writer->down_mono_us > DOWN_MS * US_PER_MS);

	list_each (node, after, &writer->waiting) {
		struct errand *errand = errand_of(node);

		if (is_down || mono_us >= errand->expires_mono_us) {
			writer->waiting_count--;
			errand_finish(errand, ERRAND_DOWN);
		}
	}
}

void writer_flush(struct writer *writer, int64_t mono_us)
{
	writer->waiting_count -= errand_drop_broken(&writer->waiting);
	if (writer_is_up(writer) && !writer->is_in_flight && !list_empty(&writer->waiting)) {
		send_batch(writer, mono_us);
	}
	turn_away(writer, mono_us);
}

int writer_backend(const struct writer *writer)
{
	return writer_is_up(writer) ? PQbackendPID(writer->pg.pg) : 0;
}

void writer_hold(struct writer *writer, int backend, int64_t mono_us)
{
	if (!writer->is_in_flight || backend != writer_backend(writer)) {
		return; /* that was another moment */
	}
	writer->is_held = true;
	pgconn_expect(&writer->pg, mono_us + ANSWER_MS * US_PER_MS);
}

int64_t writer_due(const struct writer *writer)
{
	return pgconn_due(&writer->pg);
}

bool writer_is_up(const struct writer *writer)
{
	return writer->pg.state == PGCONN_READY;
}
