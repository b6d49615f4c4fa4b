/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buf.h"

#include <stdlib.h>

#define CAPACITY_MIN 512

static void buf_check(const struct buf *buf)
{
	assert(buf->first <= buf->end);
	assert(buf->end <= buf->capacity);
	assert(buf->capacity <= buf->max_bytes);
	assert((buf->bytes == NULL) == (buf->capacity == 0));
}

/* Gives the memory back where nothing is left to read. */
static void release_if_empty(struct buf *buf)
{
	if (buf->first == buf->end) {
		buf_fini(buf);
	}
	buf_check(buf);
}

/* Doubling, so that a long message built of small pieces is copied a bounded number of times. */
static bool grow(struct buf *buf, size_t needed)
{
	size_t doubled = buf->capacity > buf->max_bytes / 2 ? buf->max_bytes : buf->capacity * 2;
	size_t capacity = size_min(size_max(doubled, CAPACITY_MIN), buf->max_bytes);
	uint8_t *bytes;

	capacity = size_max(capacity, needed);
	assert(capacity <= buf->max_bytes);
	bytes = realloc(buf->bytes, capacity);
	if (bytes == NULL) {
		return false;
	}
	buf->bytes = bytes;
	buf->capacity = capacity;
	return true;
}

static void move_to_front(struct buf *buf)
{
	if (buf->first > 0) {
		memmove(buf->bytes, buf->bytes + buf->first, buf->end - buf->first);
		buf->end -= buf->first;
		buf->first = 0;
	}
}

void buf_init(struct buf *buf, size_t max_bytes)
{
	assert(max_bytes > 0);
	*buf = (struct buf){.max_bytes = max_bytes};
}

void buf_fini(struct buf *buf)
{
	if (buf == NULL) {
		return;
	}
	free(buf->bytes);
	*buf = (struct buf){.max_bytes = buf->max_bytes};
}

uint8_t *buf_reserve(struct buf *buf, size_t bytes)
{
	size_t used = buf->end - buf->first;

	buf_check(buf);
	assert(buf->max_bytes > 0);
	if (bytes > buf->max_bytes - used) {
		return NULL;
	}
	/* NULL means "over the maximum", so room for nothing is a place too. */
	if (buf->bytes == NULL || bytes > buf->capacity - buf->end) {
		move_to_front(buf);
		if ((buf->bytes == NULL || bytes > buf->capacity - buf->end) && !grow(buf, used + bytes)) {
			return NULL;
		}
	}
	buf_check(buf);
	assert(bytes <= buf->capacity - buf->end);
	return buf->bytes + buf->end;
}

void buf_commit(struct buf *buf, size_t bytes)
{
	assert(bytes <= buf->capacity - buf->end);
	buf->end += bytes;
	release_if_empty(buf);
}

bool buf_append(struct buf *buf, struct span bytes)
{
	uint8_t *room;

	if (bytes.len == 0) {
		return true;
	}
	room = buf_reserve(buf, bytes.len);
	if (room == NULL) {
		return false;
	}
	memcpy(room, bytes.ptr, bytes.len);
	buf_commit(buf, bytes.len);
	return true;
}

struct span buf_readable(const struct buf *buf)
{
	buf_check(buf);
	if (buf->bytes == NULL) {
		return (struct span){NULL, 0};
	}
	return (struct span){buf->bytes + buf->first, buf->end - buf->first};
}

void buf_consume(struct buf *buf, size_t bytes)
{
	assert(bytes <= buf->end - buf->first);
	buf->first += bytes;
	release_if_empty(buf);
}

uint8_t *buf_take(struct buf *buf, size_t *out_len)
{
	uint8_t *bytes;

	buf_check(buf);
	assert(out_len != NULL);
	release_if_empty(buf);
	move_to_front(buf);
	bytes = buf->bytes;
	*out_len = buf->end;
	*buf = (struct buf){.max_bytes = buf->max_bytes};
	return bytes;
}
