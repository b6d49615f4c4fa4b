/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.list: whose a place was, is and will be, or what a team had, has and will have; the newest first,
 * a page at a time. A dwelling's history is its entrance's.
 */
#include "common/day.h"
#include "place.pb-c.h"
#include "server/method/cursor.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

#define LIMIT_DEFAULT 50
#define POSITION_BYTES (4 + UUID_BYTES) /* u32 day, patch_id */

enum { QUERY_COMMUNITY, QUERY_PATCHES };

/* Columns of patch_list. */
enum {
	COLUMN_COMMUNITY_ID,
	COLUMN_PATCH_ID,
	COLUMN_PLACE_ID,
	COLUMN_TEAM_ID,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_CODE,
};

static enum err check(struct request *r)
{
	const Pb__PatchList *in = (const Pb__PatchList *)r->message;

	r->community_id = message_id(true, in->community_id);
	return in->has_place_id || in->has_team_id
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_MISSING, "place_id", "this, team_id, or both");
}

static void load(struct request *r)
{
	const Pb__PatchList *in = (const Pb__PatchList *)r->message;
	struct uuid before_id;
	int32_t before_day = DAY_NEVER;
	struct query *query;
	struct span position;

	memset(before_id.bytes, 0xff, UUID_BYTES);
	place_load_community(r);
	r->state = r->principal; /* anything: the cursor is one of ours */
	if (in->has_cursor) {
		if (cursor_read(r, codec_span(true, in->cursor), POSITION_BYTES, &position)) {
			before_day = (int32_t)get_u32(position.ptr);
			before_id = uuid_from_span(span_after(position, 4));
		} else {
			r->state = NULL; /* may() says so */
		}
	}
	query = request_query(r, STMT_patch_list);
	query_uuid(query, r->community_id);
	query_uuid_or_null(query, message_id(in->has_place_id, in->place_id));
	query_uuid_or_null(query, message_id(in->has_team_id, in->team_id));
	query_day(query, before_day);
	query_uuid(query, before_id);
	query_int4(query, (int32_t)(in->has_limit ? in->limit : LIMIT_DEFAULT) + 1);
}

static enum err may(struct request *r)
{
	return r->state == NULL
	           ? request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account")
	           : place_may(r);
}

static Pb__Patch *patch_of(struct arena *arena, const struct query *query, size_t row)
{
	Pb__Patch *out = arena_new(arena, Pb__Patch);
	int32_t to_day = row_day(query, row, COLUMN_TO);

	if (out == NULL) {
		return NULL;
	}
	pb__patch__init(out);
	out->has_community_id = out->has_patch_id = out->has_place_id = out->has_team_id = true;
	out->community_id = message_uuid(arena, row_uuid(query, row, COLUMN_COMMUNITY_ID));
	out->patch_id = message_uuid(arena, row_uuid(query, row, COLUMN_PATCH_ID));
	out->place_id = message_uuid(arena, row_uuid(query, row, COLUMN_PLACE_ID));
	out->team_id = message_uuid(arena, row_uuid(query, row, COLUMN_TEAM_ID));
	out->has_from_day = true;
	out->from_day = day_number(row_day(query, row, COLUMN_FROM));
	out->has_to_day = to_day != DAY_NEVER;
	out->to_day = out->has_to_day ? day_number(to_day) : 0;
	out->place_code = arena_c_string(arena, row_text(query, row, COLUMN_CODE));
	return out;
}

static void add_cursor(struct request *r, Pb__PatchListReply *out, size_t row)
{
	const struct query *rows = &r->queries[QUERY_PATCHES];
	struct uuid id = row_uuid(rows, row, COLUMN_PATCH_ID);
	uint8_t position[POSITION_BYTES];

	put_u32(position, (uint32_t)row_day(rows, row, COLUMN_FROM));
	memcpy(position + 4, id.bytes, UUID_BYTES);
	out->cursor = codec_bytes(cursor_make(r, span_of(position, sizeof position)));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	const Pb__PatchList *in = (const Pb__PatchList *)r->message;
	const struct query *rows = &r->queries[QUERY_PATCHES];
	size_t limit = in->has_limit ? in->limit : LIMIT_DEFAULT;
	Pb__PatchListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_patches = size_min(query_rows(rows), limit);
	out->patches = arena_alloc(&r->arena, size_max(out->n_patches, 1) * sizeof *out->patches);
	for (size_t i = 0; out->patches != NULL && i < out->n_patches; i++) {
		out->patches[i] = patch_of(&r->arena, rows, i);
	}
	if (query_rows(rows) > limit) {
		add_cursor(r, out, limit - 1);
	}
	return ERR_OK;
}

const struct method_impl impl_patch_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
