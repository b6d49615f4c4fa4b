/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that hands words to owners to the program of the setting `outgoing`.
 *
 *   claim     at most as many due messages as there are free deliveries, by one UPDATE that skips what
 *             another server holds: until their lease is over they are nobody else's
 *   deliver   opens the message and runs the program on it
 *   write     sent; or to be tried again, later each time; or given up. A message that does not open is
 *             given up at once: no other try would
 *
 * Two servers hand out each message once. After a crash between claim and write it is handed out again
 * when its lease is over, with the same id. Nothing here keeps a receiver or a text beyond the start of
 * the program, or logs one.
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"
#include "server/job/outgoing_delivery.h"

#define OUTGOING_DELIVERY_MAX 4

struct server;

/* A statement of the job's own, one at a time. */
struct outgoing_look {
	struct errand errand;
	struct query query;
	struct arena arena;
	bool is_waiting;  /* in a lane */
	bool is_answered; /* rows, or the lack of them, are there for the tick */
	int64_t due_mono_us;
};

struct outgoing_job {
	struct server *server;
	struct outgoing_look claim;
	struct outgoing_look count; /* of those that wait, for the counters */
	int claimed_max;            /* how many the claim in the lane asks for */
	bool is_nudged;
	int spool_fd;    /* borrowed; -1: there is no guanjia-spool */
	bool is_missing; /* … which was said */
	struct outgoing_delivery deliveries[OUTGOING_DELIVERY_MAX];
};

void outgoing_job_init(struct outgoing_job *job, struct server *server);
void outgoing_job_fini(struct outgoing_job *job);

/* Messages were committed here: the job looks at once. */
void outgoing_nudge(struct server *server);

/*
 * Step 4 of the tick. A server that drains claims nothing more; what runs may end. It needs no timer:
 * what is not at once is looked at with the tick's sweep.
 */
void outgoing_job_run(struct outgoing_job *job);

/* Nothing is on its way. */
bool outgoing_job_is_idle(const struct outgoing_job *job);

/* Programs that still run are killed, and their messages left to the lease. After the lanes' stop. */
void outgoing_job_stop(struct outgoing_job *job);

/* Every handle has been given back. */
bool outgoing_job_is_closed(const struct outgoing_job *job);
