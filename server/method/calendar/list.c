/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar.list: what a person's time, or that of everybody of a crew, is kept for, in all communities. Which
 * complaint it is, is said only in communities one has to do with; why somebody is away, not at all.
 */
#include "server/method/absence/absence_row.h"
#include "server/method/message.h"
#include "server/method/row_message.h"
#include "server/method/staff/staff_reach.h"
#include "server/principal.h"

#define CALENDAR_US_MAX (INT64_C(62) * 24 * 3600 * US_PER_S)

/* Columns of calendar_list. */
enum {
	COLUMN_ACCOUNT_ID,
	COLUMN_NAME,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_COMMUNITY_ID,
	COLUMN_COMPLAINT_ID,
};

static enum err check(struct request *r)
{
	const Pb__CalendarList *in = (const Pb__CalendarList *)r->message;

	if (!in->has_account_id && !in->has_crew_id) {
		return request_refuse(r, ERR_FIELD_MISSING, "account_id", "this, crew_id, or both");
	}
	return in->window->from_us < in->window->to_us &&
	               in->window->to_us - in->window->from_us <= CALENDAR_US_MAX
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_INVALID, "window", "from < to, at most 62 days");
}

static void load(struct request *r)
{
	const Pb__CalendarList *in = (const Pb__CalendarList *)r->message;
	struct query *query = request_query(r, STMT_calendar_list);

	query_uuid_or_null(query, message_id(in->has_account_id, in->account_id));
	query_uuid_or_null(query, message_id(in->has_crew_id, in->crew_id));
	query_time(query, in->window->from_us);
	query_time(query, in->window->to_us);
	staff_reach_add(r, query, staff_reach_of(r), r->principal->account_id);
}

static Pb__CalendarEntry *entry_of(struct request *r, const struct query *rows, size_t row)
{
	struct row_source from = {&r->arena, rows, row};
	struct uuid community_id = row_uuid(rows, row, COLUMN_COMMUNITY_ID);
	Pb__CalendarEntry *out = arena_new(&r->arena, Pb__CalendarEntry);

	if (out == NULL) {
		return NULL;
	}
	pb__calendar_entry__init(out);
	row_set_uuid(&from, COLUMN_ACCOUNT_ID, &out->has_account_id, &out->account_id);
	out->name = row_borrow_text(&from, COLUMN_NAME);
	out->window = absence_window(&r->arena, rows, row, COLUMN_FROM);
	out->has_is_away = true;
	out->is_away = uuid_is_nil(community_id);
	if (!out->is_away &&
		access_community(r->principal->grants, community_id, request_now_us(r)) != 0) {
		row_set_uuid(&from, COLUMN_COMMUNITY_ID, &out->has_community_id, &out->community_id);
		row_set_uuid(&from, COLUMN_COMPLAINT_ID, &out->has_complaint_id, &out->complaint_id);
	}
	return out;
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__CalendarListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_entries = query_rows(rows);
	out->entries = arena_alloc(&r->arena, size_max(out->n_entries, 1) * sizeof *out->entries);
	for (size_t i = 0; out->entries != NULL && i < out->n_entries; i++) {
		out->entries[i] = entry_of(r, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_calendar_list = {
	.check = check,
	.load = load,
	.may = may_always, /* the statement gives only people they have to do with */
	.decide = decide,
};
