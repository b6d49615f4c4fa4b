/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/record_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/uuid.h"

#define TIME_TEXT_LEN 27 /* 2026-11-27T10:00:00.123456Z */
#define INFINITY_TEXT "infinity"

static const char digits[] = "0123456789abcdef";

static struct str hex(struct arena *arena, struct span value)
{
	char *out = arena_alloc(arena, 2 * value.len + 1);

	for (size_t i = 0; out != NULL && i < value.len; i++) {
		out[2 * i] = digits[value.ptr[i] >> 4];
		out[2 * i + 1] = digits[value.ptr[i] & 15];
	}
	return str_of(out, out == NULL ? 0 : 2 * value.len);
}

static int digit_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static bool parse_hex(struct arena *arena, struct str text, struct span *out)
{
	uint8_t *bytes = arena_alloc(arena, text.len / 2 + 1);

	if (bytes == NULL || text.len % 2 != 0) {
		return false;
	}
	for (size_t i = 0; i < text.len / 2; i++) {
		int high = digit_of(text.ptr[2 * i]);
		int low = digit_of(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = span_of(bytes, text.len / 2);
	return true;
}

static struct str time_text(struct arena *arena, int64_t us)
{
	time_t seconds = (time_t)(us / US_PER_S);
	struct tm tm;
	char text[32];

	if (us == INT64_MAX) {
		return STR(INFINITY_TEXT);
	}
	/* Years of four digits; what else somebody put there is shown as the number it is. */
	if (us < 0 || us >= INT64_C(253402300800) * US_PER_S || gmtime_r(&seconds, &tm) == NULL ||
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
		return arena_printf(arena, "%" PRId64, us);
	}
	return arena_printf(arena, "%s.%06dZ", text, (int)(us % US_PER_S));
}

static bool parse_int(struct str text, int64_t *out)
{
	char copy[24];
	char *end = NULL;

	if (text.len == 0 || text.len >= sizeof copy) {
		return false;
	}
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*out = strtoll(copy, &end, 10);
	return end == copy + text.len;
}

static bool parse_time(struct str text, int64_t *out)
{
	char copy[TIME_TEXT_LEN + 1];
	struct tm tm = {0};
	const char *end;

	if (str_equal(text, STR(INFINITY_TEXT))) {
		*out = INT64_MAX;
		return true;
	}
	if (text.len != TIME_TEXT_LEN) {
		return parse_int(text, out);
	}
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	end = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end != copy + 19 || copy[19] != '.' || copy[26] != 'Z' ||
		strspn(copy + 20, "0123456789") != 6) {
		return false;
	}
	*out = (int64_t)timegm(&tm) * US_PER_S + strtol(copy + 20, NULL, 10);
	return true;
}

static bool is_plain(uint8_t byte)
{
	return byte > 0x20 && byte != 0x7F && strchr("%,\"'=", byte) == NULL;
}

static struct str escaped(struct arena *arena, struct span value)
{
	char *out = arena_alloc(arena, 3 * value.len + 1);
	size_t len = 0;

	for (size_t i = 0; out != NULL && i < value.len; i++) {
		if (is_plain(value.ptr[i])) {
			out[len++] = (char)value.ptr[i];
		} else {
			out[len++] = '%';
			out[len++] = digits[value.ptr[i] >> 4];
			out[len++] = digits[value.ptr[i] & 15];
		}
	}
	return str_of(out, len);
}

static bool parse_escaped(struct arena *arena, struct str text, struct span *out)
{
	uint8_t *bytes = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; bytes != NULL && i < text.len; i++) {
		if (text.ptr[i] != '%') {
			bytes[len++] = (uint8_t)text.ptr[i];
			continue;
		}
		if (text.len - i < 3 || digit_of(text.ptr[i + 1]) < 0 || digit_of(text.ptr[i + 2]) < 0) {
			return false;
		}
		bytes[len++] = (uint8_t)(digit_of(text.ptr[i + 1]) << 4 | digit_of(text.ptr[i + 2]));
		i += 2;
	}
	*out = span_of(bytes, len);
	return bytes != NULL;
}

struct str record_text(struct arena *arena, enum record_type type, struct span value)
{
	char id[UUID_TEXT_LEN + 1];

	if (value.ptr == NULL) {
		return STR("");
	}
	switch (type) {
	case RECORD_UUID:
		uuid_format(uuid_from_span(value), id);
		return arena_str(arena, str_of(id, UUID_TEXT_LEN));
	case RECORD_INT2:
	case RECORD_INT4:
		return arena_printf(arena, "%" PRId64, record_number(type, value));
	case RECORD_TIME:
		return time_text(arena, record_number(type, value));
	case RECORD_TEXT:
		return escaped(arena, value);
	case RECORD_BYTES:
		return hex(arena, value);
	}
	unreachable();
}

static bool parse_number(
	struct arena *arena, enum record_type type, struct str text, struct span *out)
{
	size_t bytes = record_type_bytes(type);
	uint8_t *value = arena_alloc(arena, sizeof(uint64_t));
	uint8_t whole[sizeof(uint64_t)];
	int64_t number;
	bool is_good = type == RECORD_TIME ? parse_time(text, &number) : parse_int(text, &number);

	if (value == NULL || !is_good) {
		return false;
	}
	put_u64(whole, (uint64_t)number);
	memcpy(value, whole + sizeof whole - bytes, bytes);
	*out = span_of(value, bytes);
	return record_number(type, *out) == number;
}

bool record_text_parse(
	struct arena *arena, enum record_type type, struct str text, struct span *out)
{
	struct uuid id;

	if (text.len == 0) {
		*out = (struct span){NULL, 0};
		return true;
	}
	switch (type) {
	case RECORD_UUID:
		if (!uuid_parse(text, &id)) {
			return false;
		}
		*out = arena_span(arena, span_of(id.bytes, UUID_BYTES));
		return out->len == UUID_BYTES;
	case RECORD_INT2:
	case RECORD_INT4:
	case RECORD_TIME:
		return parse_number(arena, type, text, out);
	case RECORD_TEXT:
		return parse_escaped(arena, text, out);
	case RECORD_BYTES:
		return parse_hex(arena, text, out);
	}
	unreachable();
}
