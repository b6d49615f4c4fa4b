/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that asks PostgreSQL every two seconds whether the synchronous standby that commits wait for
 * is there, and whether one of ours waits at present: such a writer goes on waiting (writer_hold). A
 * change is logged once; server.status says how it is.
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"

struct server;

enum standby {
	STANDBY_UNKNOWN,    /* not asked yet, or the database does not answer */
	STANDBY_NOT_WANTED, /* commits wait for nobody */
	STANDBY_PRESENT,
	STANDBY_MISSING, /* commits wait: nothing is acknowledged until it is back */
	STANDBY_HIDDEN,  /* wanted, and we may not see whether it is there */
};

struct standby_job {
	struct server *server;
	enum standby standby;
	struct errand errand;
	struct query queries[2]; /* the standby; our backends that wait */
	struct arena arena;      /* of the queries */
	bool is_asking;          /* in the lane */
	bool is_answered;        /* the tick takes it */
	int64_t due_mono_us;
};

void standby_job_init(struct standby_job *job, struct server *server);
void standby_job_fini(struct standby_job *job);

/* In the tick, before the lanes are flushed. */
void standby_job_run(struct standby_job *job);
