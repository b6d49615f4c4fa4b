/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_cursor.h"

#include "server/method/complaint/complaint_column.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/cursor.h"

#define POSITION_BYTES 25                   /* u64 at_us, complaint_id, u8 1 on, 2 back */
#define PAGE_BYTES_MAX ((size_t)512 * 1024) /* half a frame: long results come in shorter pages */

enum { WAY_ON = 1, WAY_BACK = 2 };

struct span list_cursor_make(
	struct request *r, struct span filter, const struct list_position *position)
{
	uint8_t bytes[POSITION_BYTES];

	put_u64(bytes, (uint64_t)position->at_us);
	memcpy(bytes + 8, position->complaint_id.bytes, UUID_BYTES);
	bytes[8 + UUID_BYTES] = position->is_back ? WAY_BACK : WAY_ON;
	return cursor_make_of(r, filter, span_of(bytes, sizeof bytes));
}

bool list_cursor_read(struct request *r, struct span cursor, struct list_position *out)
{
	struct span bytes;

	if (!cursor_read(r, cursor, POSITION_BYTES, &bytes)) {
		return false;
	}
	out->at_us = (int64_t)get_u64(bytes.ptr);
	out->complaint_id = uuid_from_span(span_of(bytes.ptr + 8, UUID_BYTES));
	out->is_back = bytes.ptr[8 + UUID_BYTES] == WAY_BACK;
	return true;
}

struct list_position list_position_at(const struct query *rows, size_t row, bool is_by_due)
{
	struct list_position out = {
		.at_us = complaint_row_submitted_us(rows, row),
		.complaint_id = complaint_row_id(rows, row),
	};

	if (is_by_due) { /* what no clock runs of stands behind all others, as LIST_KEY of stmt_list.def says */
		out.at_us =
			row_is_null(rows, row, COLUMN_DUE) ? INT64_MAX : row_time(rows, row, COLUMN_DUE);
	}
	return out;
}

/* The id as one number: what carries over its end is no id that there is. */
void list_position_lower(struct list_position *position)
{
	for (size_t i = UUID_BYTES; i-- > 0 && position->complaint_id.bytes[i]-- == 0;) {
	}
}

void list_position_raise(struct list_position *position)
{
	for (size_t i = UUID_BYTES; i-- > 0 && ++position->complaint_id.bytes[i] == 0;) {
	}
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
