/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/query.h"

#include <stdlib.h>
#include <string.h>

#include "common/day.h"
#include "server/db/query_wire.h"

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

static int64_t time_on_wire(int64_t utc_us)
{
	return utc_us == INT64_MAX ? INT64_MAX : utc_us - EPOCH_2000_US;
}

void query_time(struct query *query, int64_t utc_us)
{
	add_u64(query, "z", (uint64_t)time_on_wire(utc_us));
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

/* One element with its length. Returns where the next one begins. */
static uint8_t *put_element(uint8_t *out, const void *ptr, size_t len)
{
	put_u32(out, (uint32_t)len);
	if (len > 0) {
		memcpy(out + 4, ptr, len);
	}
	return out + 4 + len;
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
		out = put_element(out, values[i].ptr, values[i].len);
	}
}

void query_spans(struct query *query, const struct span *values, size_t count)
{
	size_t bytes = 0;
	uint8_t *out;

	for (size_t i = 0; i < count; i++) {
		bytes += 4 + values[i].len;
	}
	out = add_array_of(query, "Y", 'b', count, bytes);
	for (size_t i = 0; out != NULL && i < count; i++) {
		out = put_element(out, values[i].ptr, values[i].len);
	}
}

void query_times(struct query *query, const int64_t *values, size_t count)
{
	size_t bytes = 4 * count;
	uint8_t *out;

	for (size_t i = 0; i < count; i++) {
		bytes += values[i] == 0 ? 0 : 8;
	}
	out = add_array_of(query, "Z", 'z', count, bytes);
	if (out != NULL) {
		put_u32(out - ARRAY_HEAD_BYTES + 4, 1); /* there may be nulls */
	}
	for (size_t i = 0; out != NULL && i < count; i++) {
		put_u32(out, values[i] == 0 ? ARRAY_NULL : 8);
		out += 4;
		if (values[i] != 0) {
			put_u64(out, (uint64_t)time_on_wire(values[i]));
			out += 8;
		}
	}
}
