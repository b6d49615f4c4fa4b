/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a 64-bit id to a pointer: how a connection is found again after a wait. Ids are not 0.
 * Open addressing, at most half full; grows by doubling up to the maximum given.
 */
#pragma once

#include "common/base.h"

struct id_map {
	struct id_map_slot *slots; /* owned */
	size_t capacity;           /* a power of two, or 0 */
	size_t count;
	size_t count_max;
};

void id_map_init(struct id_map *map, size_t count_max);
void id_map_fini(struct id_map *map);

/* False where the maximum is reached. The id is not in the map, the value is not NULL. */
bool id_map_put(struct id_map *map, uint64_t id, void *value) must_check;
/* NULL where there is none: gone, and gone is normal. */
void *id_map_get(const struct id_map *map, uint64_t id);
/* NULL where there was none. */
void *id_map_remove(struct id_map *map, uint64_t id);
