/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of events and seals as they are sealed (common/record.h): of statements that begin with era, xid, seq and the
 * columns of record.def, and of those that give a seal.
 */
#pragma once

#include "common/record_seal.h"
#include "server/db/query.h"

/* The first column behind those of an entry. */
#define RECORD_ROW_COLUMNS (3 + (int)RECORD_COLUMN_COUNT)

struct record_place record_row_place(const struct query *query, size_t row);

/* The entry's bytes, in the newest form; empty where the arena failed. */
struct span record_row(struct arena *arena, const struct query *query, size_t row);

/*
 * A row of seal_read. Its list lies in the row.
 *
 *   returns  false  somebody wrote there what cannot be a seal
 */
bool record_row_seal(const struct query *query, size_t row, struct record_seal *out) must_check;
