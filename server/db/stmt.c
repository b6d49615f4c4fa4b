/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/stmt.h"

#include <ctype.h>
#include <string.h>

#define AS_READ(name) LANE_READ, FORM_ALONE, NULL
#define AS_WRITE(name) LANE_WRITE, FORM_ALONE, NULL
#define AS_FILE(name) LANE_FILE, FORM_ALONE, NULL
#define AS_EACH(name) LANE_READ, FORM_EACH, name "_each"
#define AS_ONE(name) LANE_WRITE, FORM_ONE, name
#define AS_MANY(name) LANE_WRITE, FORM_MANY, name
#define AS_FIRST(name) LANE_WRITE, FORM_FIRST, name
#define ROW(as, ...) ROW_OF(as, __VA_ARGS__)
#define ROW_OF(row_lane, row_form, row_each_name, row_name, row_types, row_sql) \
	{ \
		.name = row_name, .lane = row_lane, .form = row_form, .types = row_types, .sql = row_sql, \
		.each_name = row_each_name \
	}

const struct stmt_row stmt_rows[STMT_COUNT] = {
#define S(name, lane, types, sql) [STMT_##name] = ROW(AS_##lane(#name), #name, types, sql),
#include "server/db/stmt.def"
#undef S
};

#define EACH_SQL_MAX 8192

const char *lane_name(enum lane lane)
{
	static const char *const names[] = {
		[LANE_READ] = "read",
		[LANE_WRITE] = "write",
		[LANE_FILE] = "file",
	};

	assert((size_t)lane < COUNT(names));
	return names[lane];
}

size_t stmt_param_count(enum stmt stmt)
{
	assert(stmt < STMT_COUNT);
	return strlen(stmt_rows[stmt].types);
}

Oid stmt_oid(char letter)
{
	/* Fixed in PostgreSQL's catalogue: src/include/catalog/pg_type.dat. */
	static const Oid oids[] = {
		['B'] = 16,
		['b'] = 17,
		['l'] = 20,
		['s'] = 21,
		['i'] = 23,
		['t'] = 25,
		['Y'] = 1001,
		['S'] = 1005,
		['T'] = 1009,
		['L'] = 1016,
		['d'] = 1082,
		['z'] = 1184,
		['Z'] = 1185,
		['u'] = 2950,
		['r'] = 2950,
		['U'] = 2951,
		['x'] = 5069,
	};

	assert((size_t)letter < COUNT(oids) && oids[(size_t)letter] != 0); /* one of stmt.def's */
	return oids[(size_t)letter];
}

Oid stmt_element_oid(char letter)
{
	return isupper((unsigned char)letter) && letter != 'B' ? stmt_oid('t') : stmt_oid(letter);
}

Oid stmt_array_oid(char letter)
{
	static const Oid oids[] = {
		['B'] = 1000,
		['b'] = 1001,
		['s'] = 1005,
		['i'] = 1007,
		['t'] = 1009,
		['L'] = 1009,
		['U'] = 1009,
		['l'] = 1016,
		['z'] = 1185,
		['u'] = 2951,
		['r'] = 2951,
	};

	assert((size_t)letter < COUNT(oids) && oids[(size_t)letter] != 0);
	return oids[(size_t)letter];
}

/* The statement with a column of `asked` for each parameter: $2 becomes asked.p2. */
static struct str with_columns(const char *sql, char out[EACH_SQL_MAX])
{
	static const char column[] = "asked.p";
	size_t len = 0;

	for (; *sql != '\0'; sql++) {
		assert(len + sizeof column < EACH_SQL_MAX);
		if (*sql == '$') {
			memcpy(out + len, column, sizeof column - 1);
			len += sizeof column - 1;
		} else {
			out[len++] = *sql;
		}
	}
	return str_of(out, len);
}

/*
 * The inner select stays as it is planned alone: OFFSET 0 keeps it from being pulled up and joined in any
 * other way than once for each row of `asked`.
 */
static const char *each_sql(
	enum stmt stmt, struct str arrays, struct str columns, struct arena *arena)
{
	char body[EACH_SQL_MAX];

	return arena_printf(arena,
		"SELECT x.*, asked.asked_no FROM unnest(%.*s) WITH ORDINALITY AS asked (%.*sasked_no)"
		" CROSS JOIN LATERAL (%.*s OFFSET 0) AS x",
		STR_ARG(arrays), STR_ARG(columns), STR_ARG(with_columns(stmt_rows[stmt].sql, body)))
	    .ptr;
}

const char *stmt_each_sql(enum stmt stmt, struct arena *arena)
{
	struct str arrays = {0};
	struct str columns = {0};

	assert(stmt_rows[stmt].each_name != NULL);
	for (size_t i = 1; i <= stmt_param_count(stmt); i++) {
		arrays = arena_printf(arena, "%.*s%s$%zu", STR_ARG(arrays), i == 1 ? "" : ", ", i);
		columns = arena_printf(arena, "%.*sp%zu, ", STR_ARG(columns), i);
	}
	if (stmt_rows[stmt].form == FORM_EACH) {
		return each_sql(stmt, arrays, columns, arena);
	}
	return arena_printf(arena,
		"WITH asked AS (SELECT * FROM unnest(%.*s) WITH ORDINALITY AS a (%.*sasked_no)), %s",
		STR_ARG(arrays), STR_ARG(columns), stmt_rows[stmt].sql)
	    .ptr;
}
