/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_event.h"

#include "proto/codec.h"

/* The columns of complaint_events and feed_read, in their order. */
enum column {
	COLUMN_XID,
	COLUMN_SEQ,
	COLUMN_AT,
	COLUMN_COMMUNITY_ID,
	COLUMN_SUBJECT_ID,
	COLUMN_STEP,
	COLUMN_STATE_FROM,
	COLUMN_STATE_TO,
	COLUMN_VERSION,
	COLUMN_ACCOUNT_ID,
	COLUMN_DEVICE_ID,
	COLUMN_GRANT_ID,
	COLUMN_NUMBER,
	COLUMN_TEAM_ID,
	COLUMN_CREW_ID,
	COLUMN_WORDS,
};

/* Present where the id is neither null nor nil. */
static void set_uuid(struct arena *arena, protobuf_c_boolean *has, ProtobufCBinaryData *out,
	const struct query *query, size_t row, enum column column)
{
	struct uuid id = row_uuid(query, row, (int)column);

	*has = !uuid_is_nil(id);
	if (*has) {
		*out = codec_bytes(arena_span(arena, span_of(id.bytes, UUID_BYTES)));
	}
}

static void set_ids(
	struct arena *arena, Pb__ComplaintEvent *out, const struct query *query, size_t row)
{
	set_uuid(arena, &out->has_community_id, &out->community_id, query, row, COLUMN_COMMUNITY_ID);
	set_uuid(arena, &out->has_complaint_id, &out->complaint_id, query, row, COLUMN_SUBJECT_ID);
	set_uuid(arena, &out->has_account_id, &out->account_id, query, row, COLUMN_ACCOUNT_ID);
	set_uuid(arena, &out->has_device_id, &out->device_id, query, row, COLUMN_DEVICE_ID);
	set_uuid(arena, &out->has_grant_id, &out->grant_id, query, row, COLUMN_GRANT_ID);
	set_uuid(arena, &out->has_team_id, &out->team_id, query, row, COLUMN_TEAM_ID);
	set_uuid(arena, &out->has_crew_id, &out->crew_id, query, row, COLUMN_CREW_ID);
}

static char *copy_text(
	struct arena *arena, const struct query *query, size_t row, enum column column)
{
	return row_is_null(query, row, (int)column)
	           ? NULL
	           : arena_c_string(arena, row_text(query, row, (int)column));
}

static Pb__Position *position_of(
	struct arena *arena, const struct query *query, size_t row, uint64_t era)
{
	Pb__Position *position = arena_new(arena, Pb__Position);

	if (position != NULL) {
		pb__position__init(position);
		position->has_era = position->has_xid = position->has_seq = true;
		position->era = era;
		position->xid = row_xid(query, row, COLUMN_XID);
		position->seq = row_int8(query, row, COLUMN_SEQ);
	}
	return position;
}

Pb__ComplaintEvent *complaint_event_of(
	struct arena *arena, const struct query *query, size_t row, uint64_t era)
{
	static Pb__ComplaintEvent empty = PB__COMPLAINT_EVENT__INIT;
	Pb__ComplaintEvent *out = arena_new(arena, Pb__ComplaintEvent);

	if (out == NULL) {
		return &empty;
	}
	pb__complaint_event__init(out);
	set_ids(arena, out, query, row);
	out->position = era == 0 ? NULL : position_of(arena, query, row, era);
	out->has_at_us = out->has_step = out->has_version = true;
	out->at_us = row_time(query, row, COLUMN_AT);
	out->step = (Pb__Complaint__Step)row_int2(query, row, COLUMN_STEP);
	out->has_from = !row_is_null(query, row, COLUMN_STATE_FROM);
	out->from = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE_FROM);
	out->has_to = !row_is_null(query, row, COLUMN_STATE_TO);
	out->to = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE_TO);
	out->version = (uint32_t)row_int4(query, row, COLUMN_VERSION);
	out->number = copy_text(arena, query, row, COLUMN_NUMBER);
	out->words = copy_text(arena, query, row, COLUMN_WORDS);
	return out;
}
