/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a page of the record ended, as a cursor (cursor.h).
 */
#pragma once

#include "audit.pb-c.h"
#include "common/record.h"
#include "server/request.h"

/* In the arena; NULL: the cursor is none of ours. */
const struct record_place *audit_cursor_read(struct request *r, struct span cursor);
struct span audit_cursor_make(struct request *r, const Pb__AuditEntry *last);
