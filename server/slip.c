/* SPDX-License-Identifier: Apache-2.0 */
#include "server/slip.h"

#include <utf8proc.h>

#include "common/utf8.h"

#define CAPACITY_FIRST 512

/* What may not begin a line, and what may not end one: Chinese typesetting, GB/T 15834. */
static const uint32_t no_beginning[] = {U'，', U'。', U'、', U'；', U'：', U'？', U'！', U'）',
	U'》', U'”', U'’', U'」', U'』', U'】', U'…', U'％', U',', U'.', U';', U':', U'?', U'!', U')',
	U']', U'}', U'%'};
static const uint32_t no_ending[] = {
	U'（', U'《', U'“', U'‘', U'「', U'『', U'【', U'(', U'[', U'{', U'#', U'¥'};

/* --- characters --- */

static bool is_among(uint32_t point, const uint32_t *set, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (set[i] == point) {
			return true;
		}
	}
	return false;
}

/* What cannot be seen, but would tear a line or turn the order of its characters around. */
static bool is_control(uint32_t point)
{
	if (point < 0x80 || (point >= 0x4E00 && point <= 0x9FFF)) {
		return point < 0x20 || point == 0x7F;
	}
	if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
		point == 0x200E || point == 0x200F || point == 0x061C) {
		return true;
	}
	switch (utf8proc_category((utf8proc_int32_t)point)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return false;
	}
}

/* Of one column by Unicode, of two in a Chinese font; both ends belong to it. */
static const struct {
	uint32_t first, last;
} wide_in_chinese[] = {
	{0x00B0, 0x00B1}, /* ° ± */
	{0x00B7, 0x00B7}, /* the dot between parts of a name */
	{0x00D7, 0x00D7}, /* × */
	{0x2014, 0x2015}, /* dashes */
	{0x2018, 0x201D}, /* quotes */
	{0x2026, 0x2026}, /* … */
	{0x2103, 0x2103}, /* ℃ */
	{0x2160, 0x2179}, /* Roman numerals */
	{0x2190, 0x2199}, /* arrows */
	{0x2460, 0x24FF}, /* numbers in circles */
	{0x25A0, 0x25FF}, /* squares and circles, as in forms */
	{0x2605, 0x2606}, /* stars */
};

/* A character as the breaking of lines sees it. */
struct glyph {
	uint32_t point;
	uint8_t columns;
	bool may_begin; /* a line */
	bool may_end;
};

static uint8_t columns_of(uint32_t point)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)point);

	for (size_t i = 0; i < COUNT(wide_in_chinese); i++) {
		if (point >= wide_in_chinese[i].first && point <= wide_in_chinese[i].last) {
			return 2;
		}
	}
	return width < 0 ? 0 : (uint8_t)width;
}

/* Most are Chinese characters, letters and digits, about which nothing has to be looked up. */
static struct glyph glyph_of(uint32_t point)
{
	bool is_chinese = point >= 0x4E00 && point <= 0x9FFF;
	bool is_alnum = (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
	                (point >= 'A' && point <= 'Z');
	struct glyph glyph = {point, is_chinese ? 2 : 1, true, true};

	if (!is_chinese && !is_alnum) {
		glyph.columns = columns_of(point);
		glyph.may_begin = glyph.columns > 0 && !is_among(point, no_beginning, COUNT(no_beginning));
		glyph.may_end = !is_among(point, no_ending, COUNT(no_ending));
	}
	return glyph;
}

/* May a line end between these two? */
static bool may_break(struct glyph before, struct glyph next)
{
	return next.may_begin && before.may_end &&
	       (before.point == ' ' || before.columns == 2 || next.columns == 2);
}

/* --- lines --- */

static void put(struct slip *slip, struct str text)
{
	if (slip->arena->failed || text.len == 0) {
		return;
	}
	if (text.len > slip->capacity - slip->len) {
		size_t capacity =
			size_max(size_max(slip->capacity * 2, CAPACITY_FIRST), slip->len + text.len);
		char *grown = arena_alloc(slip->arena, capacity);

		if (grown == NULL) {
			return;
		}
		if (slip->len > 0) {
			memcpy(grown, slip->text, slip->len);
		}
		slip->text = grown;
		slip->capacity = capacity;
	}
	memcpy(slip->text + slip->len, text.ptr, text.len);
	slip->len += text.len;
}

/* Controls to spaces, several spaces to one, none at either end; empty where the arena failed. */
static struct str clean(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.len);
	size_t len = 0;

	if (out == NULL) {
		return (struct str){NULL, 0};
	}
	while (text.len > 0) {
		struct str rest = text;
		uint32_t point = utf8_next(&rest);
		size_t bytes = text.len - rest.len;

		if (point == ' ' || is_control(point)) {
			if (len > 0 && out[len - 1] != ' ') {
				out[len++] = ' ';
			}
		} else {
			memcpy(out + len, text.ptr, bytes);
			len += bytes;
		}
		text = rest;
	}
	if (len > 0 && out[len - 1] == ' ') {
		len--;
	}
	return str_of(out, len);
}

/*
 * How many bytes of the text stand on one line.
 *
 *   text      not empty
 *   columns   at least 2, so that there is always one character
 */
static size_t fit(struct str text, size_t columns)
{
	struct str rest = text;
	struct glyph before = {0};
	size_t used = 0;
	size_t last_break = 0;

	while (rest.len > 0) {
		size_t at = text.len - rest.len;
		struct glyph glyph = glyph_of(utf8_next(&rest));

		if (at > 0 && may_break(before, glyph)) {
			last_break = at;
		}
		used += glyph.columns;
		if (used > columns && glyph.point != ' ') { /* a space at the end is not printed */
			return last_break > 0 ? last_break : at;
		}
		before = glyph;
	}
	return text.len;
}

void slip_init(struct slip *slip, struct arena *arena)
{
	*slip = (struct slip){.arena = arena};
}

void slip_line(struct slip *slip, struct str text)
{
	struct str rest = clean(slip->arena, text);
	size_t columns = SLIP_COLUMNS;

	while (rest.len > 0) {
		size_t bytes = fit(rest, columns);
		size_t shown = bytes;

		assert(bytes > 0 && bytes <= rest.len);
		while (shown > 0 && rest.ptr[shown - 1] == ' ') {
			shown--;
		}
		if (columns < SLIP_COLUMNS) {
			put(slip, STR("  "));
		}
		put(slip, str_of(rest.ptr, shown));
		put(slip, STR("\n"));
		rest = str_of(rest.ptr + bytes, rest.len - bytes);
		columns = SLIP_COLUMNS - SLIP_INDENT_COLUMNS;
	}
}

struct str slip_text(const struct slip *slip)
{
	if (slip->arena->failed) {
		return (struct str){NULL, 0};
	}
	return str_of(slip->text, slip->len);
}
