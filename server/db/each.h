/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many questions of one statement asked as one, over arrays: PostgreSQL then sets the statement up once
 * instead of once a question, which for one row found by its key is most of the work.
 */
#pragma once

#include "server/db/query.h"

/* Its parameters live in the arena it was made in. */
struct each {
	enum stmt stmt;
	const char **values; /* arrays, as many as the statement has parameters */
	int *lengths;
};

/*
 * The questions, each complete and all of one statement that has a form for many.
 *
 *   returns  false  the arena has no room
 */
bool each_init(
	struct each *out, struct query *const *queries, size_t query_count, struct arena *arena);

/*
 * Hands the rows out to those who asked, in the same order. Takes ownership of the result.
 *
 *   returns  false  there is no memory for it; nobody has rows
 */
bool each_share(PGresult *result, struct query *const *queries, size_t query_count);
