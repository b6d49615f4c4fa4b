/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what a method put into its statements.
 */
#include <string.h>

#include "common/day.h"
#include "tests/method/bench.h"

#define EPOCH_2000_US INT64_C(946684800000000)
#define EPOCH_2000_DAY 10957
#define ARRAY_HEAD_BYTES 20

/* The bytes of the n-th parameter, which has one of these types. */
static struct span param(const struct query *query, size_t n, const char *letters)
{
	assert(n >= 1 && n <= query->param_count);
	assert(strchr(letters, stmt_rows[query->stmt].types[n - 1]) != NULL);
	assert(query->values[n - 1] != NULL);
	return span_of(query->values[n - 1], (size_t)query->lengths[n - 1]);
}

bool param_is_null(const struct query *query, size_t n)
{
	assert(n >= 1 && n <= query->param_count);
	return query->values[n - 1] == NULL;
}

int64_t param_number(const struct query *query, size_t n)
{
	struct span bytes = param(query, n, "Bisl");
	uint64_t value = bytes.ptr[0] >> 7 != 0 && bytes.len > 1 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes.len; i++) {
		value = value << 8 | bytes.ptr[i];
	}
	return (int64_t)value;
}

int64_t param_time(const struct query *query, size_t n)
{
	int64_t value = (int64_t)get_u64(param(query, n, "z").ptr);

	return value == INT64_MAX ? INT64_MAX : value + EPOCH_2000_US;
}

struct str param_text(const struct query *query, size_t n)
{
	struct span bytes = param(query, n, "t");

	return str_of((const char *)bytes.ptr, bytes.len);
}

struct span param_bytes(const struct query *query, size_t n)
{
	return param(query, n, "b");
}

bool param_is_id(const struct query *query, size_t n, struct uuid id)
{
	return span_equal(param(query, n, "u"), span_of(id.bytes, UUID_BYTES));
}

size_t param_count(const struct query *query, size_t n)
{
	return get_u32(param(query, n, "USLT").ptr + 12);
}

bool param_holds_id(const struct query *query, size_t n, struct uuid id)
{
	const uint8_t *at = param(query, n, "U").ptr + ARRAY_HEAD_BYTES;

	for (size_t i = 0; i < param_count(query, n); i++) {
		if (memcmp(at + 4, id.bytes, UUID_BYTES) == 0) {
			return true;
		}
		at += 4 + UUID_BYTES;
	}
	return false;
}

int32_t param_day(const struct query *query, size_t n)
{
	int32_t day = (int32_t)get_u32(param(query, n, "d").ptr);

	return day == DAY_NEVER ? DAY_NEVER : day + EPOCH_2000_DAY;
}

/* The i-th element of an array, from 0. */
static struct span element(const struct query *query, size_t n, const char *letter, size_t i)
{
	const uint8_t *at = param(query, n, letter).ptr + ARRAY_HEAD_BYTES;

	assert(i < param_count(query, n));
	for (size_t k = 0; k < i; k++) {
		at += 4 + get_u32(at);
	}
	return span_of(at + 4, get_u32(at));
}

struct str param_text_at(const struct query *query, size_t n, size_t i)
{
	struct span bytes = element(query, n, "T", i);

	return str_of((const char *)bytes.ptr, bytes.len);
}

int param_int2_at(const struct query *query, size_t n, size_t i)
{
	const uint8_t *bytes = element(query, n, "S", i).ptr;

	return (int16_t)(uint16_t)(bytes[0] << 8 | bytes[1]);
}

struct uuid param_id_at(const struct query *query, size_t n, size_t i)
{
	return uuid_from_span(element(query, n, "U", i));
}
