/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/promise/promise_take.h"

#include "common/day.h"
#include "promise.pb-c.h"

static enum promise_term term_of(Pb__PromiseTerm__Kind kind)
{
	switch (kind) {
	case PB__PROMISE_TERM__KIND__MINUTES:
		return TERM_MINUTES;
	case PB__PROMISE_TERM__KIND__APPOINTMENT:
		return TERM_APPOINTMENT;
	case PB__PROMISE_TERM__KIND__DEADLINE:
		return TERM_DEADLINE;
	case _PB__PROMISE_TERM__KIND_IS_INT_SIZE:
		break;
	}
	unreachable(); /* the codec lets no other in */
}

/* ERR_OK, or what is wrong with a row's clocks: each may be there once, with a kind. */
static enum err take_terms(const Pb__PromiseRow *in, struct promise *out)
{
	for (size_t i = 0; i < in->n_terms; i++) { /* the body's length bounds them */
		const Pb__PromiseTerm *term = in->terms[i];
		struct promise_clock *clock;

		if (!term->has_clock || !term->has_kind) {
			return ERR_FIELD_MISSING;
		}
		clock = &out->clocks[term->clock - 1];
		if (clock->term != TERM_NONE) {
			return ERR_NAME_TAKEN;
		}
		clock->term = term_of(term->kind);
		clock->minutes = term->has_minutes ? (int32_t)size_min(term->minutes, INT32_MAX) : 0;
	}
	return ERR_OK;
}

static void take_row(struct promise_taken *taken, const Pb__PromiseRow *in, size_t row)
{
	struct promise *out = &taken->rows[row];
	enum err err;

	*out = (struct promise){
		.row_no = (int32_t)row + 1,
		.kind = in->has_kind ? (int)in->kind : 0,
		.subkind = in->has_subkind ? (int)in->subkind : 0,
		.channel = in->has_channel ? (int)in->channel : 0,
		.urgency = in->has_urgency ? (int)in->urgency : 0,
		.calendar = in->has_calendar ? (enum calendar_kind)in->calendar : 0,
	};
	err = take_terms(in, out);
	if (err != ERR_OK) {
		taken->problems[taken->problem_count++] =
			(struct promise_problem){row, "terms", err, "each clock once, with what it counts"};
	}
}

enum err promise_take(struct request *r)
{
	const Pb__PromisePropose *in = (const Pb__PromisePropose *)r->message;
	struct promise_taken *taken = arena_new(&r->arena, struct promise_taken);

	r->state = taken;
	if (taken == NULL) {
		return ERR_BUSY;
	}
	if (!day_from_number(in->from_day, &taken->from_day)) {
		return request_refuse(r, ERR_FIELD_RANGE, "from_day", "a day of the calendar, as 20261124");
	}
	assert(in->n_rows <= PROMISE_ROWS_MAX); /* field.def */
	taken->count = in->n_rows;
	for (size_t i = 0; i < in->n_rows; i++) {
		take_row(taken, in->rows[i], i);
	}
	return ERR_OK;
}

void promise_take_check(struct promise_taken *taken)
{
	if (taken->problem_count == 0) {
		taken->problem_count = promise_check(taken->rows, taken->count, taken->problems);
	}
}

static void add_column(
	const struct promise_taken *taken, struct query *query, int (*value)(const struct promise *row))
{
	int values[PROMISE_ROWS_MAX];

	for (size_t i = 0; i < taken->count; i++) {
		values[i] = value(&taken->rows[i]);
	}
	query_int2s(query, values, taken->count);
}

static int kind_of(const struct promise *row)
{
	return row->kind;
}

static int subkind_of(const struct promise *row)
{
	return row->subkind;
}

static int channel_of(const struct promise *row)
{
	return row->channel;
}

static int urgency_of(const struct promise *row)
{
	return row->urgency;
}

static int calendar_of(const struct promise *row)
{
	return (int)row->calendar;
}

void promise_take_add(const struct promise_taken *taken, struct query *query)
{
	int terms[PROMISE_ROWS_MAX * CLOCK_COUNT];
	int64_t minutes[PROMISE_ROWS_MAX * CLOCK_COUNT];

	add_column(taken, query, kind_of);
	add_column(taken, query, subkind_of);
	add_column(taken, query, channel_of);
	add_column(taken, query, urgency_of);
	add_column(taken, query, calendar_of);
	for (size_t i = 0; i < taken->count * CLOCK_COUNT; i++) {
		const struct promise_clock *clock = &taken->rows[i / CLOCK_COUNT].clocks[i % CLOCK_COUNT];

		terms[i] = (int)clock->term;
		minutes[i] = clock->minutes;
	}
	query_int2s(query, terms, taken->count * CLOCK_COUNT);
	query_int8s(query, minutes, taken->count * CLOCK_COUNT);
}
