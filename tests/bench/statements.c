/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the statements of stmt.def as they are, so that pgbench runs the very same: of each its
 * name, its parameter types as in stmt.def, and its SQL, divided by tabs; behind each a NUL.
 */
#include <stdio.h>

#include "server/db/stmt.h"

int main(void)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		printf("%s\t%s\t%s%c", stmt_rows[i].name, stmt_rows[i].types, stmt_rows[i].sql, '\0');
	}
	return 0;
}
