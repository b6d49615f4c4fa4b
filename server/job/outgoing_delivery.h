/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message to an owner between its claim and what came of it: opened, with the program, written down.
 */
#pragma once

#include "common/arena.h"
#include "server/db/errand.h"
#include "server/job/outgoing_program.h"

struct server;

enum outgoing_verdict {
	OUTGOING_SENT,
	OUTGOING_AGAIN,    /* when delay_us has passed */
	OUTGOING_GIVEN_UP, /* never again */
};

enum outgoing_step {
	OUTGOING_FREE,
	OUTGOING_RUNNING, /* the program has it */
	OUTGOING_TO_WRITE,
	OUTGOING_WRITING, /* the errand is in the lane */
};

/* One message between its claim and what came of it. */
struct outgoing_delivery {
	struct server *server;
	enum outgoing_step step;
	struct uuid community_id;
	struct uuid outgoing_id;
	int64_t made_us;
	int32_t try_count; /* this one included */
	struct outgoing_program program;
	int64_t deadline_mono_us; /* of the program */
	enum outgoing_verdict verdict;
	int64_t delay_us;
	int64_t write_mono_us; /* not before */
	struct errand errand;
	struct query query;
	struct arena arena; /* of the query */
};

void outgoing_delivery_init(struct outgoing_delivery *delivery, struct server *server);
void outgoing_delivery_fini(struct outgoing_delivery *delivery);

/* Nothing is on its way, and the program's handles have been given back. */
bool outgoing_delivery_is_free(const struct outgoing_delivery *delivery);

/*
 * Opens the message of a row of outgoing_claim and starts the program on it; of a server that was told to
 * stop between claim and start it becomes somebody else's at once.
 */
void outgoing_delivery_take(
	struct outgoing_delivery *delivery, const struct query *claim, size_t row);

/* In the tick: kills what is late, judges what has ended, writes what came of it. */
void outgoing_delivery_run(struct outgoing_delivery *delivery);

/* The program is killed, and the message left to the lease. */
void outgoing_delivery_stop(struct outgoing_delivery *delivery);
