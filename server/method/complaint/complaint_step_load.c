/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every step of a complaint reads, and where it stands among the request's queries.
 */
#include "server/method/complaint/complaint_step.h"

enum { QUERY_COMPLAINT, QUERY_OFFICER, QUERY_AROUND, QUERY_CONTACT };

static const struct query *query_at(const struct request *r, size_t i, enum stmt stmt)
{
	assert(r->query_count > i);
	assert(r->queries[i].stmt == stmt);
	return &r->queries[i];
}

const struct query *complaint_step_row(const struct request *r)
{
	return query_at(r, QUERY_COMPLAINT, STMT_complaint_get);
}

bool complaint_step_has_officer(const struct request *r)
{
	return row_bool(query_at(r, QUERY_OFFICER, STMT_complaint_officer), 0, 0);
}

const struct query *complaint_step_around(const struct request *r)
{
	return query_at(r, QUERY_AROUND, STMT_complaint_around);
}

const struct query *complaint_step_contact(const struct request *r)
{
	return query_at(r, QUERY_CONTACT, STMT_complaint_contact_get);
}

size_t complaint_step_own(const struct request *r)
{
	return complaint_step_of(r)->tells ? QUERY_CONTACT + 1 : QUERY_OFFICER + 1;
}

static struct query *add_query(struct request *r, enum stmt stmt)
{
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	return query;
}

static void add_around(struct request *r)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	struct query *query = add_query(r, STMT_complaint_around);

	query_time(query, request_now_us(r));
	query_time_or_null(query, state->asked_from_us);
	query_time_or_null(query, state->asked_to_us);
	query_time_or_null(query, state->asked_until_us);
	query_uuid_or_null(query, state->asked_crew_id);
	query_uuid_or_null(query, state->asked_worker_id);
	(void)add_query(r, STMT_complaint_contact_get);
}

/*
 * A request that looks again decides anew: what an earlier decision found good or made has come to
 * nothing, or is answered by its key.
 */
static void forget_decision(struct complaint_step_state *state)
{
	state->given_first = state->was_loaded ? state->given_first : state->given;
	state->was_loaded = true;
	state->given = state->given_first;
	state->receipt_id = state->outgoing_id = state->used_code_id = uuid_nil;
	state->new_code = (struct complaint_new_code){.purpose = 0};
	state->receipt = (struct complaint_new_receipt){.kind = 0};
	state->takes_slot = false;
	state->sign_hash = (struct span){NULL, 0};
	state->orders_max = 0;
	state->chosen_category = 0;
	state->proof_id = uuid_nil;
}

void complaint_step_load(struct request *r)
{
	struct query *officer;

	forget_decision(complaint_step_of(r));
	(void)add_query(r, STMT_complaint_get);
	officer = add_query(r, STMT_complaint_officer);
	query_time(officer, request_now_us(r));
	if (complaint_step_of(r)->tells) {
		add_around(r);
	}
}
