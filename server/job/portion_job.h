/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job that time starts and that works in portions: it reads what is due, decides, and writes what came of
 * it in one guarded statement; where there may be more it looks again at once.
 *
 *   REST ─▶ LOOKING ─▶ LOOKED ─▶ WRITING ─▶ WRITTEN ─▶ REST
 *           a lane     decide    a lane
 *
 * Several servers on one database may do the same: the statement's guard says whose it was. What fails is
 * left as it is and comes again with the next look. It never holds a lock or a transaction across a wait.
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"

#define PORTION_ROWS_MAX 32

struct portion_job;
struct server;

/* What one job does. */
struct portion_kind {
	const char *event; /* for the log: how many were told */
	enum stmt look;    /* $1 now, $2 how many rows at most */
	enum stmt write;   /* $1 now; returns how many rows its guard let through */
	int64_t every_ms;  /* between two looks that find nothing */
	/*
	 * Rows that were found, at least one → the statement's parameters behind $1. What it allocates lives
	 * in query->arena, which is secret. Returns how many owners are told.
	 */
	size_t (*decide)(struct portion_job *job, const struct query *due, struct query *write);
};

enum portion_step {
	PORTION_REST,
	PORTION_LOOKING,
	PORTION_LOOKED,
	PORTION_WRITING,
	PORTION_WRITTEN,
};

struct portion_job {
	struct server *server;
	const struct portion_kind *kind;
	enum portion_step step;
	int64_t due_mono_us;
	size_t told_count; /* of the portion that is being written */
	bool is_full;      /* … which had as many rows as there may be */
	struct errand errand;
	struct query look;
	struct query write;
	struct arena look_arena;
	struct arena write_arena;
};

void portion_job_init(
	struct portion_job *job, struct server *server, const struct portion_kind *kind);
/* After the lanes' stop. */
void portion_job_fini(struct portion_job *job);

/* In the tick, before the lanes are flushed. It needs no timer: the tick's sweep is often enough. */
void portion_job_run(struct portion_job *job);
