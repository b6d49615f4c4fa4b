/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static_assert(sizeof(alphabet) == 64 + 1, "six bits a digit");

char *base64_encode(struct span bytes, struct arena *arena)
{
	char *text = arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1);
	char *next = text;

	if (text == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t count = size_min(bytes.len - i, 3);
		uint32_t bits = (uint32_t)bytes.ptr[i] << 16;

		bits |= count > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0;
		bits |= count > 2 ? (uint32_t)bytes.ptr[i + 2] : 0;
		*next++ = alphabet[bits >> 18];
		*next++ = alphabet[bits >> 12 & 63];
		*next++ = count > 1 ? alphabet[bits >> 6 & 63] : '=';
		*next++ = count > 2 ? alphabet[bits & 63] : '=';
	}
	*next = '\0';
	return text;
}

/* 0..63, or 64 for what is no digit. */
static uint32_t digit_value(char digit)
{
	const char *place = digit == '\0' ? NULL : strchr(alphabet, digit);

	return place == NULL ? 64 : (uint32_t)(place - alphabet);
}

/* Four digits to 1..3 bytes at `out`; 0 where they are not valid. */
static size_t decode_group(const char *digits, bool is_last, uint8_t *out)
{
	size_t pad_count = !is_last || digits[3] != '=' ? 0 : digits[2] != '=' ? 1 : 2;
	size_t byte_count = 3 - pad_count;
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		uint32_t value = i < 4 - pad_count ? digit_value(digits[i]) : 0;

		if (value == 64) {
			return 0;
		}
		bits = bits << 6 | value;
	}
	if ((bits & ((1U << (8 * pad_count)) - 1)) != 0) {
		return 0; /* bits behind the last byte: a second text for the same bytes */
	}
	for (size_t i = 0; i < byte_count; i++) {
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	}
	return byte_count;
}

bool base64_decode(struct str text, struct arena *arena, struct span *out)
{
	uint8_t *bytes;
	size_t used = 0;

	if (text.len % 4 != 0) {
		return false;
	}
	bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
	if (bytes == NULL) {
		return false;
	}
	for (size_t i = 0; i < text.len; i += 4) {
		size_t byte_count = decode_group(text.ptr + i, i + 4 == text.len, bytes + used);

		if (byte_count == 0) {
			return false;
		}
		used += byte_count;
	}
	assert(used <= text.len / 4 * 3);
	*out = span_of(bytes, used);
	return true;
}
