/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that looks who has read or taken away more today than their roles need: budgets of
 * server/domain/reading.def. Each alarm is an event of its own, once a day, kind and person, by whichever server sees it
 * first; how many there are today stands in server.status until midnight.
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"

struct server;

struct reading_job {
	struct server *server;
	bool is_asking;
	bool is_answered;
	int64_t due_mono_us;
	struct errand errand;
	struct query query;
	struct arena arena; /* of one look */
};

void reading_job_init(struct reading_job *job, struct server *server);
/* After the lanes' stop. */
void reading_job_fini(struct reading_job *job);
/* In the tick, before the lanes are flushed. It needs no timer: the tick's sweep is often enough. */
void reading_job_run(struct reading_job *job);

/* Five parameters of a statement: the kinds; with `only_exports` those that leave the system. */
void reading_job_add_kinds(struct query *query, bool only_exports);
