/* SPDX-License-Identifier: Apache-2.0 */
#include "server/notice.h"

#include <string.h>

enum { LANGUAGE_EN = 2 };

static const struct {
	struct str zh, en;
} rows[NOTICE_COUNT] = {
#define NOTICE(name, zh, en) [NOTICE_##name] = {STR(zh), STR(en)},
#include "server/notice.def"
#undef NOTICE
};

/* What a name between braces stands for. */
static struct str fact_of(const struct notice_facts *facts, struct str name)
{
	const struct {
		struct str name, fact;
	} known[] = {
		{STR("community"), facts->community},
		{STR("number"), facts->number},
		{STR("code"), facts->code},
		{STR("text"), facts->text},
		{STR("until"), facts->until},
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_equal(known[i].name, name)) {
			return known[i].fact;
		}
	}
	unreachable(); /* a row of notice.def names something else */
}

/* How many bytes at i would tear a line or turn the order of its characters; 0: none. */
static size_t control_bytes(struct str text, size_t i)
{
	uint8_t bytes[3] = {0};

	memcpy(bytes, text.ptr + i, size_min(text.len - i, sizeof bytes));
	switch (bytes[0]) {
	case 0xC2: /* C1: U+0080–9F */
		return bytes[1] >= 0x80 && bytes[1] <= 0x9F ? 2 : 0;
	case 0xD8: /* U+061C */
		return bytes[1] == 0x9C ? 2 : 0;
	case 0xE2: /* U+200E, U+200F, U+2028–202E; U+2066–2069 */
		if (bytes[1] == 0x80) {
			return (bytes[2] & 0xFE) == 0x8E || (bytes[2] >= 0xA8 && bytes[2] <= 0xAE) ? 3 : 0;
		}
		return bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9 ? 3 : 0;
	}
	return bytes[0] < 0x20 || bytes[0] == 0x7F ? 1 : 0;
}

/* Controls and marks of direction would let free words pass for ours: each becomes a space. */
static size_t put_clean(char *out, struct str text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		size_t skipped = control_bytes(text, i);

		out[len++] = skipped > 0 ? ' ' : text.ptr[i];
		i += skipped > 1 ? skipped - 1 : 0;
	}
	return len;
}

static size_t bytes_max(struct str row, const struct notice_facts *facts)
{
	/* No row names a fact more than twice. */
	return row.len + 2 * (facts->community.len + facts->number.len + facts->code.len +
							 facts->text.len + facts->until.len);
}

struct str notice_text(
	struct arena *arena, enum notice notice, int language, const struct notice_facts *facts)
{
	struct str row = language == LANGUAGE_EN ? rows[notice].en : rows[notice].zh;
	char *out = arena_alloc(arena, bytes_max(row, facts));
	size_t len = 0;

	if (out == NULL) {
		return (struct str){NULL, 0};
	}
	for (size_t i = 0; i < row.len; i++) {
		const char *end = row.ptr[i] == '{' ? memchr(row.ptr + i, '}', row.len - i) : NULL;

		if (end == NULL) {
			out[len++] = row.ptr[i];
			continue;
		}
		len += put_clean(
			out + len, fact_of(facts, str_of(row.ptr + i + 1, (size_t)(end - row.ptr) - i - 1)));
		i = (size_t)(end - row.ptr);
	}
	return str_of(out, len);
}
