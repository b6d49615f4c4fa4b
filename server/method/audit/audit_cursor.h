/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a page of the record ended, as a cursor (cursor.h), and when that it is read went into the record: a cursor that is
 * kept opens what comes later for an hour, and then that is recorded anew.
 */
#pragma once

#include "audit.pb-c.h"
#include "common/clock.h"
#include "common/record.h"
#include "server/request.h"

#define AUDIT_RECORDED_US (INT64_C(3600) * US_PER_S)

struct audit_position {
	struct record_place place;
	int64_t recorded_us;
};

/* In the arena; NULL: the cursor is none of ours. */
const struct audit_position *audit_cursor_read(struct request *r, struct span cursor);
struct span audit_cursor_make(struct request *r, const Pb__AuditEntry *last, int64_t recorded_us);
