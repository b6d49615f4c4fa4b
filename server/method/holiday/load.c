/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday.load: the holidays and make-up days of a year, in the place of what was known of it. What is wrong is told
 * day by day; then nothing was written, as with a dry run. Clocks that run are reckoned again.
 */
#include "common/day.h"
#include "server/domain/holiday_check.h"
#include "server/method/holiday/holiday_row.h"
#include "server/method/promise/promise_row.h"
#include "server/principal.h"

enum { QUERY_YEAR };

static const char *const field_names[HOLIDAY_FIELD_COUNT] = {
	[HOLIDAY_DAY] = "day",
	[HOLIDAY_IS_OFF] = "is_off",
	[HOLIDAY_NAME] = "name",
};

struct holiday_taken {
	struct holiday days[HOLIDAY_DAYS_MAX];
	struct holiday_problem problems[HOLIDAY_DAYS_MAX * HOLIDAY_FIELD_COUNT];
	size_t problem_count;
};

static enum err check(struct request *r)
{
	const Pb__HolidayLoad *in = (const Pb__HolidayLoad *)r->message;
	struct holiday_taken *taken = arena_new(&r->arena, struct holiday_taken);

	r->state = taken;
	if (taken == NULL) {
		return ERR_BUSY;
	}
	assert(in->n_days <= HOLIDAY_DAYS_MAX); /* field.def */
	for (size_t i = 0; i < in->n_days; i++) {
		const Pb__Holiday *day = in->days[i];
		struct holiday *out = &taken->days[i];

		*out = (struct holiday){
			.has_is_off = day->has_is_off, .is_off = day->is_off, .name = codec_str(day->name)};
		out->is_day = day->has_day && day_from_number(day->day, &out->day);
	}
	taken->problem_count = holiday_check((int)in->year, taken->days, in->n_days, taken->problems);
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__HolidayLoad *in = (const Pb__HolidayLoad *)r->message;

	query_int2(request_query(r, STMT_holiday_year_get), (int)in->year);
}

static void add_problems(
	struct request *r, Pb__HolidayLoadReply *out, const struct holiday_taken *taken)
{
	size_t count = taken->problem_count;
	Pb__HolidayProblem *made = arena_alloc(&r->arena, size_max(count, 1) * sizeof *made);

	out->problems = arena_alloc(&r->arena, size_max(count, 1) * sizeof *out->problems);
	for (size_t i = 0; !r->arena.failed && i < count; i++) {
		const struct holiday_problem *problem = &taken->problems[i];

		pb__holiday_problem__init(&made[i]);
		made[i].has_row = true;
		made[i].row = (uint32_t)problem->row + 1;
		made[i].field = (char *)(uintptr_t)field_names[problem->field];
		made[i].code = (char *)(uintptr_t)err_name(problem->err);
		made[i].allowed = (char *)(uintptr_t)problem->allowed;
		out->problems[out->n_problems++] = &made[i];
	}
}

static void add_effect(struct request *r, uint32_t version)
{
	const Pb__HolidayLoad *in = (const Pb__HolidayLoad *)r->message;
	const struct holiday_taken *taken = r->state;
	struct query *query =
		request_effect(r, STMT_holiday_load, promise_subject(in->year), promise_granted_by(r));
	int64_t days[HOLIDAY_DAYS_MAX];
	int is_off[HOLIDAY_DAYS_MAX];
	struct str names[HOLIDAY_DAYS_MAX];

	if (query == NULL) {
		return;
	}
	for (size_t i = 0; i < in->n_days; i++) {
		days[i] = taken->days[i].day;
		is_off[i] = taken->days[i].is_off;
		names[i] = taken->days[i].name;
	}
	query_int2(query, (int)in->year);
	query_int4(query, (int32_t)version);
	query_int8s(query, days, in->n_days);
	query_int2s(query, is_off, in->n_days);
	query_texts(query, names, in->n_days);
}

static enum err refuse_with_current(struct request *r)
{
	const struct query *year = &r->queries[QUERY_YEAR];

	if (query_rows(year) > 0) {
		Pb__HolidayYear *current = holiday_year_message(&r->arena, year, 0);

		r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	}
	return ERR_CONFLICT;
}

static enum err decide(struct request *r)
{
	const Pb__HolidayLoad *in = (const Pb__HolidayLoad *)r->message;
	const struct query *year = &r->queries[QUERY_YEAR];
	const struct holiday_taken *taken = r->state;
	uint32_t version = query_rows(year) == 0 ? 0 : holiday_year_version(year, 0);
	Pb__HolidayLoadReply *out;
	bool is_written = taken->problem_count == 0 && !in->is_dry_run;

	if (version != (in->has_version ? in->version : 0)) {
		return refuse_with_current(r);
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_version = is_written;
	out->version = is_written ? version + 1 : 0;
	out->has_is_dry_run = true;
	out->is_dry_run = in->is_dry_run;
	add_problems(r, out, taken);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	if (is_written) {
		add_effect(r, version);
	}
	return ERR_OK;
}

const struct method_impl impl_holiday_load = {
	.check = check,
	.load = load,
	.may = may_always,
	.decide = decide,
};
