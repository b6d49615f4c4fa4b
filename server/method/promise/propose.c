/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.propose: a whole set of promises, for somebody else to approve. What is wrong with it is told row by
 * row; then nothing was written, as with a dry run.
 */
#include "server/method/promise/promise_row.h"
#include "server/method/promise/promise_take.h"

enum { QUERY_NEXT };
enum { NEXT_NO, NEXT_TODAY, NEXT_IS_TAKEN };

static void load(struct request *r)
{
	const struct promise_taken *taken = r->state;
	struct query *query = request_query(r, STMT_promise_next);

	query_time(query, request_now_us(r));
	query_day(query, taken->from_day);
}

static void add_problems(
	struct request *r, Pb__PromiseProposeReply *out, const struct promise_taken *taken)
{
	size_t count = taken->problem_count;
	Pb__PromiseProblem *made = arena_alloc(&r->arena, size_max(count, 1) * sizeof *made);

	out->problems = arena_alloc(&r->arena, size_max(count, 1) * sizeof *out->problems);
	for (size_t i = 0; !r->arena.failed && i < count; i++) {
		const struct promise_problem *problem = &taken->problems[i];

		pb__promise_problem__init(&made[i]);
		made[i].has_row = problem->row != PROMISE_OF_ALL;
		made[i].row = made[i].has_row ? (uint32_t)problem->row + 1 : 0;
		made[i].field = (char *)(uintptr_t)problem->field;
		made[i].code = (char *)(uintptr_t)err_name(problem->err);
		made[i].allowed = (char *)(uintptr_t)problem->allowed;
		out->problems[out->n_problems++] = &made[i];
	}
}

static void add_effect(struct request *r, uint32_t set_no)
{
	const Pb__PromisePropose *in = (const Pb__PromisePropose *)r->message;
	const struct promise_taken *taken = r->state;
	struct query *query =
		request_effect(r, STMT_promise_propose, promise_subject(set_no), promise_granted_by(r));

	if (query != NULL) {
		query_int4(query, (int32_t)set_no);
		query_day(query, taken->from_day);
		query_text(query, codec_str(in->note));
		promise_take_add(taken, query);
	}
}

static enum err decide(struct request *r)
{
	const Pb__PromisePropose *in = (const Pb__PromisePropose *)r->message;
	const struct query *next = &r->queries[QUERY_NEXT];
	struct promise_taken *taken = r->state;
	Pb__PromiseProposeReply *out;
	bool is_written;

	if (taken->from_day < row_day(next, 0, NEXT_TODAY)) {
		return request_refuse(r, ERR_FIELD_RANGE, "from_day", "today or later");
	}
	if (row_bool(next, 0, NEXT_IS_TAKEN)) {
		return request_refuse(
			r, ERR_DAY_TAKEN, "from_day", "a day on which no approved set begins");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	promise_take_check(taken);
	is_written = taken->problem_count == 0 && !in->is_dry_run;
	out->has_set_no = out->has_version = is_written;
	out->set_no = is_written ? (uint32_t)row_int4(next, 0, NEXT_NO) : 0;
	out->version = is_written ? 1 : 0;
	out->has_is_dry_run = true;
	out->is_dry_run = in->is_dry_run;
	add_problems(r, out, taken);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	if (is_written) {
		add_effect(r, out->set_no);
	}
	return ERR_OK;
}

const struct method_impl impl_promise_propose = {
	.check = promise_take,
	.load = load,
	.may = may_always,
	.decide = decide,
};
