/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/file/file_row.h"

#include "server/method/row_message.h"

/* FILE_COLUMNS of stmt.def, in their order. */
enum {
	COLUMN_COMMUNITY_ID,
	COLUMN_FILE_ID,
	COLUMN_COMPLAINT_ID,
	COLUMN_ACCOUNT_ID,
	COLUMN_PURPOSE,
	COLUMN_STATE,
	COLUMN_SENT_BYTES,
	COLUMN_SENT_HASH,
	COLUMN_RECEIVED_BYTES,
	COLUMN_FAULT,
	COLUMN_PART_ID,
	COLUMN_TYPE,
	COLUMN_KEPT_BYTES,
	COLUMN_KEPT_HASH,
	COLUMN_WIDTH,
	COLUMN_HEIGHT,
	COLUMN_BEGUN,
	COLUMN_READY,
};

static uint32_t count_at(const struct query *query, size_t row, int column)
{
	return row_is_null(query, row, column) ? 0 : (uint32_t)row_int4(query, row, column);
}

struct file_record file_row_record(const struct query *query, size_t row)
{
	return (struct file_record){
		.file_id = row_uuid(query, row, COLUMN_FILE_ID),
		.complaint_id = row_uuid(query, row, COLUMN_COMPLAINT_ID),
		.account_id = row_uuid(query, row, COLUMN_ACCOUNT_ID),
		.purpose = row_int2(query, row, COLUMN_PURPOSE),
		.state = (enum file_state)row_int2(query, row, COLUMN_STATE),
		.sent_bytes = count_at(query, row, COLUMN_SENT_BYTES),
		.sent_hash = row_bytes(query, row, COLUMN_SENT_HASH),
		.received_bytes = count_at(query, row, COLUMN_RECEIVED_BYTES),
		.fault = row_int2(query, row, COLUMN_FAULT),
		.begun_us = row_time(query, row, COLUMN_BEGUN),
		.type = row_int2(query, row, COLUMN_TYPE),
		.kept_bytes = count_at(query, row, COLUMN_KEPT_BYTES),
		.kept_hash = row_bytes(query, row, COLUMN_KEPT_HASH),
	};
}

static void set_count(
	const struct row_source *from, int column, protobuf_c_boolean *has, uint32_t *out)
{
	*has = !row_is_null(from->query, from->row, column);
	*out = count_at(from->query, from->row, column);
}

static void set_kept(Pb__File *out, const struct row_source *from)
{
	out->has_type = !row_is_null(from->query, from->row, COLUMN_TYPE);
	out->type = (Pb__File__Type)row_int2(from->query, from->row, COLUMN_TYPE);
	set_count(from, COLUMN_KEPT_BYTES, &out->has_bytes, &out->bytes);
	out->has_hash = !row_is_null(from->query, from->row, COLUMN_KEPT_HASH);
	out->hash = codec_bytes(row_bytes(from->query, from->row, COLUMN_KEPT_HASH));
	set_count(from, COLUMN_WIDTH, &out->has_width, &out->width);
	set_count(from, COLUMN_HEIGHT, &out->has_height, &out->height);
	row_set_time(from, COLUMN_READY, &out->has_ready_us, &out->ready_us);
}

Pb__File *file_row_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__File *out = arena_new(arena, Pb__File);

	if (out == NULL) {
		return NULL;
	}
	pb__file__init(out);
	row_set_uuid(&from, COLUMN_COMMUNITY_ID, &out->has_community_id, &out->community_id);
	row_set_uuid(&from, COLUMN_FILE_ID, &out->has_file_id, &out->file_id);
	row_set_uuid(&from, COLUMN_COMPLAINT_ID, &out->has_complaint_id, &out->complaint_id);
	row_set_uuid(&from, COLUMN_ACCOUNT_ID, &out->has_account_id, &out->account_id);
	out->has_purpose = out->has_state = true;
	out->purpose = (Pb__File__Purpose)row_int2(query, row, COLUMN_PURPOSE);
	out->state = (Pb__File__State)row_int2(query, row, COLUMN_STATE);
	set_count(&from, COLUMN_SENT_BYTES, &out->has_sent_bytes, &out->sent_bytes);
	set_count(&from, COLUMN_RECEIVED_BYTES, &out->has_received_bytes, &out->received_bytes);
	row_set_time(&from, COLUMN_BEGUN, &out->has_begun_us, &out->begun_us);
	set_kept(out, &from);
	return out;
}
