/* SPDX-License-Identifier: Apache-2.0 */
#include "common/utf8.h"

/* How many bytes a code point takes that begins so; 0 where none does. */
static size_t len_from_first(uint8_t first)
{
	if (first < 0x80) {
		return 1;
	}
	if (first < 0xC0) { /* the middle of one */
		return 0;
	}
	if (first < 0xE0) {
		return 2;
	}
	if (first < 0xF0) {
		return 3;
	}
	return first < 0xF8 ? 4 : 0;
}

/*
 * Takes the code point at the front apart.
 *
 *   bytes     at least one
 *   out       set unless 0 is returned
 *   returns   1–4, the bytes it takes; 0 where they are not UTF-8 or are cut short
 *   source    RFC 3629 §4
 */
static size_t decode(struct span bytes, uint32_t *out)
{
	/* By length: what the first byte adds, and the smallest value that needs so many bytes. */
	static const uint8_t first_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point;
	size_t len;

	assert(bytes.len > 0);
	len = len_from_first(bytes.ptr[0]);
	if (len == 0 || len > bytes.len) {
		return 0;
	}
	point = bytes.ptr[0] & first_mask[len];
	for (size_t i = 1; i < len; i++) {
		if ((bytes.ptr[i] & 0xC0) != 0x80) {
			return 0;
		}
		point = point << 6 | (bytes.ptr[i] & 0x3F);
	}
	if (point < smallest[len] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
		return 0;
	}
	*out = point;
	return len;
}

enum utf8_verdict utf8_check(struct span bytes, size_t *out_points)
{
	bool nul_seen = false;
	size_t points = 0;

	while (bytes.len > 0) {
		uint32_t point = 0;
		size_t len = decode(bytes, &point);

		if (len == 0) {
			return UTF8_INVALID;
		}
		nul_seen |= point == 0;
		points++;
		bytes = span_after(bytes, len);
	}
	if (nul_seen) {
		return UTF8_NUL;
	}
	*out_points = points;
	return UTF8_OK;
}

uint32_t utf8_next(struct str *text)
{
	uint32_t point = 0;
	size_t len;

	if (text->len == 0) {
		return 0;
	}
	len = decode(span_from_str(*text), &point);
	assert(len > 0);
	text->ptr += len;
	text->len -= len;
	return point;
}

struct str utf8_prefix(struct str text, size_t points)
{
	struct str rest = text;

	while (points > 0 && rest.len > 0) {
		(void)utf8_next(&rest);
		points--;
	}
	return str_of(text.ptr, text.len - rest.len);
}
