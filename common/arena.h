/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is given out piece by piece and taken back in one call: a request lives in one.
 *
 * Invariants
 *   - used_bytes never exceeds max_bytes; reaching it, or a failing malloc, sets `failed`.
 *   - once `failed` is set every further arena_alloc returns NULL: check it once, at the end.
 *   - pieces are zeroed, and aligned for any type.
 *
 * Nothing is freed piecemeal. Under ASan every piece is an allocation of its own, so that reading
 * past its end is seen.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first; owned */
	size_t used_bytes;          /* sum of what was asked for, rounded up */
	size_t max_bytes;           /* set by arena_init */
	bool failed;                /* sticky */
	bool is_starved; /* it failed because the machine had no more, not by its own maximum */
	bool is_secret;  /* what it held is wiped before it is given back */
};

void arena_init(struct arena *arena, size_t max_bytes);

/* Gives all of it back; the arena can be used again with the same maximum. */
void arena_fini(struct arena *arena);

/* Zeroed memory, or NULL (and `failed`) where the budget or the machine has no more. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Copies; the empty span stays empty. NULL pointers come back only with `failed` or length 0. */
struct span arena_span(struct arena *arena, struct span bytes);
struct str arena_str(struct arena *arena, struct str text);

/* A NUL-terminated copy for library edges; NULL only with `failed`. */
char *arena_c_string(struct arena *arena, struct str text);

/* The parts one behind the other; empty where the arena failed. */
struct str arena_join(struct arena *arena, const struct str *parts, size_t count);

/* Formatted text; the empty text where the arena failed. */
struct str arena_printf(struct arena *arena, const char *format, ...) printf_like(2, 3);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
