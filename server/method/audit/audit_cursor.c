/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/audit/audit_cursor.h"

#include "server/method/cursor.h"

#define POSITION_BYTES 32 /* era, xid, seq, time */

const struct audit_position *audit_cursor_read(struct request *r, struct span cursor)
{
	struct audit_position *out = arena_new(&r->arena, struct audit_position);
	struct span position;

	if (out == NULL || !cursor_read(r, cursor, POSITION_BYTES, &position)) {
		return NULL;
	}
	*out =
		(struct audit_position){.place = {(int64_t)get_u64(position.ptr), get_u64(position.ptr + 8),
									(int64_t)get_u64(position.ptr + 16)},
			.recorded_us = (int64_t)get_u64(position.ptr + 24)};
	return out;
}

struct span audit_cursor_make(struct request *r, const Pb__AuditEntry *last, int64_t recorded_us)
{
	uint8_t position[POSITION_BYTES];

	put_u64(position, (uint64_t)last->era);
	put_u64(position + 8, last->xid);
	put_u64(position + 16, (uint64_t)last->seq);
	put_u64(position + 24, (uint64_t)recorded_us);
	return cursor_make(r, span_of(position, sizeof position));
}
