/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.windows: the next windows in which somebody is free for the visit, to be offered to the owner
 * (可约时段): in service hours, as long as the matter takes, of the crew or person asked for or booked, else of
 * whoever may do it. A proposal keeps nobody's time: complaint.book does.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/visit_people.h"
#include "server/method/complaint/windows.h"
#include "server/method/message.h"

#define MINUTE_US (60 * US_PER_S)
#define COUNT_DEFAULT 5
#define COUNT_MAX 20 /* field.def */

enum { DAY_OPEN, DAY_CLOSE }; /* columns of visit_days */

static enum err may(struct request *r)
{
	const struct query *row = &r->queries[WINDOWS_QUERY_COMPLAINT];

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	return complaint_row_relation(r, row, 0).sees == 0 ? ERR_NOT_FOUND : ERR_OK;
}

static struct free_span *days_of(struct request *r)
{
	const struct query *rows = &r->queries[WINDOWS_QUERY_DAYS];
	struct free_span *out = arena_alloc(&r->arena, size_max(query_rows(rows), 1) * sizeof *out);

	for (size_t i = 0; out != NULL && i < query_rows(rows); i++) {
		out[i].from_us = row_time(rows, i, DAY_OPEN);
		out[i].to_us = row_time(rows, i, DAY_CLOSE);
	}
	return out;
}

/* The people as the domain takes them, in the same order. */
static struct free_person *free_of(struct request *r, const struct visit_people *people)
{
	struct free_person *out = arena_alloc(&r->arena, size_max(people->count, 1) * sizeof *out);

	for (size_t i = 0; out != NULL && i < people->count; i++) {
		out[i] = people->ptr[i].free;
	}
	return out;
}

static Pb__ProposedWindow *message_of(
	struct arena *arena, const struct free_window *window, const struct visit_person *person)
{
	Pb__ProposedWindow *out = arena_new(arena, Pb__ProposedWindow);
	Pb__TimeWindow *span = arena_new(arena, Pb__TimeWindow);

	if (out == NULL || span == NULL) {
		return NULL;
	}
	pb__proposed_window__init(out);
	pb__time_window__init(span);
	span->has_from_us = span->has_to_us = true;
	span->from_us = window->span.from_us;
	span->to_us = window->span.to_us;
	out->window = span;
	out->has_worker_id = out->has_free_count = true;
	out->worker_id = message_uuid(arena, person->account_id);
	out->worker_name = arena_c_string(arena, person->name);
	out->free_count = (uint32_t)window->free_count;
	return out;
}

static struct visit_people people_of(
	struct request *r, const struct complaint_record *record, const struct visit_rule *rule)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;
	struct visit_rows rows = {
		.candidates = &r->queries[WINDOWS_QUERY_CANDIDATES],
		.busy = &r->queries[WINDOWS_QUERY_BUSY],
		.proven = &r->queries[WINDOWS_QUERY_PROVEN],
	};
	bool is_named = in->has_crew_id || in->has_worker_id || !uuid_is_nil(record->crew_id) ||
	                !uuid_is_nil(record->worker_id);

	return visit_people_of(&r->arena, rows, rule, is_named);
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;
	struct complaint_record record = complaint_row_record(&r->queries[WINDOWS_QUERY_COMPLAINT], 0);
	const struct visit_rule *rule = visit_rule_of(record.category);
	struct visit_people people = people_of(r, &record, rule);
	struct free_window windows[COUNT_MAX];
	Pb__ComplaintWindowsReply *out = request_reply(r);
	struct free_ask ask = {
		.open = days_of(r),
		.open_count = query_rows(&r->queries[WINDOWS_QUERY_DAYS]),
		.people = free_of(r, &people),
		.person_count = people.count,
		.not_before_us = windows_begin_us(r),
		.length_us = rule->minutes * MINUTE_US,
		.grid_us = VISIT_GRID_MINUTES * MINUTE_US,
	};

	if (out == NULL || r->arena.failed) {
		return ERR_BUSY;
	}
	out->n_windows = free_time_propose(&ask, windows, in->has_count ? in->count : COUNT_DEFAULT);
	out->windows = arena_alloc(&r->arena, size_max(out->n_windows, 1) * sizeof *out->windows);
	for (size_t i = 0; out->windows != NULL && i < out->n_windows; i++) {
		out->windows[i] = message_of(&r->arena, &windows[i], &people.ptr[windows[i].person]);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_complaint_windows = {
	.check = windows_check,
	.load = windows_load,
	.may = may,
	.decide = decide,
};
