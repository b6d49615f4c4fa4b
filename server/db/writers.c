/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/writers.h"

void writers_init(struct writers *writers, size_t count, uv_loop_t *loop, struct log *log,
	struct source *source, size_t batch_max, int64_t mono_us)
{
	assert(count >= 1 && count <= WRITERS_MAX);
	writers->count = count;
	writers->figures = (struct writer_figures){0};
	for (size_t i = 0; i < count; i++) {
		writer_init(&writers->each[i], (int)i, loop, log, source, batch_max, mono_us);
		writers->each[i].figures = &writers->figures;
	}
}

void writers_stop(struct writers *writers)
{
	for (size_t i = 0; i < writers->count; i++) {
		writer_stop(&writers->each[i]);
	}
}

/* By the end of the id: it is random, whatever kind of UUID that is, and that of nil is 0. */
static size_t lane_of(const struct writers *writers, struct uuid community_id)
{
	return get_u32(community_id.bytes + UUID_BYTES - 4) % writers->count;
}

void writers_submit(struct writers *writers, struct errand *errand)
{
	writer_submit(&writers->each[lane_of(writers, errand->key.community_id)], errand);
}

void writers_collect(struct writers *writers, int64_t mono_us)
{
	for (size_t i = 0; i < writers->count; i++) {
		writer_collect(&writers->each[i], mono_us);
	}
}

void writers_flush(struct writers *writers, int64_t mono_us)
{
	for (size_t i = 0; i < writers->count; i++) {
		writer_flush(&writers->each[i], mono_us);
	}
}

size_t writers_waiting(const struct writers *writers)
{
	size_t waiting = 0;

	for (size_t i = 0; i < writers->count; i++) {
		waiting += writers->each[i].waiting_count;
	}
	return waiting;
}

int64_t writers_due(const struct writers *writers)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < writers->count; i++) {
		int64_t one = writer_due(&writers->each[i]);

		due = one < due ? one : due;
	}
	return due;
}

bool writers_are_up(const struct writers *writers)
{
	for (size_t i = 0; i < writers->count; i++) {
		if (!writer_is_up(&writers->each[i])) {
			return false;
		}
	}
	return true;
}
