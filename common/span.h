/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes and borrowed text: a pointer and a length, never NUL-terminated by promise.
 *
 *   struct span   bytes of any kind
 *   struct str    text; UTF-8 without U+0000 once the codec has let it in
 *
 * A span lives as long as what it was borrowed from; copy into an arena to keep it.
 * ptr may be NULL only when len is 0.
 */
#pragma once

#include <string.h>

#include "common/base.h"

struct span {
	const uint8_t *ptr;
	size_t len;
};

struct str {
	const char *ptr;
	size_t len;
};

/* A struct str of a string literal. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
/* For printf("%.*s"). */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct span span_of(const void *ptr, size_t len)
{
	return (struct span){ptr, len};
}

static inline struct str str_of(const char *ptr, size_t len)
{
	return (struct str){ptr, len};
}

/* The text of a C string; NULL is the empty text. */
static inline struct str str_from_c(const char *text)
{
	return text == NULL ? (struct str){NULL, 0} : (struct str){text, strlen(text)};
}

static inline struct span span_from_str(struct str text)
{
	return (struct span){(const uint8_t *)text.ptr, text.len};
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The first `len` bytes of `s`; the caller knows that there are so many. */
static inline struct span span_first(struct span s, size_t len)
{
	assert(len <= s.len);
	return (struct span){s.ptr, len};
}

/* What is left of `s` behind its first `len` bytes. */
static inline struct span span_after(struct span s, size_t len)
{
	assert(len <= s.len);
	return (struct span){len == 0 ? s.ptr : s.ptr + len, s.len - len};
}

/* Big-endian numbers, the only order on the wire. */
static inline void put_u32(uint8_t out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++) {
		out[i] = (uint8_t)(value >> (24 - 8 * i));
	}
}

static inline uint32_t get_u32(const uint8_t in[4])
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		value = value << 8 | in[i];
	}
	return value;
}

static inline void put_u64(uint8_t out[8], uint64_t value)
{
	put_u32(out, (uint32_t)(value >> 32));
	put_u32(out + 4, (uint32_t)value);
}

static inline uint64_t get_u64(const uint8_t in[8])
{
	return (uint64_t)get_u32(in) << 32 | get_u32(in + 4);
}
