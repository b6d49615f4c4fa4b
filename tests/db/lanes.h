/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's real lanes, one reader, up to two writers and that of files, on a loop of the test's own: two writers
 * are two servers as far as the database can tell. A turn is what a tick does with them. The clock is
 * the machine's, plus what a test skips. Nothing sleeps but the loop, and it never for long.
 */
#pragma once

#include "server/db/file_lane.h"
#include "server/db/reader.h"
#include "server/db/writers.h"

#define JOB_QUERY_MAX 8

struct lanes {
	uv_loop_t loop;
	uv_timer_t timer; /* wakes the loop when something is due */
	struct log log;
	int log_fd; /* a file in memory */
	struct source source;
	struct reader reader;
	struct writers writers;
	struct file_lane files;
	int64_t skipped_us;
	size_t pending_count; /* jobs handed in and not done */
	int64_t run_us;       /* how long the last lanes_run took */
};

/* An errand with room for what it needs. Lives where the test keeps it, from job_init to job_fini. */
struct job {
	struct errand errand;
	struct query queries[JOB_QUERY_MAX];
	struct arena arena;
	struct lanes *lanes;
	size_t writer;  /* that a test chose */
	int done_count; /* since it was handed in: never more than 1 */
	void (*hand)(struct lanes *lanes, struct job *job); /* as it was handed in last */
};

void lanes_open(struct lanes *lanes, const char *conninfo, size_t writer_count, size_t batch_max);
void lanes_close(struct lanes *lanes);

/* Turns until every lane is ready. */
void lanes_wait_up(struct lanes *lanes);
/* One turn: work out; wait for something to happen, at most a few milliseconds; results in. */
void lanes_turn(struct lanes *lanes);
/* Its two ends by themselves. */
void lanes_flush(struct lanes *lanes);
void lanes_collect(struct lanes *lanes);
/* Turns until every job is done; ends the program where that takes too long. */
void lanes_run(struct lanes *lanes);
/* Did that take as long as statement_timeout? Then the machine stood still, and something may have been sent again. */
bool lanes_stood_still(const struct lanes *lanes);
/*
 * For jobs that were handed in, of which a test says what they did and not how often they were sent: turns until every
 * one is done, and those that have to look again (a machine that stood still for as long as statement_timeout) go
 * again, as requests do, up to a bound.
 */
void lanes_settle(struct lanes *lanes, struct job *jobs, size_t count);
/* From now on it is so much later. */
void lanes_skip(struct lanes *lanes, int64_t us);
/* Does what was logged hold this text? */
bool lanes_logged(struct lanes *lanes, const char *text);

void job_init(struct job *job);
void job_fini(struct job *job);
/* One more statement of the job; its parameters follow. */
struct query *job_query(struct job *job, enum stmt stmt);
/* To the reader. It expires in ten seconds. */
void job_read(struct lanes *lanes, struct job *job);
/* To the writer of its community. */
void job_command(struct lanes *lanes, struct job *job);
/* To the lane of files. */
void job_file(struct lanes *lanes, struct job *job);
/* To a writer that the test chooses. */
void job_write(struct lanes *lanes, size_t writer, struct job *job);
