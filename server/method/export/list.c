/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.list: who took what out of the system, newest first; everybody's for who may approve, else one's own.
 */
#include "server/method/cursor.h"
#include "server/method/export/export_row.h"
#include "server/method/message.h"
#include "server/principal.h"

#define LIMIT_DEFAULT 50
#define POSITION_BYTES (8 + UUID_BYTES) /* u64 beginning, export_id */

/* Lives in request.state. */
struct position {
	bool is_good;
	int64_t begun_us;
	struct uuid id;
};

static size_t limit_of(const Pb__ExportList *in)
{
	return in->has_limit ? in->limit : LIMIT_DEFAULT;
}

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__ExportList *)r->message)->community_id);
	return ERR_OK;
}

/* Behind the cursor's row; without one, from the end of time. */
static struct position position_of(struct request *r, const Pb__ExportList *in)
{
	struct position out = {.is_good = true, .begun_us = INT64_MAX};
	struct span position;

	memset(out.id.bytes, 0xff, UUID_BYTES);
	if (!in->has_cursor) {
		return out;
	}
	out.is_good = cursor_read(r, codec_span(true, in->cursor), POSITION_BYTES, &position);
	if (out.is_good) {
		out.begun_us = (int64_t)get_u64(position.ptr);
		out.id = uuid_from_span(span_after(position, 8));
	}
	return out;
}

static void load(struct request *r)
{
	const Pb__ExportList *in = (const Pb__ExportList *)r->message;
	struct position *position = arena_new(&r->arena, struct position);
	struct query *query = request_query(r, STMT_export_list);

	r->state = position;
	if (position == NULL) {
		return; /* the arena's flag ends the request */
	}
	*position = position_of(r, in);
	query_uuid(query, r->community_id);
	query_bool(query, export_may_approve(r));
	query_uuid(query, r->principal->account_id);
	query_time(query, position->begun_us);
	query_uuid(query, position->id);
	query_int4(query, (int32_t)limit_of(in) + 1);
}

static enum err may(struct request *r)
{
	if (!export_is_here(r)) {
		return ERR_NOT_FOUND;
	}
	return ((const struct position *)r->state)->is_good
	           ? ERR_OK
	           : request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
}

static void add_cursor(struct request *r, Pb__ExportListReply *out, size_t row)
{
	const struct query *rows = &r->queries[0];
	struct uuid id = row_uuid(rows, row, EXPORT_COLUMN_ID);
	uint8_t position[POSITION_BYTES];

	put_u64(position, (uint64_t)row_time(rows, row, EXPORT_COLUMN_BEGUN));
	memcpy(position + 8, id.bytes, UUID_BYTES);
	out->cursor = codec_bytes(cursor_make(r, span_of(position, sizeof position)));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	size_t limit = limit_of((const Pb__ExportList *)r->message);
	const struct query *rows = &r->queries[0];
	Pb__ExportListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_exports = size_min(query_rows(rows), limit);
	out->exports = arena_alloc(&r->arena, size_max(out->n_exports, 1) * sizeof *out->exports);
	for (size_t i = 0; out->exports != NULL && i < out->n_exports; i++) {
		out->exports[i] = export_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > limit) {
		add_cursor(r, out, limit - 1);
	}
	return ERR_OK;
}

const struct method_impl impl_export_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
