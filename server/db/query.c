/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/query.h"

#include <stdlib.h>
#include <string.h>

#include "common/day.h"

/* PostgreSQL counts microseconds from 2000-01-01. */
#define EPOCH_2000_US INT64_C(946684800000000)
/* And days from there too. */
#define EPOCH_2000_DAY 10957

#define ARRAY_HEAD_BYTES 20 /* of an array of one dimension; an empty one from PostgreSQL has 12 */

void query_init(struct query *query, enum stmt stmt, struct arena *arena)
{
	size_t count = stmt_param_count(stmt);

	*query = (struct query){.stmt = stmt, .arena = arena};
	if (count > 0) {
		query->values = arena_alloc(arena, count * sizeof *query->values);
		query->lengths = arena_alloc(arena, count * sizeof *query->lengths);
	}
}

void query_fini(struct query *query)
{
	struct rows *rows = query->rows;

	query->rows = NULL;
	query->row_count = 0;
	if (rows != NULL && --rows->user_count == 0) {
		PQclear(rows->result);
		free(rows);
	}
}

bool query_take(struct query *query, PGresult *result)
{
	struct rows *rows = malloc(sizeof *rows);

	assert(query->rows == NULL);
	if (rows == NULL) {
		PQclear(result);
		return false;
	}
	*rows = (struct rows){.result = result, .user_count = 1};
	query->rows = rows;
	query->first_row = 0;
	query->row_count = (size_t)PQntuples(result);
	return true;
}

bool query_is_full(const struct query *query)
{
	return query->param_count == stmt_param_count(query->stmt);
}

/* The arena's flag says that memory is out: then nothing is kept, since nothing will be sent. */
static void put(struct query *query, size_t i, const uint8_t *bytes, size_t len)
{
	if (query->values != NULL && query->lengths != NULL) {
		query->values[i] = (const char *)bytes;
		query->lengths[i] = (int)len;
	}
}

/* Adds a parameter of one of `letters`. */
static uint8_t *add(struct query *query, const char *letters, size_t len)
{
	size_t i = query->param_count++;
	uint8_t *bytes;

	assert(i < stmt_param_count(query->stmt));
	assert(strchr(letters, stmt_rows[query->stmt].types[i]) != NULL);
	bytes = arena_alloc(query->arena, size_max(len, 1));
	put(query, i, bytes, len);
	return bytes;
}

void query_null(struct query *query)
{
	size_t i = query->param_count++;

	assert(i < stmt_param_count(query->stmt));
	put(query, i, NULL, 0);
}

static void add_id(struct query *query, const char *letters, struct uuid value)
{
	uint8_t *out = add(query, letters, UUID_BYTES);

	if (out != NULL) {
		memcpy(out, value.bytes, UUID_BYTES);
	}
}

void query_uuid(struct query *query, struct uuid value)
{
	add_id(query, "u", value);
}

void query_trace_if_last(struct query *query, struct uuid trace_id)
{
	if (stmt_rows[query->stmt].types[query->param_count] == 'r') {
		add_id(query, "r", trace_id);
	}
	assert(query_is_full(query));
}

void query_uuid_or_null(struct query *query, struct uuid value)
{
	if (uuid_is_nil(value)) {
		query_null(query);
	} else {
		query_uuid(query, value);
	}
}

void query_bool(struct query *query, bool value)
{
	uint8_t *out = add(query, "B", 1);

	if (out != NULL) {
		out[0] = value;
	}
}

static void put_u16(uint8_t out[2], uint16_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

void query_int2(struct query *query, int value)
{
	uint8_t *out = add(query, "s", 2);

	assert(value >= INT16_MIN && value <= INT16_MAX);
	if (out != NULL) {
		put_u16(out, (uint16_t)value);
	}
}

void query_number_or_null(struct query *query, int value)
{
	if (value == 0) {
		query_null(query);
	} else {
		query_int2(query, value);
	}
}

void query_int4(struct query *query, int32_t value)
{
	uint8_t *out = add(query, "i", 4);

	if (out != NULL) {
		put_u32(out, (uint32_t)value);
	}
}

static void add_u64(struct query *query, const char *letters, uint64_t value)
{
	uint8_t *out = add(query, letters, 8);

	if (out != NULL) {
		put_u64(out, value);
	}
}

void query_int8(struct query *query, int64_t value)
{
	add_u64(query, "l", (uint64_t)value);
}

void query_xid(struct query *query, uint64_t value)
{
	add_u64(query, "x", value);
}

void query_time(struct query *query, int64_t utc_us)
{
	int64_t value = utc_us == INT64_MAX ? INT64_MAX : utc_us - EPOCH_2000_US;

	add_u64(query, "z", (uint64_t)value);
}

void query_time_or_null(struct query *query, int64_t utc_us)
{
	if (utc_us == 0) {
		query_null(query);
	} else {
		query_time(query, utc_us);
	}
}

void query_day(struct query *query, int32_t day)
{
	uint8_t *out = add(query, "d", 4);

	if (out != NULL) {
		put_u32(out, (uint32_t)(day == DAY_NEVER ? day : day - EPOCH_2000_DAY));
	}
}

static void add_bytes(struct query *query, const char *letters, const void *ptr, size_t len)
{
	uint8_t *out = add(query, letters, len);

	if (out != NULL && len > 0) {
		memcpy(out, ptr, len);
	}
}

void query_text(struct query *query, struct str value)
{
	add_bytes(query, "t", value.ptr, value.len);
}

void query_text_or_null(struct query *query, struct str value)
{
	if (value.len == 0) {
		query_null(query);
	} else {
		query_text(query, value);
	}
}

void query_bytes(struct query *query, struct span value)
{
	add_bytes(query, "b", value.ptr, value.len);
}

void query_bytes_or_null(struct query *query, struct span value)
{
	if (value.ptr == NULL) {
		query_null(query);
	} else {
		query_bytes(query, value);
	}
}

/*
 * An array of one dimension, as array_recv of PostgreSQL reads it: dimensions, a null flag, the
 * element's type, then count and lower bound, then each element's length and bytes. Returns where the
 * elements begin; bytes are those of all elements with their lengths.
 */
static uint8_t *add_array_of(
	struct query *query, const char *letter, char element, size_t count, size_t bytes)
{
	uint8_t *out = add(query, letter, ARRAY_HEAD_BYTES + bytes);

	if (out == NULL) {
		return NULL;
	}
	put_u32(out, 1);
	put_u32(out + 4, 0);
	put_u32(out + 8, stmt_oid(element));
	put_u32(out + 12, (uint32_t)count);
	put_u32(out + 16, 1);
	return out + ARRAY_HEAD_BYTES;
}

/* The same where all elements are of one length. */
static uint8_t *add_array(
	struct query *query, const char *letter, char element, size_t count, size_t element_bytes)
{
	return add_array_of(query, letter, element, count, count * (4 + element_bytes));
}

void query_uuids(struct query *query, const struct uuid *values, size_t count)
{
	uint8_t *out = add_array(query, "U", 'u', count, UUID_BYTES);

	for (size_t i = 0; out != NULL && i < count; i++) {
		put_u32(out, UUID_BYTES);
		memcpy(out + 4, values[i].bytes, UUID_BYTES);
		out += 4 + UUID_BYTES;
	}
}

void query_int2s(struct query *query, const int *values, size_t count)
{
	uint8_t *out = add_array(query, "S", 's', count, 2);

	for (size_t i = 0; out != NULL && i < count; i++) {
		put_u32(out, 2);
		put_u16(out + 4, (uint16_t)values[i]);
		out += 6;
	}
}

void query_int8s(struct query *query, const int64_t *values, size_t count)
{
	uint8_t *out = add_array(query, "L", 'l', count, 8);

	for (size_t i = 0; out != NULL && i < count; i++) {
		put_u32(out, 8);
		put_u64(out + 4, (uint64_t)values[i]);
		out += 12;
	}
}

void query_texts(struct query *query, const struct str *values, size_t count)
{
	size_t bytes = 0;
	uint8_t *out;

	for (size_t i = 0; i < count; i++) {
		bytes += 4 + values[i].len;
	}
	out = add_array_of(query, "T", 't', count, bytes);
	for (size_t i = 0; out != NULL && i < count; i++) {
		put_u32(out, (uint32_t)values[i].len);
		if (values[i].len > 0) {
			memcpy(out + 4, values[i].ptr, values[i].len);
		}
		out += 4 + values[i].len;
	}
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
	int64_t us;

	if (bytes == NULL) {
		return 0;
	}
	us = (int64_t)get_u64(bytes);
	return us == INT64_MAX ? INT64_MAX : us + EPOCH_2000_US;
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
