/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that looks every few seconds when the last backup was taken, by its event (backup_event.h): for
 * monitoring and doctor. Whoever backs up a database that was given writes the event too
 * (docs/operations.md).
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"

struct server;

struct backup_job {
	struct server *server;
	int64_t taken_us; /* 0: none is known */
	struct errand errand;
	struct query query;
	struct arena arena; /* of the query */
	bool is_asking;     /* in the lane */
	bool is_answered;   /* the tick takes it */
	int64_t due_mono_us;
};

void backup_job_init(struct backup_job *job, struct server *server);
void backup_job_fini(struct backup_job *job);

/* In the tick, before the lanes are flushed. */
void backup_job_run(struct backup_job *job);
