/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_cursor.h"

#include "server/method/complaint/complaint_row.h"
#include "server/method/cursor.h"

#define POSITION_BYTES 24                   /* u64 submitted_us, complaint_id */
#define PAGE_BYTES_MAX ((size_t)512 * 1024) /* half a frame: long results come in shorter pages */

struct span list_cursor_make(struct request *r, const struct list_position *position)
{
	uint8_t bytes[POSITION_BYTES];

	put_u64(bytes, (uint64_t)position->submitted_us);
	memcpy(bytes + 8, position->complaint_id.bytes, UUID_BYTES);
	return cursor_make(r, span_of(bytes, sizeof bytes));
}

bool list_cursor_read(struct request *r, struct span cursor, struct list_position *out)
{
	struct span bytes;

	if (!cursor_read(r, cursor, POSITION_BYTES, &bytes)) {
		return false;
	}
	out->submitted_us = (int64_t)get_u64(bytes.ptr);
	out->complaint_id = uuid_from_span(span_of(bytes.ptr + 8, UUID_BYTES));
	return true;
}

size_t list_page_rows(const struct query *rows, size_t limit)
{
	size_t count = size_min(query_rows(rows), limit);
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		bytes += complaint_row_bytes(rows, i);
		if (bytes > PAGE_BYTES_MAX && i > 0) {
			return i;
		}
	}
	return count;
}
