/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes canonical JSON: the same data are the same bytes, so that a hash over them means the data.
 * Source: RFC 8785. Texts, integers, booleans, arrays and objects are enough; there are no fractions,
 * so no two programs can print one differently.
 *
 *     canon_object_begin(&canon);
 *     canon_key(&canon, "number");
 *     canon_text(&canon, number);
 *     canon_object_end(&canon);
 *     bytes = canon_finish(&canon);
 *
 * The caller writes keys in their canonical order. Each of these is a bug, and asserted on: a key out of
 * order or twice, a value without its key, a key without its value, ends that do not match, a second
 * value at the top, an integer that a reader of doubles would round, text that is no UTF-8.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

#define CANON_DEPTH_MAX 8
/* Integers up to here are the same in every reader of JSON (RFC 8785 §3.2.2.3, RFC 7493 §2.2). */
#define CANON_INTEGER_MAX (INT64_C(1) << 53)

enum canon_state {
	CANON_VALUE, /* a value must follow */
	CANON_FIRST, /* right behind { or [ */
	CANON_MORE,  /* behind an element or member */
	CANON_DONE,  /* the value at the top is whole */
};

struct canon_level {
	bool is_object;
	struct str key; /* the latest; empty before the first */
};

struct canon {
	struct arena *arena;
	uint8_t *bytes; /* in the arena; NULL before the first and where the arena failed */
	size_t len;
	size_t capacity;
	enum canon_state state;
	struct canon_level levels[CANON_DEPTH_MAX];
	size_t depth; /* how many objects and arrays are open */
};

void canon_init(struct canon *canon, struct arena *arena);

void canon_object_begin(struct canon *canon);
/* The next member's; sorts behind the one before it by UTF-16 code units. Ours, not copied. */
void canon_key(struct canon *canon, const char *key);
void canon_object_end(struct canon *canon);

void canon_array_begin(struct canon *canon);
void canon_array_end(struct canon *canon);

void canon_text(struct canon *canon, struct str text);
/* At most CANON_INTEGER_MAX on either side of zero. */
void canon_integer(struct canon *canon, int64_t value);
void canon_bool(struct canon *canon, bool value);

/* The whole, in the arena; empty where the arena failed, and only there. */
struct span canon_finish(struct canon *canon) must_check;

/* Negative, 0, positive: the order of keys, by UTF-16 code units (RFC 8785 §3.2.3). */
int canon_compare_keys(struct str a, struct str b);
