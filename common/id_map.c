/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear probing. A removed slot is closed by moving later ones up, so there are no tombstones and
 * a lookup ends at the first empty slot, which half the table is.
 */
#include "common/id_map.h"

#include <stdlib.h>

#define CAPACITY_MIN 16

struct id_map_slot {
	uint64_t id; /* 0: empty */
	void *value;
};

/* Ids are counted up by us, not chosen by a peer: spreading them is enough (Knuth 6.4). */
static size_t home_of(uint64_t id, size_t capacity)
{
	return (size_t)((id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (capacity - 1);
}

/* The slot of the id, or the empty one where it would go. Ends: at least one slot is empty. */
static size_t probe(const struct id_map *map, uint64_t id)
{
	size_t index = home_of(id, map->capacity);

	assert(map->count < map->capacity);
	while (map->slots[index].id != 0 && map->slots[index].id != id) {
		index = (index + 1) & (map->capacity - 1);
	}
	return index;
}

static bool grow(struct id_map *map)
{
	struct id_map old = *map;
	size_t capacity = size_max(CAPACITY_MIN, old.capacity * 2);
	struct id_map_slot *slots = calloc(capacity, sizeof(*slots));

	if (slots == NULL) {
		return false;
	}
	map->capacity = capacity;
	map->slots = slots;
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.slots[i].id != 0) {
			map->slots[probe(map, old.slots[i].id)] = old.slots[i];
		}
	}
	free(old.slots);
	return true;
}

void id_map_init(struct id_map *map, size_t count_max)
{
	assert(count_max <= SIZE_MAX / 8 / sizeof(struct id_map_slot));
	*map = (struct id_map){.count_max = count_max};
}

void id_map_fini(struct id_map *map)
{
	if (map == NULL) {
		return;
	}
	free(map->slots);
	id_map_init(map, map->count_max);
}

bool id_map_put(struct id_map *map, uint64_t id, void *value)
{
	size_t index;

	assert(id != 0);
	assert(value != NULL);
	assert(map->count <= map->count_max);
	if (map->count == map->count_max) {
		return false;
	}
	if ((map->count + 1) * 2 > map->capacity && !grow(map)) {
		return false;
	}
	index = probe(map, id);
	assert(map->slots[index].id == 0);
	map->slots[index] = (struct id_map_slot){.id = id, .value = value};
	map->count++;
	return true;
}

void *id_map_get(const struct id_map *map, uint64_t id)
{
	if (map->count == 0 || id == 0) {
		return NULL;
	}
	return map->slots[probe(map, id)].value;
}

void *id_map_remove(struct id_map *map, uint64_t id)
{
	size_t mask = map->capacity - 1;
	size_t hole;
	void *value;

	if (id_map_get(map, id) == NULL) {
		return NULL;
	}
	hole = probe(map, id);
	value = map->slots[hole].value;
	/* What was pushed beyond the hole moves into it; what has its home behind the hole stays. */
	for (size_t next = (hole + 1) & mask; map->slots[next].id != 0; next = (next + 1) & mask) {
		size_t from_home = (next - home_of(map->slots[next].id, map->capacity)) & mask;

		if (from_home >= ((next - hole) & mask)) {
			map->slots[hole] = map->slots[next];
			hole = next;
		}
	}
	map->slots[hole] = (struct id_map_slot){0};
	map->count--;
	return value;
}
