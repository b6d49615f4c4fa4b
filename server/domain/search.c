/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/search.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "common/utf8.h"

#define PAIR_SHIFT 21 /* code points have 21 bits */

struct str search_normalise(struct arena *arena, struct str text)
{
	const utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPCC;
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t len;
	struct str copy;

	if (text.len == 0) {
		return (struct str){NULL, 0};
	}
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
