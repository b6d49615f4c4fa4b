/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/search.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "common/utf8.h"

#define PAIR_SHIFT 21 /* code points have 21 bits */

/*
 * What this point becomes whatever stands beside it, a character of at most as many bytes; 0 where that has
 * to be looked up. Nothing of these composes with another.
 */
static uint32_t fold_simple(uint32_t point)
{
	if (point >= 0xFF01 && point <= 0xFF5E) { /* full width */
		point -= 0xFF01 - '!';
	}
	if (point >= 'A' && point <= 'Z') {
		return point - 'A' + 'a';
	}
	if ((point >= ' ' && point < 0x7F) || (point >= 0x4E00 && point <= 0x9FFF) ||
		(point >= 0x3001 && point <= 0x3003) || (point >= 0x3008 && point <= 0x3011)) {
		return point;
	}
	return point == 0x3000 || point == '\n' || point == '\t' ? ' ' : 0;
}

/* Most texts are Chinese characters, letters and their punctuation. False where this one has others too. */
static bool normalise_simple(struct str text, char *out, size_t *out_len)
{
	size_t len = 0;

	while (text.len > 0) {
		const char *bytes = text.ptr;
		uint32_t point = utf8_next(&text);
		uint32_t folded = fold_simple(point);

		if (folded == 0) {
			return false;
		}
		if (folded < 0x80) {
			out[len++] = (char)folded;
		} else { /* it is what it was */
			memcpy(out + len, bytes, (size_t)(text.ptr - bytes));
			len += (size_t)(text.ptr - bytes);
		}
	}
	*out_len = len;
	return true;
}

/* By the library, into the arena. */
static struct str normalise_any(struct arena *arena, struct str text)
{
	const utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPCC;
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t len;
	struct str copy;

	len = utf8proc_map(
		(const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &mapped, options);
	if (len < 0) { /* out of memory: the text itself was validated at the edge */
		arena->failed = true;
		return (struct str){NULL, 0};
	}
	copy = arena_str(arena, str_of((const char *)mapped, (size_t)len));
	free(mapped);
	return copy;
}

struct str search_normalise(struct arena *arena, struct str text)
{
	size_t points;
	size_t len;
	char *out;

	if (text.len == 0) {
		return (struct str){NULL, 0};
	}
	out = arena_alloc(arena, text.len);
	if (out == NULL) {
		return (struct str){NULL, 0};
	}
	if (utf8_check(span_from_str(text), &points) == UTF8_OK && normalise_simple(text, out, &len)) {
		return str_of(out, len);
	}
	return normalise_any(arena, text);
}

static int compare_pairs(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a;
	int64_t right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static size_t drop_repeats(int64_t *pairs, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || pairs[kept - 1] != pairs[i]) {
			pairs[kept++] = pairs[i];
		}
	}
	return kept;
}

struct search_pairs search_pairs_of(struct arena *arena, struct str normalised)
{
	/* A pair begins at no more places than there are bytes. */
	int64_t *pairs = arena_alloc(arena, size_max(normalised.len, 1) * sizeof *pairs);
	uint32_t before = ' ';
	size_t count = 0;

	if (pairs == NULL) {
		return (struct search_pairs){NULL, 0};
	}
	while (normalised.len > 0) {
		uint32_t point = utf8_next(&normalised);

		if (before != ' ' && point != ' ') {
			pairs[count++] = (int64_t)before << PAIR_SHIFT | point;
		}
		before = point;
	}
	qsort(pairs, count, sizeof *pairs, compare_pairs);
	return (struct search_pairs){pairs, drop_repeats(pairs, count)};
}

struct str search_like(struct arena *arena, struct str normalised)
{
	char *out = arena_alloc(arena, 2 * normalised.len + 2);
	size_t len = 0;

	if (out == NULL) {
		return (struct str){NULL, 0};
	}
	out[len++] = '%';
	for (size_t i = 0; i < normalised.len; i++) {
		if (normalised.ptr[i] == '\\' || normalised.ptr[i] == '%' || normalised.ptr[i] == '_') {
			out[len++] = '\\';
		}
		out[len++] = normalised.ptr[i];
	}
	out[len++] = '%';
	return str_of(out, len);
}
