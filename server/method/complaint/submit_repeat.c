/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a new complaint a repeat (重复投诉)? Of the last that the household had of its category, closed within 30 days. A
 * household is known by its dwelling; by a telephone only where both gave it in their own name, or the link would
 * say who a protected reporter is.
 */
#include "complaint.pb-c.h"
#include "server/domain/joining.h"
#include "server/domain/phone.h"
#include "server/method/complaint/submit.h"
#include "server/method/message.h"
#include "server/server.h"

/* Columns of complaint_earlier. */
enum {
	COLUMN_EARLIER_ID,
	COLUMN_EARLIER_CATEGORY,
	COLUMN_EARLIER_STATE,
	COLUMN_EARLIER_ENDED,
	COLUMN_EARLIER_LEAD,
	COLUMN_EARLIER_RESPONDENT,
};

static void add_phone(struct request *r, struct query *query, const Pb__ComplaintSubmit *in)
{
	char phone[PHONE_BYTES];
	uint8_t index[SEAL_HASH_BYTES];
	bool is_named = submit_reporter(in) == PB__COMPLAINT__REPORTER__NAMED;

	if (!is_named || in->contact_phone == NULL ||
		!phone_normalise(codec_str(in->contact_phone), phone)) {
		query_null(query);
		return;
	}
	seal_phone_index(&r->server->seal, str_from_c(phone), index);
	query_bytes(query, span_of(index, sizeof index));
}

void submit_repeat_load(struct request *r, const Pb__ComplaintSubmit *in)
{
	struct query *query = request_query(r, STMT_complaint_earlier);

	query_uuid(query, r->community_id);
	query_uuid_or_null(query, message_id(in->has_place_id, in->place_id));
	add_phone(r, query, in);
	query_time(query, request_now_us(r) - JOINING_REPEAT_DAYS * JOINING_DAY_US);
}

struct uuid submit_repeat_of(const struct request *r, const struct submit *submit,
	const Pb__ComplaintSubmit *in, const struct query *rows)
{
	struct joining_new now = {
		.category = submit->category,
		.now_us = request_now_us(r),
		.lead = submit->lead,
		.respondent_id = message_id(in->has_respondent_id, in->respondent_id),
	};
	struct joining_earlier last = {.ended_us = 0};

	for (size_t i = 0; i < query_rows(rows); i++) {
		struct joining_earlier one = {
			.complaint_id = row_uuid(rows, i, COLUMN_EARLIER_ID),
			.category = (uint32_t)row_int2(rows, i, COLUMN_EARLIER_CATEGORY),
			.state = (enum complaint_state)row_int2(rows, i, COLUMN_EARLIER_STATE),
			.ended_us = row_time(rows, i, COLUMN_EARLIER_ENDED),
			.lead = (enum complaint_lead)row_int2(rows, i, COLUMN_EARLIER_LEAD),
			.respondent_id = row_uuid(rows, i, COLUMN_EARLIER_RESPONDENT),
		};

		if (one.ended_us > last.ended_us && joining_is_repeat(&now, &one)) {
			last = one;
		}
	}
	return last.complaint_id;
}
