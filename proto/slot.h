/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash behind the tables that slot.py lays out at build time: open addressing with linear
 * probing, never more than a quarter full, so a search ends at the first empty slot.
 */
#pragma once

#include "common/span.h"

/* FNV-1a of 32 bits, folded, as in slot.py. The names in a table are ours: nobody collides them. */
static inline uint32_t slot_hash(struct str name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++) {
		hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
	}
	return hash ^ hash >> 15;
}
