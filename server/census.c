/* SPDX-License-Identifier: Apache-2.0 */
#include "server/census.h"

#include "server/push/watch.h"
#include "server/server.h"

static uint64_t count(const struct list *list)
{
	uint64_t count = 0;

	list_each (node, after, (struct list *)list) {
		count++;
	}
	return count;
}

void census_take(const struct server *server, struct census *out)
{
	struct reader_census reads;

	*out = (struct census){0};
	list_each (node, after, (struct list *)&server->conns) {
		out->states[container_of(node, struct conn, node)->state]++;
	}
	out->states[CONN_CLOSED] = count(&server->closed);
	list_each (node, after, (struct list *)&server->requests) {
		out->steps[container_of(node, struct request, all_node)->step]++;
	}
	list_each (node, after, (struct list *)&server->watches) {
		out->watches_behind += container_of(node, struct watch, node)->is_behind;
	}
	reads = reader_take_census(&server->reader);
	out->readers_up = reads.up_count;
	out->reads_waiting = reads.waiting_count;
	out->read_groups_flying = reads.group_count;
	for (size_t i = 0; i < server->writers.count; i++) {
		out->writers_up += writer_is_up(&server->writers.each[i]);
		out->writes_flying += count(&server->writers.each[i].batch);
	}
	out->writes_waiting = writers_waiting(&server->writers);
	out->is_database_up = out->readers_up > 0 && writers_are_up(&server->writers);
	out->file_chunks_waiting = server->files.waiting_count;
	out->file_chunks_flying = file_lane_flying(&server->files);
	out->file_bytes_held = server->files.held_bytes;
	out->file_checks = server->file_checks_running;
	out->hashes_running = server->hashes_running;
	out->feed_lag_us = (uint64_t)feed_lag_us(&server->feed);
	if (server_is_first(server)) {
		out->record_lag_us = (uint64_t)seal_job_lag_us(server);
		out->backup_taken_us = (uint64_t)server->backups.taken_us;
	}
}

static void join_max(uint64_t *sum, uint64_t more)
{
	*sum = more > *sum ? more : *sum;
}

void census_join(struct census *sum, const struct census *more)
{
	for (size_t i = 0; i < COUNT(sum->states); i++) {
		sum->states[i] += more->states[i];
	}
	for (size_t i = 0; i < COUNT(sum->steps); i++) {
		sum->steps[i] += more->steps[i];
	}
	sum->readers_up += more->readers_up;
	sum->reads_waiting += more->reads_waiting;
	sum->read_groups_flying += more->read_groups_flying;
	sum->writers_up += more->writers_up;
	sum->writes_waiting += more->writes_waiting;
	sum->writes_flying += more->writes_flying;
	sum->file_chunks_waiting += more->file_chunks_waiting;
	sum->file_chunks_flying += more->file_chunks_flying;
	sum->file_bytes_held += more->file_bytes_held;
	sum->file_checks += more->file_checks;
	sum->hashes_running += more->hashes_running;
	sum->watches_behind += more->watches_behind;
	join_max(&sum->feed_lag_us, more->feed_lag_us);
	join_max(&sum->record_lag_us, more->record_lag_us);
	join_max(&sum->backup_taken_us, more->backup_taken_us);
	sum->is_database_up = sum->is_database_up && more->is_database_up;
}
