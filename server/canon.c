/* SPDX-License-Identifier: Apache-2.0 */
#include "server/canon.h"

#include <stdio.h>

#include "common/utf8.h"

#define CAPACITY_FIRST 512
#define INTEGER_BYTES 24

/* --- bytes --- */

/* Room for so many more; NULL where the arena has failed, now or before. */
static uint8_t *reserve(struct canon *canon, size_t bytes)
{
	size_t capacity = size_max(canon->capacity * 2, CAPACITY_FIRST);
	uint8_t *grown;

	if (canon->arena->failed) {
		return NULL;
	}
	if (bytes <= canon->capacity - canon->len) {
		return canon->bytes + canon->len;
	}
	capacity = size_max(capacity, canon->len + bytes);
	grown = arena_alloc(canon->arena, capacity);
	if (grown == NULL) {
		return NULL;
	}
	if (canon->len > 0) {
		memcpy(grown, canon->bytes, canon->len);
	}
	canon->bytes = grown;
	canon->capacity = capacity;
	return grown + canon->len;
}

static void put(struct canon *canon, struct str text)
{
	uint8_t *out = reserve(canon, text.len);

	if (out != NULL && text.len > 0) {
		memcpy(out, text.ptr, text.len);
		canon->len += text.len;
	}
}

/* --- what may follow what --- */

static struct canon_level *innermost(struct canon *canon)
{
	assert(canon->depth > 0);
	return &canon->levels[canon->depth - 1];
}

/* A value begins here: its comma is written, unless its key has done so. */
static void begin_value(struct canon *canon)
{
	if (canon->state == CANON_VALUE) {
		return;
	}
	assert(canon->state != CANON_DONE);   /* one value at the top */
	assert(!innermost(canon)->is_object); /* a member has a key */
	if (canon->state == CANON_MORE) {
		put(canon, STR(","));
	}
}

static void end_value(struct canon *canon)
{
	canon->state = canon->depth == 0 ? CANON_DONE : CANON_MORE;
}

static void begin_level(struct canon *canon, bool is_object)
{
	begin_value(canon);
	assert(canon->depth < CANON_DEPTH_MAX);
	canon->levels[canon->depth++] = (struct canon_level){.is_object = is_object};
	canon->state = CANON_FIRST;
	put(canon, is_object ? STR("{") : STR("["));
}

static void end_level(struct canon *canon, bool is_object)
{
	assert(innermost(canon)->is_object == is_object);
	assert(canon->state == CANON_FIRST || canon->state == CANON_MORE); /* a key has its value */
	canon->depth--;
	put(canon, is_object ? STR("}") : STR("]"));
	end_value(canon);
}

/* --- texts --- */

/* RFC 8785 §3.2.2.2: the short forms where there are some, \u00xx for other controls, nothing else. */
static void put_escaped(struct canon *canon, char c)
{
	char text[8];

	switch (c) {
	case '\b':
		put(canon, STR("\\b"));
		return;
	case '\t':
		put(canon, STR("\\t"));
		return;
	case '\n':
		put(canon, STR("\\n"));
		return;
	case '\f':
		put(canon, STR("\\f"));
		return;
	case '\r':
		put(canon, STR("\\r"));
		return;
	case '"':
		put(canon, STR("\\\""));
		return;
	case '\\':
		put(canon, STR("\\\\"));
		return;
	}
	(void)snprintf(text, sizeof(text), "\\u%04x", (unsigned)(uint8_t)c);
	put(canon, str_from_c(text));
}

static bool needs_escape(char c)
{
	return (uint8_t)c < 0x20 || c == '"' || c == '\\';
}

static void put_quoted(struct canon *canon, struct str text)
{
	size_t first = 0; /* of the stretch that goes out as it is */

	put(canon, STR("\""));
	for (size_t i = 0; i < text.len; i++) {
		if (needs_escape(text.ptr[i])) {
			put(canon, str_of(text.ptr + first, i - first));
			put_escaped(canon, text.ptr[i]);
			first = i + 1;
		}
	}
	if (first < text.len) {
		put(canon, str_of(text.ptr + first, text.len - first));
	}
	put(canon, STR("\""));
}

static bool is_text(struct str text)
{
	size_t points;

	/* U+0000 never gets past the edge, but could be written: \u0000. */
	return utf8_check(span_from_str(text), &points) != UTF8_INVALID;
}

/* --- keys --- */

/*
 * A number that sorts as the code point's UTF-16 units do: as the points themselves, but that surrogates,
 * which stand for all above U+FFFF, come before U+E000 to U+FFFF.
 */
static uint32_t order_of(uint32_t point)
{
	if (point >= 0xE000 && point <= 0xFFFF) {
		return point + 0x110000;
	}
	return point;
}

int canon_compare_keys(struct str a, struct str b)
{
	while (a.len > 0 && b.len > 0) {
		uint32_t left = order_of(utf8_next(&a));
		uint32_t right = order_of(utf8_next(&b));

		if (left != right) {
			return left < right ? -1 : 1;
		}
	}
	return (a.len > 0) - (b.len > 0);
}

void canon_key(struct canon *canon, const char *key)
{
	struct canon_level *level = innermost(canon);
	struct str text = str_from_c(key);

	assert(level->is_object);
	assert(canon->state == CANON_FIRST || canon->state == CANON_MORE); /* no key behind a key */
	assert(is_text(text));
	if (canon->state == CANON_MORE) {
		assert(canon_compare_keys(level->key, text) < 0); /* in order, and each once */
		put(canon, STR(","));
	}
	level->key = text;
	put_quoted(canon, text);
	put(canon, STR(":"));
	canon->state = CANON_VALUE;
}

/* --- the whole --- */

void canon_init(struct canon *canon, struct arena *arena)
{
	*canon = (struct canon){.arena = arena, .state = CANON_VALUE};
}

void canon_object_begin(struct canon *canon)
{
	begin_level(canon, true);
}

void canon_object_end(struct canon *canon)
{
	end_level(canon, true);
}

void canon_array_begin(struct canon *canon)
{
	begin_level(canon, false);
}

void canon_array_end(struct canon *canon)
{
	end_level(canon, false);
}

void canon_text(struct canon *canon, struct str text)
{
	assert(is_text(text));
	begin_value(canon);
	put_quoted(canon, text);
	end_value(canon);
}

void canon_integer(struct canon *canon, int64_t value)
{
	char text[INTEGER_BYTES];

	assert(value >= -CANON_INTEGER_MAX && value <= CANON_INTEGER_MAX);
	begin_value(canon);
	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	put(canon, str_from_c(text));
	end_value(canon);
}

void canon_bool(struct canon *canon, bool value)
{
	begin_value(canon);
	put(canon, value ? STR("true") : STR("false"));
	end_value(canon);
}

struct span canon_finish(struct canon *canon)
{
	assert(canon->state == CANON_DONE);
	if (canon->arena->failed) {
		return (struct span){NULL, 0};
	}
	return span_of(canon->bytes, canon->len);
}
