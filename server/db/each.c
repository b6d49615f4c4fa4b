/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/each.h"

#include <string.h>

#define HEAD_BYTES 20
#define NULL_LENGTH UINT32_MAX

static size_t array_bytes(struct query *const *queries, size_t query_count, size_t param)
{
	size_t bytes = HEAD_BYTES;

	for (size_t i = 0; i < query_count; i++) {
		bytes += 4 + (queries[i]->values[param] == NULL ? 0 : (size_t)queries[i]->lengths[param]);
	}
	return bytes;
}

/* As array_recv reads it: query.c's add_array_of, with nulls. */
static void put_array(uint8_t *out, struct query *const *queries, size_t query_count, size_t param)
{
	put_u32(out, 1);
	put_u32(out + 4, 1);
	put_u32(out + 8, stmt_oid(stmt_rows[queries[0]->stmt].types[param]));
	put_u32(out + 12, (uint32_t)query_count);
	put_u32(out + 16, 1);
	out += HEAD_BYTES;
	for (size_t i = 0; i < query_count; i++) {
		const char *value = queries[i]->values[param];
		size_t len = value == NULL ? 0 : (size_t)queries[i]->lengths[param];

		put_u32(out, value == NULL ? NULL_LENGTH : (uint32_t)len);
		if (len > 0) {
			memcpy(out + 4, value, len);
		}
		out += 4 + len;
	}
}

bool each_init(
	struct each *out, struct query *const *queries, size_t query_count, struct arena *arena)
{
	size_t param_count = stmt_param_count(queries[0]->stmt);

	out->stmt = queries[0]->stmt;
	out->values = arena_alloc(arena, param_count * sizeof *out->values);
	out->lengths = arena_alloc(arena, param_count * sizeof *out->lengths);
	for (size_t param = 0; param < param_count && !arena->failed; param++) {
		size_t bytes = array_bytes(queries, query_count, param);
		uint8_t *array = arena_alloc(arena, bytes);

		if (array != NULL) {
			put_array(array, queries, query_count, param);
			out->values[param] = (const char *)array;
			out->lengths[param] = (int)bytes;
		}
	}
	return !arena->failed;
}

/* Whose row it is, from 0: the last column says. */
static size_t asker(const PGresult *result, int row)
{
	return (size_t)get_u64((const uint8_t *)PQgetvalue(result, row, PQnfields(result) - 1)) - 1;
}

bool each_share(PGresult *result, struct query *const *queries, size_t query_count)
{
	struct rows *rows;
	size_t row = 0;

	if (!query_take(queries[0], result)) {
		return false;
	}
	rows = queries[0]->rows;
	for (size_t i = 0; i < query_count; i++) {
		struct query *query = queries[i];

		assert(i == 0 || query->rows == NULL);
		rows->user_count += i > 0;
		query->rows = rows;
		query->first_row = row;
		while (row < (size_t)PQntuples(result) && asker(result, (int)row) == i) {
			row++;
		}
		query->row_count = row - query->first_row;
	}
	assert(row == (size_t)PQntuples(result)); /* they come in the questions' order */
	return true;
}
