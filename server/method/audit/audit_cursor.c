/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/audit/audit_cursor.h"

#include "server/method/cursor.h"

#define POSITION_BYTES 24 /* era, xid, seq */

const struct record_place *audit_cursor_read(struct request *r, struct span cursor)
{
	struct record_place *place = arena_new(&r->arena, struct record_place);
	struct span position;

	if (place == NULL || !cursor_read(r, cursor, POSITION_BYTES, &position)) {
		return NULL;
	}
	*place = (struct record_place){(int64_t)get_u64(position.ptr), get_u64(position.ptr + 8),
		(int64_t)get_u64(position.ptr + 16)};
	return place;
}

struct span audit_cursor_make(struct request *r, const Pb__AuditEntry *last)
{
	uint8_t position[POSITION_BYTES];

	put_u64(position, (uint64_t)last->era);
	put_u64(position + 8, last->xid);
	put_u64(position + 16, (uint64_t)last->seq);
	return cursor_make(r, span_of(position, sizeof position));
}
