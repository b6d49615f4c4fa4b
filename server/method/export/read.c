/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.read: a page of an export. Its filter is run as a list, by the grants and areas of this moment, and by those
 * alone whose roles may export. How many rows went out is written down before they do. Whoever takes more within a day
 * than one may alone, in one export or in many, needs somebody else's approval; until then there is what is left, and
 * then APPROVAL_NEEDED.
 */
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_filter.h"
#include "server/method/export/export_reading.h"
#include "server/method/export/export_row.h"
#include "server/method/cursor.h"
#include "server/method/message.h"
#include "server/principal.h"
#include "server/server.h"

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__ExportRead *)r->message)->community_id);
	return ERR_OK;
}

static void load(struct request *r)
{
	struct export_reading *reading = r->state;

	list_inside_begin(r, &reading->inside);
	if (list_begin(r)) {
		list_filter_position(r);
		list_query(r, &(struct list_ask){.row_max = (int32_t)reading->inside.list->limit + 1});
	}
	list_inside_end(r, &reading->inside);
}

static enum err may(struct request *r)
{
	struct export_reading *reading = r->state;
	const struct listing *listing = reading->inside.state;
	enum err err;

	if (listing->is_cursor_bad) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this export and account");
	}
	list_inside_begin(r, &reading->inside);
	err = list_may(r);
	list_inside_end(r, &reading->inside);
	return err;
}

static void add_rows(struct request *r, struct export_reading *reading, Pb__ExportReadReply *out)
{
	const struct query *rows = &r->queries[0];

	out->n_complaints = list_page_rows(rows, reading->inside.list->limit);
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		out->complaints[i] = complaint_message(&r->arena, rows, i);
		if (out->complaints[i] != NULL) {
			export_columns_keep(&reading->columns, out->complaints[i]);
		}
	}
	out->has_row_count = true;
	out->row_count = reading->before + (uint32_t)out->n_complaints;
}

static void add_cursor(struct request *r, struct export_reading *reading, Pb__ExportReadReply *out)
{
	const struct query *rows = &r->queries[0];
	const struct listing *listing = reading->inside.state;
	struct list_position last = list_position_at(rows, out->n_complaints - 1, listing->is_by_due);
	struct span inner;

	list_inside_begin(r, &reading->inside);
	inner = list_cursor_make(r, cursor_filter(r), &last);
	list_inside_end(r, &reading->inside);
	out->cursor = codec_bytes(export_reading_cursor(r, out->row_count, inner));
	out->has_cursor = out->cursor.len > 0;
}

/* Written down before it goes out; where the guard does not hold, all is looked at again. */
static void write_down(struct request *r, const Pb__ExportReadReply *out)
{
	struct query *query = request_plain_effect(r, STMT_export_read);
	struct area area = {r->community_id, uuid_nil, uuid_nil};

	if (query == NULL) {
		return;
	}
	r->effect_key.record_id = export_reading_id(r);
	query_uuid(query, r->community_id);
	query_uuid(query, export_reading_id(r));
	query_uuid(query, r->principal->account_id);
	query_int4(query, (int32_t)out->row_count);
	query_bool(query, !out->has_cursor);
	query_time(query, request_now_us(r));
	query_time(query, request_now_us(r) - EXPORT_READABLE_US);
	query_int4(query, (int32_t)r->server->config->export_rows_alone);
	query_uuid(query, r->principal->device_id);
	query_uuid(query, request_grant(r, right_roles(RIGHT_EXPORT), &area));
}

static enum err decide(struct request *r)
{
	struct export_reading *reading = r->state;
	Pb__ExportReadReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	add_rows(r, reading, out);
	if (query_rows(&r->queries[0]) > out->n_complaints) {
		add_cursor(r, reading, out);
	}
	write_down(r, out);
	return ERR_OK;
}

const struct method_impl impl_export_read = {
	.check = check,
	.locate = export_reading_locate,
	.located = export_reading_located,
	.load = load,
	.may = may,
	.decide = decide,
};
