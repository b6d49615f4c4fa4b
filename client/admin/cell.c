/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/cell.h"

#include <wchar.h>

#include "common/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
#define ELLIPSIS "\xE2\x80\xA6"    /* U+2026, one column */

struct range {
	uint32_t first;
	uint32_t last;
};

/* Unicode 15 names: bidi controls, invisible operators, annotation and tag characters. */
static const struct range hidden_ranges[] = {
	{0x0000, 0x001F},   /* C0 */
	{0x007F, 0x009F},   /* DEL, C1 */
	{0x00AD, 0x00AD},   /* soft hyphen */
	{0x061C, 0x061C},   /* Arabic letter mark */
	{0x200B, 0x200B},   /* zero width space */
	{0x200E, 0x200F},   /* LRM, RLM */
	{0x2028, 0x202E},   /* line and paragraph separator, LRE … RLO */
	{0x2060, 0x206F},   /* word joiner … LRI … PDI … */
	{0xFEFF, 0xFEFF},   /* byte order mark */
	{0xFFF9, 0xFFFB},   /* interlinear annotation */
	{0xE0000, 0xE0FFF}, /* tags, and what is to come there */
};

static bool is_hidden(uint32_t point)
{
	for (size_t i = 0; i < COUNT(hidden_ranges); i++) {
		if (point >= hidden_ranges[i].first && point <= hidden_ranges[i].last) {
			return true;
		}
	}
	return false;
}

/* The length of the character that text begins with, 0 where it is not UTF-8. */
static size_t char_len(struct str text)
{
	uint8_t first = (uint8_t)text.ptr[0];
	size_t len = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	size_t points;

	if (len > text.len) {
		return 0;
	}
	return utf8_check(span_of(text.ptr, len), &points) == UTF8_INVALID ? 0 : len;
}

/* Columns of one code point; -1 where the locale knows none. */
static int point_width(uint32_t point)
{
	return wcwidth((wchar_t)point);
}

/* What stands for the first character of text, `len` bytes of it or one that is broken. */
static struct str shown(struct str text, size_t len, enum cell_lines lines)
{
	struct str rest = str_of(text.ptr, len);
	uint32_t point;

	if (len == 0) {
		return STR(REPLACEMENT);
	}
	point = text.ptr[0] == '\0' ? 0 : utf8_next(&rest);
	if (point == '\n' && lines == CELL_LINES) {
		return STR("\n");
	}
	if (point == '\n' || point == '\t') {
		return STR(" ");
	}
	if (is_hidden(point)) {
		return STR("");
	}
	return point_width(point) < 0 ? STR(REPLACEMENT) : str_of(text.ptr, len);
}

struct str cell_clean(struct arena *arena, struct str text, enum cell_lines lines)
{
	/* One broken byte becomes three. */
	char *out = arena_alloc(arena, text.len * 3 + 1);
	size_t len = 0;

	if (out == NULL) {
		return (struct str){0};
	}
	while (text.len > 0) {
		size_t used = char_len(text);
		struct str piece = shown(text, used, lines);

		memcpy(out + len, piece.ptr, piece.len);
		len += piece.len;
		used = size_max(used, 1);
		text = str_of(text.ptr + used, text.len - used);
	}
	return str_of(out, len);
}

size_t cell_width(struct str text)
{
	size_t width = 0;

	while (text.len > 0) {
		int columns = point_width(utf8_next(&text));

		width += columns < 0 ? 1 : (size_t)columns;
	}
	return width;
}

struct str cell_clip(struct arena *arena, struct str text, size_t columns)
{
	struct str rest = text;
	size_t width = 0;

	if (cell_width(text) <= columns) {
		return text;
	}
	while (rest.len > 0) {
		struct str next = rest;
		int wide = point_width(utf8_next(&next));

		width += wide < 0 ? 1 : (size_t)wide;
		if (width + 1 > columns) { /* one column is for the ellipsis */
			break;
		}
		rest = next;
	}
	if (columns == 0) {
		return STR("");
	}
	return arena_printf(arena, "%.*s" ELLIPSIS, (int)(text.len - rest.len), text.ptr);
}
