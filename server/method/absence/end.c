/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absence.end: the person is back, at this moment; or does not go at all (销假).
 */
#include "server/method/absence/absence_row.h"
#include "server/method/message.h"
#include "server/method/staff/staff_reach.h"

static void load(struct request *r)
{
	const Pb__AbsenceEnd *in = (const Pb__AbsenceEnd *)r->message;

	absence_load(r, message_id(true, in->absence_id));
}

static enum err may(struct request *r)
{
	const struct query *rows = &r->queries[0];

	return query_rows(rows) == 1 && row_bool(rows, 0, ABSENCE_COLUMN_IS_REACHED) ? ERR_OK
	                                                                             : ERR_NOT_FOUND;
}

static enum err refuse_with_current(struct request *r, enum err err)
{
	Pb__Absence *current = absence_message(&r->arena, &r->queries[0], 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

static enum err decide(struct request *r)
{
	const Pb__AbsenceEnd *in = (const Pb__AbsenceEnd *)r->message;
	const struct query *rows = &r->queries[0];
	struct query *query;

	if ((uint32_t)row_int4(rows, 0, ABSENCE_COLUMN_VERSION) != in->version) {
		return refuse_with_current(r, ERR_CONFLICT);
	}
	/* Over, or ended before it began. */
	if (row_time(rows, 0, ABSENCE_COLUMN_TO) <= request_now_us(r) ||
		row_time(rows, 0, ABSENCE_COLUMN_TO) <= row_time(rows, 0, ABSENCE_COLUMN_FROM)) {
		return refuse_with_current(r, ERR_STEP_REFUSED);
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(
		r, STMT_absence_end, row_uuid(rows, 0, ABSENCE_COLUMN_ID), staff_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)in->version);
		query_time(query, request_now_us(r));
		query_uuid(query, uuid_v7(request_now_us(r)));
	}
	return ERR_OK;
}

const struct method_impl impl_absence_end = {
	.load = load,
	.may = may,
	.decide = decide,
};
