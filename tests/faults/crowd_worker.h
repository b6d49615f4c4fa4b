/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker was told; shared by crowd.c, which works, and crowd_read_back.c, which checks.
 */
#pragma once

#include "tests/faults/crowd.h"

/* What was acknowledged of one complaint. */
struct crowd_record {
	struct uuid complaint_id;
	unsigned acknowledged; /* steps */
	char number[24];
};

/* One complaint on its way. */
struct crowd_walk {
	struct walk walk;
	size_t record;         /* its place in the worker's records */
	uint64_t call_id;      /* of the call that has no answer yet */
	int64_t ask_at_us;     /* when to ask; 0: asked; INT64_MAX: finished */
	int64_t code_until_us; /* how long the code to sign is waited for; 0: that is decided */
};

struct crowd_worker {
	struct crowd *crowd;
	pthread_t thread;
	struct live_account account;
	struct live_client client;
	bool is_leaving; /* the server said go-away: what was asked is still answered */
	struct crowd_walk walks[CROWD_WALKS];
	struct crowd_record *records; /* owned */
	size_t record_count;
	size_t record_room;
	unsigned hung_up; /* how many of the crowd's hang_ups it has followed */
	size_t repeated;
	size_t by_code;
};

/* Every record against the protocol's and the database's word; nobody works any more. */
void crowd_read_back(struct crowd *crowd);
