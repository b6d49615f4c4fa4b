/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lane of files' bytes: two connections that nothing else shares, so that no command waits behind a photograph.
 * Each is leased to one errand at a time, one statement and its commit, and given back when that is answered; the
 * rest waits in its order. What may be in flight is counted in bytes, not in errands: whoever wants to move a chunk
 * takes room for it first, and is BUSY where there is none.
 *
 *   the statement fails by its own fault   REFUSED
 *   it was slow, or the moment is to blame REDO: look again
 *   the connection is lost                 REDO
 *   a warning comes with the commit        REDO: its wait for a standby was cancelled (writer.h)
 */
#pragma once

#include "common/histogram.h"
#include "server/db/errand.h"
#include "server/db/pgconn.h"

#define FILE_LANE_COUNT 2
#define FILE_LANE_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct file_lane;

/* One of the two. */
struct file_conn {
	struct pgconn pg; /* first: the lane's calls get its address */
	struct file_lane *lane;
	struct errand *errand; /* leased to; NULL: it is free */
	bool has_failed;       /* its statement was an error */
	bool is_refused;       /* … by its own fault: errand->err is set */
	int64_t sent_mono_us;
};

struct file_lane {
	struct file_conn conns[FILE_LANE_COUNT];
	struct list waiting; /* errands not sent */
	size_t waiting_count;
	size_t held_bytes; /* room that was taken and not given back, at most FILE_LANE_BYTES_MAX */
	struct log *log;
	int64_t down_mono_us; /* since when no connection is ready; 0: one is */
	int64_t collected_mono_us;
	uint64_t done_count; /* for the counters */
	uint64_t failed_count;
	uint64_t busy_count; /* times there was no room */
	uint64_t lost_count;
	struct histogram answer_us; /* from sending to the sync */
};

void file_lane_init(struct file_lane *lane, uv_loop_t *loop, struct log *log, struct source *source,
	int64_t mono_us);
/* Every errand still there is done: REDO where it was sent, DOWN where not; and so is what comes later. */
void file_lane_stop(struct file_lane *lane);

/* Room for so many bytes in flight; false: there is none now. */
bool file_lane_hold(struct file_lane *lane, size_t bytes) must_check;
void file_lane_release(struct file_lane *lane, size_t bytes);

void file_lane_submit(struct file_lane *lane, struct errand *errand);
void file_lane_collect(struct file_lane *lane, int64_t mono_us);
void file_lane_flush(struct file_lane *lane, int64_t mono_us);
int64_t file_lane_due(const struct file_lane *lane);
bool file_lane_is_up(const struct file_lane *lane);
/* Statements sent and not answered. */
size_t file_lane_flying(const struct file_lane *lane);

/* As writer_backend and writer_hold: a commit that waits for a standby is never given up. */
int file_lane_backend(const struct file_lane *lane, size_t i);
void file_lane_await(struct file_lane *lane, int backend, int64_t mono_us);
