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
	out->is_database_up = out->readers_up > 0 && writers_are_up(&server->writers);
}
