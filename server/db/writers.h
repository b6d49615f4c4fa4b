/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writing lanes together. Each community is written by one of them, the company as a whole by the
 * first: so commands that can meet share a lane, and numbers are minted without a collision, while what
 * one lane waits for on the disk does not hold up the communities of another. One lane keeps one backend
 * of PostgreSQL busy, and that is one core; they are to each other as two servers on one database are.
 */
#pragma once

#include "server/db/writer.h"

#define WRITERS_MAX 16

struct writers {
	size_t count;
	struct writer each[WRITERS_MAX];
	struct writer_figures figures;
};

void writers_init(struct writers *writers, size_t count, uv_loop_t *loop, struct log *log,
	struct source *source, size_t batch_max, int64_t mono_us);
void writers_stop(struct writers *writers);

/* To the lane of its key's community. */
void writers_submit(struct writers *writers, struct errand *errand);
void writers_collect(struct writers *writers, int64_t mono_us);
void writers_flush(struct writers *writers, int64_t mono_us);
/* Commands that no batch has taken yet. */
size_t writers_waiting(const struct writers *writers);
int64_t writers_due(const struct writers *writers);
/* All of them: a part of the communities that cannot be written is not up. */
bool writers_are_up(const struct writers *writers);
