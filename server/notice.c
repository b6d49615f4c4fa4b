/* SPDX-License-Identifier: Apache-2.0 */
#include "server/notice.h"

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

/* C0, DEL and the marks of direction would let free words pass for ours: each becomes a space. */
static size_t put_clean(char *out, struct str text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = (uint8_t)text.ptr[i];
		/* U+200E, U+200F, U+202A–202E, U+2066–2069 are E2 80 8E … E2 81 A9 in UTF-8. */
		bool is_mark =
			byte == 0xE2 && i + 2 < text.len &&
			(((uint8_t)text.ptr[i + 1] == 0x80 &&
				 (((uint8_t)text.ptr[i + 2] & 0xFE) == 0x8E ||
					 ((uint8_t)text.ptr[i + 2] >= 0xAA && (uint8_t)text.ptr[i + 2] <= 0xAE))) ||
				((uint8_t)text.ptr[i + 1] == 0x81 && (uint8_t)text.ptr[i + 2] >= 0xA6 &&
					(uint8_t)text.ptr[i + 2] <= 0xA9));

		if (is_mark) {
			i += 2;
		}
		out[len++] = byte < 0x20 || byte == 0x7F || is_mark ? ' ' : (char)byte;
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
