/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writing lane: one connection, on which commands that are ready share one implicit transaction,
 * at most commit_batch_max of them, sorted by community, then record, FIRST before all others; of one
 * statement with FIRST or MANY those that follow each other go as one (server/db/each.h). The next batch gathers while this
 * one's commit is on its way to disk; never two are in flight. An errand is done when the sync has come,
 * never earlier: until then nothing is committed.
 *
 *   a statement failed by its own fault   it is refused; the others are sent again
 *   … of those that went as one           nobody knows who is to blame: all are sent again, each by itself
 *   a failure that blames nobody          everybody REDO: look again, the key says what happened
 *   the connection is lost                everybody REDO
 *   a warning comes with the commit       everybody REDO: its wait for a standby was cancelled, and what
 *                                         is committed here may not survive (docs/decisions.md)
 *
 * A commit that waits for a standby is waited for as long as it takes: writer_hold says that it does.
 * Nothing cancels it, and giving the connection up would leave a backend behind that holds its locks.
 */
#pragma once

#include "common/histogram.h"
#include "server/db/errand.h"
#include "server/db/pgconn.h"

struct writer_figures {
	struct histogram batch_sizes; /* commands */
	struct histogram commit_us;   /* from sending to the sync */
};

struct writer {
	struct pgconn pg;
	struct log *log;
	struct list waiting; /* errands not sent */
	struct list batch;   /* in flight, in the order sent */
	struct list *cursor; /* in batch: the errand whose result comes next; the head: none left */
	size_t batch_max;
	size_t
		send_bytes_max; /* of the arrays that a run of commands is sent as; else they go one by one */
	size_t waiting_count;
	bool is_in_flight;
	bool has_failed;      /* a result of this batch was an error */
	bool is_nobody;       /* … that blames no statement */
	bool is_held;         /* the batch in flight waits for a standby */
	int64_t down_mono_us; /* since when it is not ready; 0: it is */
	uint64_t batch_count; /* committed, for the counters */
	uint64_t command_count;
	uint64_t failed_count;
	uint64_t unknown_count;    /* batches that were answered, and whose commit may not survive */
	uint64_t lost_count;       /* connections */
	int64_t sent_mono_us;      /* the batch in flight */
	int64_t collected_mono_us; /* the tick's time when results came */
	struct writer_figures *figures; /* borrowed: of all lanes together; set by writers_init */
};

void writer_init(struct writer *writer, int number, uv_loop_t *loop, struct log *log,
	struct source *source, size_t batch_max, int64_t mono_us);
/* Every errand still there is done: REDO where it was sent, DOWN where not. */
void writer_stop(struct writer *writer);

void writer_submit(struct writer *writer, struct errand *errand);
void writer_collect(struct writer *writer, int64_t mono_us);
void writer_flush(struct writer *writer, int64_t mono_us);
/* The backend's process, while it is ready; 0 else. */
int writer_backend(const struct writer *writer);
/*
 * PostgreSQL says that this backend waits for a standby: the batch in flight has its time anew, and what
 * waits behind it is turned away.
 */
void writer_hold(struct writer *writer, int backend, int64_t mono_us);
int64_t writer_due(const struct writer *writer);
bool writer_is_up(const struct writer *writer);
