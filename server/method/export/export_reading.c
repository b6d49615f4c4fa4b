/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/export/export_reading.h"

#include "server/method/complaint/list_filter.h"
#include "server/method/cursor.h"
#include "server/method/export/export_row.h"
#include "server/method/message.h"
#include "server/server.h"

#define PAGE_ROWS 1000
#define COUNT_BYTES 8 /* u64 rows before, before the list's cursor */

struct uuid export_reading_id(const struct request *r)
{
	return message_id(true, ((const Pb__ExportRead *)r->message)->export_id);
}

void export_reading_locate(struct request *r)
{
	export_load(r, export_reading_id(r));
}

/* Both of the page before: how many rows, and the list's cursor. */
static bool read_cursor(struct request *r, struct export_reading *reading)
{
	const Pb__ExportRead *in = (const Pb__ExportRead *)r->message;
	struct span cursor = codec_span(in->has_cursor, in->cursor);
	struct span position;

	if (!in->has_cursor) {
		return true;
	}
	if (cursor.len <= COUNT_BYTES + CURSOR_MAC_BYTES ||
		!cursor_read(r, cursor, cursor.len - CURSOR_MAC_BYTES, &position)) {
		return false;
	}
	reading->before = (uint32_t)get_u64(position.ptr);
	reading->inside.list->has_cursor = true;
	reading->inside.list->cursor = codec_bytes(span_after(position, COUNT_BYTES));
	return true;
}

/* How many rows this page may have. */
static int64_t room_of(const struct request *r, const struct export_reading *reading)
{
	const Pb__ExportRead *in = (const Pb__ExportRead *)r->message;
	const struct query *row = export_row_of(r);
	int64_t room = in->has_limit ? in->limit : PAGE_ROWS;
	int64_t alone = (int64_t)r->server->config->export_rows_alone -
	                row_int8(row, 0, EXPORT_COLUMN_ALONE) - reading->before;

	return row_is_null(row, 0, EXPORT_COLUMN_APPROVER) && alone < room ? alone : room;
}

/* What the export's row says: may it be read at all, and what. */
static enum err take_export(struct request *r, struct export_reading *reading)
{
	const struct query *row = export_row_of(r);

	if (row_int2(row, 0, EXPORT_COLUMN_STATE) != PB__EXPORT__STATE__OPEN ||
		row_time(row, 0, EXPORT_COLUMN_BEGUN) <= request_now_us(r) - EXPORT_READABLE_US) {
		return export_refuse(r, ERR_STEP_REFUSED);
	}
	reading->columns.count =
		row_int2s(row, 0, EXPORT_COLUMN_COLUMNS, reading->columns.columns, EXPORT_COLUMNS_MAX);
	reading->inside.list =
		list_inside_kept(&r->arena, arena_span(&r->arena, row_bytes(row, 0, EXPORT_COLUMN_LIST)));
	if (reading->inside.list == NULL) {
		return r->arena.failed ? ERR_BUSY : export_refuse(r, ERR_STEP_REFUSED);
	}
	/*
	 * Always the newest first, whatever the list's order: when a complaint was submitted never changes, so none comes
	 * twice. By clock it would wherever its clock was moved between two pages, and others not at all.
	 */
	reading->inside.list->has_order = false;
	return ERR_OK;
}

enum err export_reading_located(struct request *r)
{
	struct export_reading *reading = arena_new(&r->arena, struct export_reading);
	enum err err = export_may_own(r);
	int64_t room;

	if (reading == NULL || err != ERR_OK) {
		return reading == NULL ? ERR_BUSY : err;
	}
	err = take_export(r, reading);
	if (err != ERR_OK) {
		return err;
	}
	if (!read_cursor(r, reading)) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this export and account");
	}
	room = room_of(r, reading);
	if (room <= 0) {
		return export_refuse(r, ERR_APPROVAL_NEEDED);
	}
	reading->inside.list->has_limit = true;
	reading->inside.list->limit = (uint32_t)room;
	r->state = reading;
	list_inside_begin(r, &reading->inside);
	err = list_filter_check(r, reading->inside.list);
	list_inside_end(r, &reading->inside);
	return err;
}

struct span export_reading_cursor(struct request *r, uint32_t row_count, struct span inner)
{
	uint8_t *position = arena_alloc(&r->arena, COUNT_BYTES + inner.len);

	if (position == NULL || inner.len == 0) {
		return (struct span){NULL, 0};
	}
	put_u64(position, row_count);
	memcpy(position + COUNT_BYTES, inner.ptr, inner.len);
	return cursor_make(r, span_of(position, COUNT_BYTES + inner.len));
}
