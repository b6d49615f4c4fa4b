/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is where at one moment: connections by state, requests by step, what waits for the database. It walks over all
 * of them, so it is for whoever looks once a second, and for nobody who serves.
 */
#pragma once

#include "server/net/conn.h"
#include "server/request.h"

struct server;

struct census {
	uint64_t states[CONN_CLOSED + 1];
	uint64_t steps[STEP_COUNT];
	uint64_t readers_up;
	uint64_t reads_waiting;
	uint64_t read_groups_flying;
	uint64_t writers_up;
	uint64_t writes_waiting;
	uint64_t writes_flying;
	uint64_t file_chunks_waiting;
	uint64_t file_chunks_flying;
	uint64_t file_bytes_held;
	uint64_t file_checks;
	uint64_t hashes_running;
	uint64_t watches_behind;
	uint64_t feed_lag_us;
	uint64_t record_lag_us;   /* 0 of a loop that does not seal */
	uint64_t backup_taken_us; /* 0: none is known, or it is not this loop that looks */
	bool is_database_up;
};

void census_take(const struct server *server, struct census *out);

/* Another loop's beside what is there: queues add up, of what is late the latest, and the database is up for both. */
void census_join(struct census *sum, const struct census *more);
