/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the statements of stmt.def as they are, so that pgbench runs the very same: of each its name,
 * whether its parameters are arrays ("asked") or not ("plain"), its parameter types as in stmt.def, and its
 * SQL, divided by tabs; behind each a NUL.
 */
#include <stdio.h>

#include "server/db/stmt.h"

#define SQL_BYTES_MAX 65536

int main(void)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		const struct stmt_row *row = &stmt_rows[i];
		bool is_plain = stmt_has_plain(row);
		struct arena arena;

		arena_init(&arena, SQL_BYTES_MAX);
		printf("%s\t%s\t%s\t%s%c", row->name, is_plain ? "plain" : "asked", row->types,
			is_plain ? row->sql : stmt_each_sql((enum stmt)i, &arena), '\0');
		arena_fini(&arena);
	}
	return 0;
}
