/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/each.h"

#include <string.h>

#include "common/digits.h"

#define HEAD_BYTES 20
#define NULL_LENGTH UINT32_MAX
#define NUMBER_LEN_MAX 20 /* of an int8, with its sign */

/* A submission has some two hundred of them: the pairs it is found by. */
static size_t put_number(char *out, const uint8_t *bytes)
{
	int64_t number = (int64_t)get_u64(bytes);
	char text[NUMBER_LEN_MAX];
	char *end = text + sizeof text;
	char *begin = put_digits(end, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);

	if (number < 0) {
		*--begin = '-';
	}
	memcpy(out, begin, (size_t)(end - begin));
	return (size_t)(end - begin);
}

static size_t put_uuid(char *out, const uint8_t *bytes)
{
	uuid_format(uuid_from_span(span_of(bytes, sizeof(struct uuid))), out);
	return UUID_TEXT_LEN;
}

/* A list as array_out writes it, {1,2}: of what needs no quotes, and without nulls. */
static struct span literal_of(char letter, const uint8_t *list, struct arena *arena)
{
	size_t (*put)(char *, const uint8_t *) = letter == 'U' ? put_uuid : put_number;
	size_t element_bytes = letter == 'U' ? sizeof(struct uuid) : sizeof(int64_t);
	size_t count = get_u32(list) == 0 ? 0 : get_u32(list + 12);
	size_t text_bytes =
		letter == 'U' ? UUID_TEXT_LEN + 1 : NUMBER_LEN_MAX; /* uuid_format ends it with a NUL */
	char *out = arena_alloc(arena, 2 + count * (text_bytes + 1));
	size_t len = 0;

	assert(letter == 'U' || letter == 'L');
	if (out == NULL) {
		return span_of(NULL, 0);
	}
	out[len++] = '{';
	for (size_t i = 0; i < count; i++) {
		const uint8_t *element = list + HEAD_BYTES + i * (4 + element_bytes);

		assert(get_u32(element) == element_bytes);
		if (i > 0) {
			out[len++] = ',';
		}
		len += put(out + len, element + 4);
	}
	out[len++] = '}';
	return span_of(out, len);
}

/* A question's element of the array of this parameter; NULL: a null. */
static struct span element_of(const struct query *query, size_t param, struct arena *arena)
{
	char letter = stmt_rows[query->stmt].types[param];
	const char *value = query->values[param];

	if (value == NULL) {
		return span_of(NULL, 0);
	}
	if (stmt_element_oid(letter) != stmt_oid(letter)) {
		return literal_of(letter, (const uint8_t *)value, arena);
	}
	return span_of(value, (size_t)query->lengths[param]);
}

/* As array_recv reads it: query.c's add_array_of, with nulls. */
static struct span array_of(
	const struct span *elements, size_t count, Oid element_oid, struct arena *arena)
{
	size_t bytes = HEAD_BYTES;
	uint8_t *array;
	uint8_t *out;

	for (size_t i = 0; i < count; i++) {
		bytes += 4 + elements[i].len;
	}
	array = out = arena_alloc(arena, bytes);
	if (array == NULL) {
		return span_of(NULL, 0);
	}
	put_u32(out, 1);
	put_u32(out + 4, 1);
	put_u32(out + 8, element_oid);
	put_u32(out + 12, (uint32_t)count);
	put_u32(out + 16, 1);
	out += HEAD_BYTES;
	for (size_t i = 0; i < count; i++) {
		put_u32(out, elements[i].ptr == NULL ? NULL_LENGTH : (uint32_t)elements[i].len);
		if (elements[i].len > 0) {
			memcpy(out + 4, elements[i].ptr, elements[i].len);
		}
		out += 4 + elements[i].len;
	}
	return span_of(array, bytes);
}

bool each_init(
	struct each *out, struct query *const *queries, size_t query_count, struct arena *arena)
{
	const char *types = stmt_rows[queries[0]->stmt].types;
	size_t param_count = stmt_param_count(queries[0]->stmt);
	struct span *elements = arena_alloc(arena, query_count * sizeof *elements);

	out->stmt = queries[0]->stmt;
	out->values = arena_alloc(arena, param_count * sizeof *out->values);
	out->lengths = arena_alloc(arena, param_count * sizeof *out->lengths);
	for (size_t param = 0; param < param_count && !arena->failed; param++) {
		struct span array;

		for (size_t i = 0; i < query_count; i++) {
			elements[i] = element_of(queries[i], param, arena);
		}
		array = array_of(elements, query_count, stmt_element_oid(types[param]), arena);
		out->values[param] = (const char *)array.ptr;
		out->lengths[param] = (int)array.len;
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
