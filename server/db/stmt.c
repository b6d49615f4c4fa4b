/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/stmt.h"

#include <string.h>

const struct stmt_row stmt_rows[STMT_COUNT] = {
#define S(name, lane, types, sql) [STMT_##name] = {#name, LANE_##lane, types, sql},
#include "server/db/stmt.def"
#undef S
};

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
		['S'] = 1005,
		['T'] = 1009,
		['L'] = 1016,
		['d'] = 1082,
		['z'] = 1184,
		['u'] = 2950,
		['r'] = 2950,
		['U'] = 2951,
		['x'] = 5069,
	};

	assert((size_t)letter < COUNT(oids) && oids[(size_t)letter] != 0); /* one of stmt.def's */
	return oids[(size_t)letter];
}
