/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absence.list: who is or will be away, of those one leads, and oneself; by when it begins, a page at a time.
 */
#include "server/method/absence/absence_row.h"
#include "server/method/cursor.h"
#include "server/method/message.h"
#include "server/method/staff/staff_reach.h"
#include "server/principal.h"

#define LIMIT_DEFAULT 50
#define POSITION_BYTES (8 + UUID_BYTES) /* u64 beginning, absence_id */

/* Lives in request.state. */
struct position {
	bool is_good;
	int64_t from_us;
	struct uuid id;
};

static size_t limit_of(const Pb__AbsenceList *in)
{
	return in->has_limit ? in->limit : LIMIT_DEFAULT;
}

static struct position position_of(struct request *r, const Pb__AbsenceList *in)
{
	struct position out = {.is_good = true};
	struct span position;

	if (!in->has_cursor) {
		return out;
	}
	out.is_good = cursor_read(r, codec_span(true, in->cursor), POSITION_BYTES, &position);
	if (out.is_good) {
		out.from_us = (int64_t)get_u64(position.ptr);
		out.id = uuid_from_span(span_after(position, 8));
	}
	return out;
}

static void load(struct request *r)
{
	const Pb__AbsenceList *in = (const Pb__AbsenceList *)r->message;
	struct position *position = arena_new(&r->arena, struct position);
	struct query *query = request_query(r, STMT_absence_list);

	r->state = position;
	if (position == NULL) {
		return; /* the arena's flag ends the request */
	}
	*position = position_of(r, in);
	query_uuid_or_null(query, message_id(in->has_account_id, in->account_id));
	query_time(query, request_now_us(r));
	query_time(query, position->from_us);
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

static void add_cursor(struct request *r, Pb__AbsenceListReply *out, size_t row)
{
	const struct query *rows = &r->queries[0];
	struct uuid id = row_uuid(rows, row, ABSENCE_COLUMN_ID);
	uint8_t position[POSITION_BYTES];

	put_u64(position, (uint64_t)row_time(rows, row, ABSENCE_COLUMN_FROM));
	memcpy(position + 8, id.bytes, UUID_BYTES);
	out->cursor = codec_bytes(cursor_make(r, span_of(position, sizeof position)));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	size_t limit = limit_of((const Pb__AbsenceList *)r->message);
	const struct query *rows = &r->queries[0];
	Pb__AbsenceListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_absences = size_min(query_rows(rows), limit);
	out->absences = arena_alloc(&r->arena, size_max(out->n_absences, 1) * sizeof *out->absences);
	for (size_t i = 0; out->absences != NULL && i < out->n_absences; i++) {
		out->absences[i] = absence_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > limit) {
		add_cursor(r, out, limit - 1);
	}
	return ERR_OK;
}

const struct method_impl impl_absence_list = {
	.load = load,
	.may = may,
	.decide = decide,
};
