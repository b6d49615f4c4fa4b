/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/promise/promise_message.h"

#include "common/day.h"
#include "server/domain/clock.h"
#include "server/method/row_message.h"

enum { ROW_KIND, ROW_SUBKIND, ROW_CHANNEL, ROW_URGENCY, ROW_CALENDAR, ROW_TERMS, ROW_MINUTES };

Pb__PromiseSet *promise_set_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__PromiseSet *out = arena_new(arena, Pb__PromiseSet);

	if (out == NULL) {
		return NULL;
	}
	pb__promise_set__init(out);
	out->has_set_no = out->has_version = out->has_state = out->has_from_day = true;
	out->set_no = (uint32_t)row_int4(query, row, SET_NO);
	out->version = (uint32_t)row_int4(query, row, SET_VERSION);
	out->state = (Pb__PromiseSet__State)row_int2(query, row, SET_STATE);
	out->from_day = day_number(row_day(query, row, SET_FROM));
	out->note = row_borrow_text(&from, SET_NOTE);
	row_set_uuid(&from, SET_PROPOSED_BY, &out->has_proposer_id, &out->proposer_id);
	out->proposer_name = row_borrow_text(&from, SET_PROPOSED_NAME);
	row_set_time(&from, SET_PROPOSED_AT, &out->has_proposed_us, &out->proposed_us);
	row_set_uuid(&from, SET_DECIDED_BY, &out->has_decider_id, &out->decider_id);
	out->decider_name = row_borrow_text(&from, SET_DECIDED_NAME);
	row_set_time(&from, SET_DECIDED_AT, &out->has_decided_us, &out->decided_us);
	out->reason = row_borrow_text(&from, SET_REASON);
	out->has_is_in_force = true;
	out->is_in_force = row_bool(query, row, SET_IN_FORCE);
	return out;
}

static void set_terms(
	struct arena *arena, Pb__PromiseRow *out, const struct query *query, size_t row)
{
	int terms[CLOCK_COUNT] = {0};
	int64_t minutes[CLOCK_COUNT] = {0};
	Pb__PromiseTerm *made = arena_alloc(arena, CLOCK_COUNT * sizeof *made);

	out->terms = arena_alloc(arena, CLOCK_COUNT * sizeof *out->terms);
	(void)row_int2s(query, row, ROW_TERMS, terms, CLOCK_COUNT);
	(void)row_int8s(query, row, ROW_MINUTES, minutes, CLOCK_COUNT);
	for (size_t i = 0; !arena->failed && i < CLOCK_COUNT; i++) {
		if (terms[i] == TERM_NONE) {
			continue;
		}
		pb__promise_term__init(&made[i]);
		made[i].has_clock = made[i].has_kind = true;
		made[i].clock = (Pb__Clock__Number)(i + 1);
		made[i].kind = (Pb__PromiseTerm__Kind)terms[i];
		made[i].has_minutes = terms[i] != TERM_APPOINTMENT;
		made[i].minutes = (uint32_t)minutes[i];
		out->terms[out->n_terms++] = &made[i];
	}
}

Pb__PromiseRow *promise_row_message(struct arena *arena, const struct query *query, size_t row)
{
	Pb__PromiseRow *out = arena_new(arena, Pb__PromiseRow);

	if (out == NULL) {
		return NULL;
	}
	pb__promise_row__init(out);
	out->kind = (Pb__Complaint__Kind)row_int2(query, row, ROW_KIND);
	out->has_kind = out->kind != 0;
	out->subkind = (Pb__Complaint__Subkind)row_int2(query, row, ROW_SUBKIND);
	out->has_subkind = out->subkind != 0;
	out->channel = (Pb__Complaint__Channel)row_int2(query, row, ROW_CHANNEL);
	out->has_channel = out->channel != 0;
	out->has_urgency = out->has_calendar = true;
	out->urgency = (Pb__Complaint__Urgency)row_int2(query, row, ROW_URGENCY);
	out->calendar = (Pb__PromiseRow__Calendar)row_int2(query, row, ROW_CALENDAR);
	set_terms(arena, out, query, row);
	return out;
}
