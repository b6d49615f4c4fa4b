/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to hear of what: by the id of a community, a team, a crew, a complaint or a person, the watches that
 * an event of it may concern; under the nil id those of the whole company. An event asks for its few ids, and only
 * those watches are looked at. It says who may be concerned, never who may see: that is sight.h.
 */
#pragma once

#include "common/list.h"
#include "common/uuid.h"

#define ROSTER_BUCKETS 4096 /* a power of two; rows of one bucket are searched one by one */

struct watch;

/* A watch under one id. */
struct roster_entry {
	struct list node;       /* of its row */
	struct list watch_node; /* watch->entries */
	struct roster_row *row;
	struct watch *watch;
};

struct roster_row {
	struct list node; /* of its bucket */
	struct uuid id;
	struct list entries; /* never empty */
};

struct roster {
	struct list buckets[ROSTER_BUCKETS]; /* zeroed is empty */
};

/* Adds the watch under this id, once; false where memory is out. */
bool roster_enter(struct roster *roster, struct uuid id, struct watch *watch) must_check;
/* Takes it out everywhere. */
void roster_leave(struct watch *watch);
/* Entries under this id; NULL: there are none. */
struct list *roster_of(struct roster *roster, struct uuid id);
