/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of audit_read as a message: the entry's bytes, and how the words beside it stand.
 */
#pragma once

#include "audit.pb-c.h"
#include "server/db/record_row.h"

/* Borrows of the row; NULL where the arena failed. */
Pb__AuditEntry *audit_entry(struct arena *arena, const struct query *rows, size_t row);
