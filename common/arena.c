/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A piece is cleared when it is given out, and not its chunk before: most requests use a small part of
 * theirs. Each chunk is twice as large as the one before, so a request costs few of them.
 */
#include "common/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ONE_CHUNK_PER_PIECE WITH_ASAN

#define ALIGN_BYTES _Alignof(max_align_t)

/* A chunk and its header fill whole pages; the largest stays below glibc's threshold for mmap. */
#define CHUNK_BYTES_MIN ((size_t)4096 - sizeof(struct arena_chunk))
#define CHUNK_BYTES_MAX ((size_t)65536 - sizeof(struct arena_chunk))

struct arena_chunk {
	struct arena_chunk *next; /* the one before it in time */
	size_t used_bytes;
	size_t capacity;
	_Alignas(max_align_t) uint8_t bytes[];
};

static size_t round_up(size_t bytes)
{
	assert(bytes <= SIZE_MAX - ALIGN_BYTES);
	return (bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
}

/* How large the chunk for a piece that does not fit into the newest one should be. */
static size_t next_capacity(const struct arena *arena, size_t rounded)
{
	size_t left = arena->max_bytes - arena->used_bytes;
	size_t grown = CHUNK_BYTES_MIN;

	assert(rounded <= left);
	if (arena->chunks != NULL) {
		grown = size_max(grown, size_min(arena->chunks->capacity * 2, CHUNK_BYTES_MAX));
	}
	return size_max(rounded, size_min(grown, left));
}

static struct arena_chunk *push_chunk(struct arena *arena, size_t capacity)
{
	struct arena_chunk *chunk = malloc(sizeof(*chunk) + capacity);

	if (chunk == NULL) {
		return NULL;
	}
	*chunk = (struct arena_chunk){.capacity = capacity, .next = arena->chunks};
	arena->chunks = chunk;
	return chunk;
}

void arena_init(struct arena *arena, size_t max_bytes)
{
	assert(max_bytes <= SIZE_MAX / 4);
	*arena = (struct arena){.max_bytes = max_bytes};
}

void arena_fini(struct arena *arena)
{
	struct arena_chunk *chunk;

	if (arena == NULL) {
		return;
	}
	while ((chunk = arena->chunks) != NULL) {
		arena->chunks = chunk->next;
		if (arena->is_secret) {
			explicit_bzero(chunk->bytes, chunk->used_bytes);
		}
		free(chunk);
	}
	arena_init(arena, arena->max_bytes);
}

/* A piece that its caller fills. */
static void *take(struct arena *arena, size_t bytes)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t left = arena->max_bytes - arena->used_bytes;
	size_t rounded = bytes > left ? SIZE_MAX : round_up(size_max(bytes, 1));
	uint8_t *piece;

	assert(arena->used_bytes <= arena->max_bytes);
	if (arena->failed || rounded > left) {
		arena->failed = true;
		return NULL;
	}
	if (ONE_CHUNK_PER_PIECE) {
		chunk = push_chunk(arena, bytes);
	} else if (chunk == NULL || chunk->capacity - chunk->used_bytes < rounded) {
		chunk = push_chunk(arena, next_capacity(arena, rounded));
	}
	if (chunk == NULL) {
		arena->failed = arena->is_starved = true;
		return NULL;
	}
	piece = chunk->bytes + chunk->used_bytes;
	chunk->used_bytes += ONE_CHUNK_PER_PIECE ? bytes : rounded;
	arena->used_bytes += rounded;
	assert(chunk->used_bytes <= chunk->capacity);
	assert((uintptr_t)piece % ALIGN_BYTES == 0);
	return piece;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	void *piece = take(arena, bytes);

	return piece == NULL ? NULL : memset(piece, 0, bytes);
}

struct span arena_span(struct arena *arena, struct span bytes)
{
	uint8_t *copy;

	if (bytes.len == 0 || (copy = take(arena, bytes.len)) == NULL) {
		return (struct span){NULL, 0};
	}
	memcpy(copy, bytes.ptr, bytes.len);
	return (struct span){copy, bytes.len};
}

struct str arena_str(struct arena *arena, struct str text)
{
	struct span copy = arena_span(arena, span_from_str(text));

	return (struct str){(const char *)copy.ptr, copy.len};
}

char *arena_c_string(struct arena *arena, struct str text)
{
	char *copy = NULL;

	/* A length of SIZE_MAX must not become 0; the budget refuses it as it is. */
	copy = take(arena, text.len == SIZE_MAX ? text.len : text.len + 1);
	if (copy != NULL && text.len > 0) {
		memcpy(copy, text.ptr, text.len);
	}
	if (copy != NULL) {
		copy[text.len] = '\0';
	}
	return copy;
}

struct str arena_join(struct arena *arena, const struct str *parts, size_t count)
{
	size_t len = 0;
	char *text;
	char *end;

	for (size_t i = 0; i < count; i++) {
		len += parts[i].len;
	}
	text = end = take(arena, len);
	for (size_t i = 0; text != NULL && i < count; i++) {
		if (parts[i].len > 0) {
			memcpy(end, parts[i].ptr, parts[i].len);
			end += parts[i].len;
		}
	}
	return text == NULL ? (struct str){NULL, 0} : str_of(text, len);
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	int len;
	char *text = NULL;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0) { /* longer than INT_MAX */
		arena->failed = true;
	} else {
		text = take(arena, (size_t)len + 1);
	}
	if (text == NULL) {
		return (struct str){NULL, 0};
	}
	va_start(arguments, format);
	(void)vsnprintf(text, (size_t)len + 1, format, arguments);
	va_end(arguments);
	return (struct str){text, (size_t)len};
}
