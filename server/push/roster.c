/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/roster.h"

#include <stdlib.h>
#include <string.h>

#include "server/push/watch.h"

/* Ids are random at their end; those of tests and benches are counted there. */
static struct list *bucket_of(struct roster *roster, struct uuid id)
{
	uint64_t end;
	struct list *bucket;

	static_assert((ROSTER_BUCKETS & (ROSTER_BUCKETS - 1)) == 0, "a mask");
	memcpy(&end, id.bytes + UUID_BYTES - sizeof end, sizeof end);
	bucket = &roster->buckets[(end * UINT64_C(0x9e3779b97f4a7c15)) >> 52 & (ROSTER_BUCKETS - 1)];
	if (bucket->next == NULL) {
		list_init(bucket);
	}
	return bucket;
}

static struct roster_row *find_row(struct list *bucket, struct uuid id)
{
	list_each (node, after, bucket) {
		struct roster_row *row = container_of(node, struct roster_row, node);

		if (uuid_equal(row->id, id)) {
			return row;
		}
	}
	return NULL;
}

static void drop_if_empty(struct roster_row *row)
{
	if (list_empty(&row->entries)) {
		list_remove(&row->node);
		free(row);
	}
}

static bool has_entered(const struct roster_row *row, struct watch *watch)
{
	list_each (node, after, &watch->entries) {
		if (container_of(node, struct roster_entry, watch_node)->row == row) {
			return true;
		}
	}
	return false;
}

bool roster_enter(struct roster *roster, struct uuid id, struct watch *watch)
{
	struct list *bucket = bucket_of(roster, id);
	struct roster_row *row = find_row(bucket, id);
	struct roster_entry *entry;

	if (row == NULL) {
		row = calloc(1, sizeof *row);
		if (row == NULL) {
			return false;
		}
		row->id = id;
		list_init(&row->entries);
		list_append(bucket, &row->node);
	}
	if (has_entered(row, watch)) {
		return true;
	}
	entry = calloc(1, sizeof *entry);
	if (entry == NULL) {
		drop_if_empty(row);
		return false;
	}
	entry->row = row;
	entry->watch = watch;
	list_append(&row->entries, &entry->node);
	list_append(&watch->entries, &entry->watch_node);
	return true;
}

void roster_leave(struct watch *watch)
{
	struct list *node;

	while ((node = list_shift(&watch->entries)) != NULL) {
		struct roster_entry *entry = container_of(node, struct roster_entry, watch_node);

		list_remove(&entry->node);
		drop_if_empty(entry->row);
		free(entry);
	}
}

struct list *roster_of(struct roster *roster, struct uuid id)
{
	struct roster_row *row = find_row(bucket_of(roster, id), id);

	return row == NULL ? NULL : &row->entries;
}
