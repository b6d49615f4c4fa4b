/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qualification.list: who may do what until when, of the people one has to do with; or only what ends soon or
 * has ended, with nothing in its place. By last day, a page at a time.
 */
#include "server/method/cursor.h"
#include "server/method/message.h"
#include "server/method/qualification/qualification_row.h"
#include "server/method/staff/staff_reach.h"
#include "server/principal.h"

#define LIMIT_DEFAULT 50
#define POSITION_BYTES (4 + UUID_BYTES) /* u32 last day, qualification_id */

/* Lives in request.state. */
struct position {
	bool is_good;
	int32_t day;
	struct uuid id;
};

static size_t limit_of(const Pb__QualificationList *in)
{
	return in->has_limit ? in->limit : LIMIT_DEFAULT;
}

static struct position position_of(struct request *r, const Pb__QualificationList *in)
{
	struct position out = {.is_good = true};
	struct span position;

	if (!in->has_cursor) {
		return out;
	}
	out.is_good = cursor_read(r, codec_span(true, in->cursor), POSITION_BYTES, &position);
	if (out.is_good) {
		out.day = (int32_t)get_u32(position.ptr);
		out.id = uuid_from_span(span_after(position, 4));
	}
	return out;
}

static void load(struct request *r)
{
	const Pb__QualificationList *in = (const Pb__QualificationList *)r->message;
	struct position *position = arena_new(&r->arena, struct position);
	struct query *query = request_query(r, STMT_qualification_list);

	r->state = position;
	if (position == NULL) {
		return; /* the arena's flag ends the request */
	}
	*position = position_of(r, in);
	query_uuid_or_null(query, message_id(in->has_account_id, in->account_id));
	query_number_or_null(query, in->has_kind ? (int)in->kind : 0);
	if (in->has_within_days) {
		query_int4(query, (int32_t)in->within_days);
	} else {
		query_null(query);
	}
	query_day(query, position->day);
	query_uuid(query, position->id);
	query_int4(query, (int32_t)limit_of(in) + 1);
	staff_reach_add(r, query, staff_reach_of(r), r->principal->account_id);
}

static enum err may(struct request *r)
{
	const struct position *position = r->state;

	return position->is_good
	           ? ERR_OK
	           : request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
}

static void add_cursor(struct request *r, Pb__QualificationListReply *out, size_t row)
{
	const struct query *rows = &r->queries[0];
	struct uuid id = row_uuid(rows, row, QUALIFICATION_COLUMN_ID);
	uint8_t position[POSITION_BYTES];

	put_u32(position, (uint32_t)row_day(rows, row, QUALIFICATION_COLUMN_LAST));
	memcpy(position + 4, id.bytes, UUID_BYTES);
	out->cursor = codec_bytes(cursor_make(r, span_of(position, sizeof position)));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	size_t limit = limit_of((const Pb__QualificationList *)r->message);
	const struct query *rows = &r->queries[0];
	bool with_numbers = qualification_shows_numbers(r);
	Pb__QualificationListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_qualifications = size_min(query_rows(rows), limit);
	out->qualifications =
		arena_alloc(&r->arena, size_max(out->n_qualifications, 1) * sizeof *out->qualifications);
	for (size_t i = 0; out->qualifications != NULL && i < out->n_qualifications; i++) {
		out->qualifications[i] = qualification_message(r, rows, i, with_numbers);
	}
	if (query_rows(rows) > limit) {
		add_cursor(r, out, limit - 1);
	}
	return ERR_OK;
}

const struct method_impl impl_qualification_list = {
	.load = load,
	.may = may,
	.decide = decide,
};
