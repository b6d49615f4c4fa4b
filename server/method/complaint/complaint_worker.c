/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_worker.h"

/* Behind complaint_step_own; proofs only where somebody is sent, crew and person where they are named. */
struct worker_queries {
	const struct query *busy;
	const struct query *proofs;
	const struct query *crew;
	const struct query *may;
};

static struct worker_queries queries_of(const struct request *r)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	size_t next = complaint_step_own(r);
	struct worker_queries out = {.busy = &r->queries[next++]};

	assert(out.busy->stmt == STMT_busy_others);
	if (state->sends) {
		out.proofs = &r->queries[next++];
		assert(out.proofs->stmt == STMT_visit_proofs);
	}
	if (!uuid_is_nil(state->asked_crew_id)) {
		out.crew = &r->queries[next++];
		assert(out.crew->stmt == STMT_crew_get);
	}
	if (!uuid_is_nil(state->asked_worker_id)) {
		out.may = &r->queries[next];
		assert(out.may->stmt == STMT_worker_may);
	}
	return out;
}

void complaint_worker_ask(struct request *r, struct uuid crew_id, struct uuid worker_id)
{
	struct complaint_step_state *state = complaint_step_of(r);

	state->asked_crew_id = crew_id;
	state->asked_worker_id = worker_id;
}

/* About who would come, and when: VISITOR of stmt.def. */
static void load_visitor(struct request *r, enum stmt stmt)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, state->complaint_id);
	query_uuid_or_null(query, state->asked_worker_id);
	query_uuid_or_null(query, state->asked_crew_id);
	query_time(query, state->asked_from_us);
	query_time(query, state->asked_to_us);
	query_bool(query, state->sends);
}

void complaint_worker_load(struct request *r, bool sends)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct query *query;

	state->sends = sends;
	load_visitor(r, STMT_busy_others);
	if (sends) {
		load_visitor(r, STMT_visit_proofs);
	}
	if (!uuid_is_nil(state->asked_crew_id)) {
		query_uuid(request_query(r, STMT_crew_get), state->asked_crew_id);
	}
	if (!uuid_is_nil(state->asked_worker_id)) {
		query = request_query(r, STMT_worker_may);
		query_uuid(query, r->community_id);
		query_uuid(query, state->complaint_id);
		query_uuid(query, state->asked_worker_id);
		query_uuid_or_null(query, state->asked_crew_id);
		query_time(query, request_now_us(r));
	}
}

/* Is there such a crew, and may that person be sent? */
static enum err check_named(struct request *r, struct worker_queries queries)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	if (queries.crew != NULL && query_rows(queries.crew) == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "crew_id", "a crew of the company");
	}
	if (queries.may != NULL && !row_bool(queries.may, 0, 0)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "worker_id", "somebody of the team or the crew");
	}
	if (queries.may != NULL && uuid_equal(state->asked_worker_id, state->before.respondent_id)) {
		return request_refuse(r, ERR_FIELD_INVALID, "worker_id", "not the person complained about");
	}
	return ERR_OK;
}

/* The slot is kept already: the same person in the same window, and no other step gave it back. */
static bool is_kept(const struct complaint_step_state *state)
{
	const struct complaint_record *before = &state->before;
	const struct complaint_record *record = &state->record;

	return complaint_keeps_slot(before->state) && before->window_from_us != 0 &&
	       uuid_equal(before->worker_id, record->worker_id) &&
	       before->window_from_us == record->window_from_us &&
	       before->window_to_us == record->window_to_us;
}

/* Their time, and, where they are sent, one of their orders. */
static enum err take_slot(struct request *r, const struct query *busy)
{
	struct complaint_step_state *state = complaint_step_of(r);

	if (row_bool(busy, 0, BUSY_IS_AWAY)) {
		return request_refuse(r, ERR_SLOT_TAKEN, "worker_id", "somebody who is not away then");
	}
	if (row_bool(busy, 0, BUSY_IS_TAKEN)) {
		return request_refuse(r, ERR_SLOT_TAKEN, "worker_id", "somebody whose time is free");
	}
	state->takes_slot = true;
	return state->sends ? complaint_worker_orders(r, busy) : ERR_OK;
}

enum err complaint_worker_take(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_record *record = &state->record;
	struct worker_queries queries = queries_of(r);
	enum err err = check_named(r, queries);
	bool is_other_crew =
		!uuid_is_nil(state->asked_crew_id) && !uuid_equal(state->asked_crew_id, record->crew_id);

	if (err != ERR_OK) {
		return err;
	}
	if (is_other_crew) {
		record->crew_id = state->asked_crew_id;
		record->worker_id = uuid_nil; /* of the crew before */
	}
	if (!uuid_is_nil(state->asked_worker_id)) {
		record->worker_id = state->asked_worker_id;
	}
	if (!uuid_is_nil(record->worker_id) && (state->sends || !is_kept(state))) {
		err = take_slot(r, queries.busy);
	}
	return err == ERR_OK && state->sends ? complaint_worker_proof(r, queries.proofs) : err;
}
