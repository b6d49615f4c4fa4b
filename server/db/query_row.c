/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a query: values as PostgreSQL sends them, in binary.
 */
#include <string.h>

#include "common/day.h"
#include "server/db/query.h"
#include "server/db/query_wire.h"

static int64_t time_from_wire(const uint8_t bytes[8])
{
	int64_t us = (int64_t)get_u64(bytes);

	return us == INT64_MAX ? INT64_MAX : us + EPOCH_2000_US;
}

size_t query_rows(const struct query *query)
{
	return query->row_count;
}

bool row_is_null(const struct query *query, size_t row, int column)
{
	const PGresult *result;

	assert(row < query->row_count);
	result = query->rows->result;
	assert(column < PQnfields(result));
	return PQgetisnull(result, (int)(query->first_row + row), column) != 0;
}

/*
 * One value's bytes; ptr is NULL for an SQL null. A page of a list asks for some thousand of them, so each
 * costs as few calls of libpq as there can be: a column that is not there has no type, and what has bytes is
 * not null.
 */
static struct span value(const struct query *query, size_t row, int column, char letter)
{
	const PGresult *result;
	int at = (int)(query->first_row + row);
	int bytes;

	assert(row < query->row_count);
	result = query->rows->result;
	assert(PQftype(result, column) == stmt_oid(letter));
	bytes = PQgetlength(result, at, column);
	if (bytes == 0 && PQgetisnull(result, at, column) != 0) {
		return (struct span){NULL, 0};
	}
	return span_of(PQgetvalue(result, at, column), (size_t)bytes);
}

/* The same where all values of the type have one length. */
static const uint8_t *fixed(
	const struct query *query, size_t row, int column, char letter, size_t len)
{
	struct span bytes = value(query, row, column, letter);

	assert(bytes.ptr == NULL || bytes.len == len);
	return bytes.ptr;
}

struct span row_raw(const struct query *query, size_t row, int column)
{
	const PGresult *result;
	int at = (int)(query->first_row + row);

	if (row_is_null(query, row, column)) {
		return (struct span){NULL, 0};
	}
	result = query->rows->result;
	return span_of(PQgetvalue(result, at, column), (size_t)PQgetlength(result, at, column));
}

struct uuid row_uuid(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'u', UUID_BYTES);

	return bytes == NULL ? uuid_nil : uuid_from_span(span_of(bytes, UUID_BYTES));
}

struct span row_uuid_span(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'u', UUID_BYTES);
	bool is_there = bytes != NULL && memcmp(bytes, uuid_nil.bytes, UUID_BYTES) != 0;

	return is_there ? span_of(bytes, UUID_BYTES) : (struct span){NULL, 0};
}

bool row_bool(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'B', 1);

	return bytes != NULL && bytes[0] != 0;
}

int row_int2(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 's', 2);

	return bytes == NULL ? 0 : (int16_t)(uint16_t)(bytes[0] << 8 | bytes[1]);
}

int32_t row_int4(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'i', 4);

	return bytes == NULL ? 0 : (int32_t)get_u32(bytes);
}

int64_t row_int8(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'l', 8);

	return bytes == NULL ? 0 : (int64_t)get_u64(bytes);
}

uint64_t row_xid(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'x', 8);

	return bytes == NULL ? 0 : get_u64(bytes);
}

int64_t row_time(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'z', 8);

	return bytes == NULL ? 0 : time_from_wire(bytes);
}

int32_t row_day(const struct query *query, size_t row, int column)
{
	const uint8_t *bytes = fixed(query, row, column, 'd', 4);
	int32_t day;

	if (bytes == NULL) {
		return 0;
	}
	day = (int32_t)get_u32(bytes);
	return day == DAY_NEVER ? DAY_NEVER : day + EPOCH_2000_DAY;
}

size_t row_int2s(const struct query *query, size_t row, int column, int *out, size_t max)
{
	const uint8_t *bytes = value(query, row, column, 'S').ptr;
	size_t count;

	if (bytes == NULL || get_u32(bytes) == 0) { /* no dimension: an empty array */
		return 0;
	}
	count = get_u32(bytes + 12);
	bytes += ARRAY_HEAD_BYTES;
	for (size_t i = 0; i < count && i < max; i++) {
		out[i] = (int16_t)(uint16_t)(bytes[4] << 8 | bytes[5]);
		bytes += 6;
	}
	return count;
}

/* Of elements of eight bytes: each as it stands, 0 for a null; how many there are. */
static size_t row_wide(const struct query *query, size_t row, int column, char letter,
	int64_t (*read)(const uint8_t bytes[8]), int64_t *out, size_t max)
{
	const uint8_t *bytes = value(query, row, column, letter).ptr;
	size_t count;

	if (bytes == NULL || get_u32(bytes) == 0) {
		return 0;
	}
	count = get_u32(bytes + 12);
	bytes += ARRAY_HEAD_BYTES;
	for (size_t i = 0; i < count && i < max; i++) {
		bool is_null = get_u32(bytes) == ARRAY_NULL;

		out[i] = is_null ? 0 : read(bytes + 4);
		bytes += is_null ? 4 : 12;
	}
	return count;
}

static int64_t int8_from_wire(const uint8_t bytes[8])
{
	return (int64_t)get_u64(bytes);
}

size_t row_int8s(const struct query *query, size_t row, int column, int64_t *out, size_t max)
{
	return row_wide(query, row, column, 'L', int8_from_wire, out, max);
}

size_t row_times(const struct query *query, size_t row, int column, int64_t *out, size_t max)
{
	return row_wide(query, row, column, 'Z', time_from_wire, out, max);
}

struct str row_text(const struct query *query, size_t row, int column)
{
	struct span bytes = value(query, row, column, 't');

	return str_of((const char *)bytes.ptr, bytes.len);
}

const char *row_c_text(const struct query *query, size_t row, int column)
{
	return (const char *)value(query, row, column, 't').ptr;
}

struct span row_bytes(const struct query *query, size_t row, int column)
{
	return value(query, row, column, 'b');
}
