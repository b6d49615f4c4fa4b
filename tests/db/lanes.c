/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/lanes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define JOB_BYTES_MAX (1024 * 1024)
#define EXPIRES_US (10 * US_PER_S)
#define PATIENCE_US (60 * US_PER_S) /* of a test, before it gives up; a loaded machine is slow */
#define STATEMENT_US US_PER_S       /* statement_timeout of the lanes */
#define TRIES_MAX 10                /* of a job that has to look again */
#define NAP_MS 20                   /* longest wait of one turn */

static int64_t mono_us(const struct lanes *lanes)
{
	return clock_now().mono_us + lanes->skipped_us;
}

void lanes_open(struct lanes *lanes, const char *conninfo, size_t writer_count, size_t batch_max)
{
	struct source_fault fault;
	int failed;

	*lanes = (struct lanes){0};
	failed = !source_init(&lanes->source, conninfo, &fault) || uv_loop_init(&lanes->loop) != 0 ||
	         uv_timer_init(&lanes->loop, &lanes->timer) != 0;
	assert(!failed);
	lanes->log_fd = memfd_create("log", MFD_CLOEXEC);
	assert(lanes->log_fd >= 0);
	log_init(&lanes->log, lanes->log_fd, LOG_DEBUG);
	reader_init(&lanes->reader, &lanes->loop, &lanes->log, &lanes->source, 1, mono_us(lanes));
	writers_init(&lanes->writers, writer_count, &lanes->loop, &lanes->log, &lanes->source,
		batch_max, mono_us(lanes));
	file_lane_init(&lanes->files, &lanes->loop, &lanes->log, &lanes->source, mono_us(lanes));
}

void lanes_close(struct lanes *lanes)
{
	int failed;

	reader_stop(&lanes->reader);
	writers_stop(&lanes->writers);
	file_lane_stop(&lanes->files);
	assert(lanes->pending_count == 0);
	uv_close((uv_handle_t *)&lanes->timer, NULL);
	(void)uv_run(&lanes->loop, UV_RUN_DEFAULT);
	failed = uv_loop_close(&lanes->loop);
	assert(failed == 0);
	reader_fini(&lanes->reader);
	source_fini(&lanes->source);
	log_fini(&lanes->log);
	(void)close(lanes->log_fd);
}

static int64_t due_us(const struct lanes *lanes)
{
	int64_t reading = reader_due(&lanes->reader);
	int64_t writing = writers_due(&lanes->writers);
	int64_t moving = file_lane_due(&lanes->files);
	int64_t due = reading < writing ? reading : writing;

	return due < moving ? due : moving;
}

static void on_timer(uv_timer_t *timer)
{
	(void)timer; /* it only wakes the loop */
}

void lanes_collect(struct lanes *lanes)
{
	int64_t now_us = mono_us(lanes);

	reader_collect(&lanes->reader, now_us);
	writers_collect(&lanes->writers, now_us);
	file_lane_collect(&lanes->files, now_us);
}

void lanes_flush(struct lanes *lanes)
{
	int64_t now_us = mono_us(lanes);

	reader_flush(&lanes->reader, now_us);
	writers_flush(&lanes->writers, now_us);
	file_lane_flush(&lanes->files, now_us);
}

void lanes_turn(struct lanes *lanes)
{
	int64_t wait_ms;

	lanes_flush(lanes);
	wait_ms = due_us(lanes) / US_PER_MS - mono_us(lanes) / US_PER_MS;
	wait_ms = wait_ms < 0 ? 0 : wait_ms > NAP_MS ? NAP_MS : wait_ms;
	uv_update_time(&lanes->loop);
	/* Repeating: uv_run looks at timers before it waits, and must find one all the same. */
	(void)uv_timer_start(&lanes->timer, on_timer, (uint64_t)wait_ms, NAP_MS);
	(void)uv_run(&lanes->loop, UV_RUN_ONCE);
	lanes_collect(lanes);
}

static bool is_up(const struct lanes *lanes)
{
	return reader_is_up(&lanes->reader) && writers_are_up(&lanes->writers) &&
	       file_lane_is_up(&lanes->files);
}

void lanes_wait_up(struct lanes *lanes)
{
	int64_t until_us = clock_now().mono_us + PATIENCE_US;

	while (!is_up(lanes)) {
		assert(clock_now().mono_us < until_us);
		lanes_turn(lanes);
	}
}

void lanes_run(struct lanes *lanes)
{
	int64_t from_us = clock_now().mono_us;

	while (lanes->pending_count > 0) {
		assert(clock_now().mono_us < from_us + PATIENCE_US);
		lanes_turn(lanes);
	}
	lanes->run_us = clock_now().mono_us - from_us;
}

bool lanes_stood_still(const struct lanes *lanes)
{
	return lanes->run_us >= STATEMENT_US;
}

void lanes_settle(struct lanes *lanes, struct job *jobs, size_t count)
{
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		lanes_run(lanes);
		for (size_t i = 0; i < count; i++) {
			if (jobs[i].errand.outcome == ERRAND_REDO) {
				jobs[i].hand(lanes, &jobs[i]);
			}
		}
		if (lanes->pending_count == 0) {
			return;
		}
	}
	lanes_run(lanes);
}

void lanes_skip(struct lanes *lanes, int64_t us)
{
	lanes->skipped_us += us;
}

bool lanes_logged(struct lanes *lanes, const char *text)
{
	bool found;
	off_t len;
	void *all;

	(void)log_flush(&lanes->log);
	len = lseek(lanes->log_fd, 0, SEEK_CUR);
	if (len <= 0) {
		return false;
	}
	all = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, lanes->log_fd, 0);
	assert(all != MAP_FAILED);
	found = memmem(all, (size_t)len, text, strlen(text)) != NULL;
	(void)munmap(all, (size_t)len);
	return found;
}

static void on_done(struct errand *errand)
{
	struct job *job = container_of(errand, struct job, errand);

	job->done_count++;
	assert(job->done_count == 1);
	assert(job->lanes->pending_count > 0);
	job->lanes->pending_count--;
}

void job_init(struct job *job)
{
	*job = (struct job){.errand = {.done = on_done}};
	job->errand.queries = job->queries;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

void job_fini(struct job *job)
{
	for (size_t i = 0; i < job->errand.query_count; i++) {
		query_fini(&job->queries[i]);
	}
	job->errand.query_count = 0;
	arena_fini(&job->arena);
}

struct query *job_query(struct job *job, enum stmt stmt)
{
	struct query *query = &job->queries[job->errand.query_count++];

	assert(job->errand.query_count <= JOB_QUERY_MAX);
	query_init(query, stmt, &job->arena);
	return query;
}

static void hand_in(
	struct lanes *lanes, struct job *job, void (*hand)(struct lanes *lanes, struct job *job))
{
	assert(!job->arena.failed);
	for (size_t i = 0; i < job->errand.query_count; i++) {
		query_fini(&job->queries[i]); /* of the time before */
	}
	job->lanes = lanes;
	job->hand = hand;
	job->done_count = 0;
	job->errand.expires_mono_us = mono_us(lanes) + EXPIRES_US;
	lanes->pending_count++;
}

void job_read(struct lanes *lanes, struct job *job)
{
	hand_in(lanes, job, job_read);
	reader_submit(&lanes->reader, &job->errand);
}

void job_command(struct lanes *lanes, struct job *job)
{
	hand_in(lanes, job, job_command);
	writers_submit(&lanes->writers, &job->errand);
}

void job_file(struct lanes *lanes, struct job *job)
{
	hand_in(lanes, job, job_file);
	file_lane_submit(&lanes->files, &job->errand);
}

static void write_again(struct lanes *lanes, struct job *job)
{
	hand_in(lanes, job, write_again);
	writer_submit(&lanes->writers.each[job->writer], &job->errand);
}

void job_write(struct lanes *lanes, size_t writer, struct job *job)
{
	job->writer = writer;
	write_again(lanes, job);
}
