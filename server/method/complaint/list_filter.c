/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_filter.h"

#define STATES_MAX 32
#define KINDS_MAX 16
#define TEAMS_MAX 32
#define GROUP_SIZE 100 /* a category's number is its group's and up to 99 */

static void add_states(struct query *query, const Pb__ComplaintList *in)
{
	int states[STATES_MAX];

	if (in->n_states == 0) {
		query_null(query);
		return;
	}
	assert(in->n_states <= STATES_MAX); /* field.def */
	for (size_t i = 0; i < in->n_states; i++) {
		states[i] = (int)in->states[i];
	}
	query_int2s(query, states, in->n_states);
}

static void add_kinds(struct query *query, const Pb__ComplaintList *in)
{
	int kinds[KINDS_MAX];

	if (in->n_kinds == 0) {
		query_null(query);
		return;
	}
	assert(in->n_kinds <= KINDS_MAX); /* field.def */
	for (size_t i = 0; i < in->n_kinds; i++) {
		kinds[i] = (int)in->kinds[i];
	}
	query_int2s(query, kinds, in->n_kinds);
}

static void add_team_ids(struct query *query, const Pb__ComplaintList *in)
{
	struct uuid teams[TEAMS_MAX];

	if (in->n_team_ids == 0) {
		query_null(query);
		return;
	}
	assert(in->n_team_ids <= TEAMS_MAX); /* field.def */
	for (size_t i = 0; i < in->n_team_ids; i++) {
		teams[i] = uuid_from_span(codec_span(true, in->team_ids[i]));
	}
	query_uuids(query, teams, in->n_team_ids);
}

/* A category, or with a group's number any of the group. */
static void add_category(struct query *query, const Pb__ComplaintList *in)
{
	int category = in->has_category ? (int)in->category : 0;

	if (category == 0) {
		query_null(query);
		query_null(query);
		return;
	}
	query_int2(query, category);
	query_int2(query, category % GROUP_SIZE == 0 ? category + GROUP_SIZE - 1 : category);
}

static struct uuid id_of(bool has, ProtobufCBinaryData id)
{
	return has ? uuid_from_span(codec_span(true, id)) : uuid_nil;
}

unsigned list_filter_flags(const Pb__ComplaintList *in)
{
	return (in->only_chased ? LIST_CHASED : 0U) | (in->only_repeats ? LIST_REPEATS : 0U) |
	       (in->only_collective || in->has_collective_id ? LIST_COLLECTIVE : 0U);
}

static void add_position(struct query *query, const struct list_position *position)
{
	query_time(query, position->at_us);
	query_uuid(query, position->complaint_id);
}

static void add_time(struct query *query, bool has, int64_t us)
{
	if (has) {
		query_time(query, us);
	} else {
		query_null(query);
	}
}

static void add_handled(struct request *r, struct query *query, const Pb__ComplaintList *in)
{
	query_uuid_or_null(query, id_of(in->has_handled_by_id, in->handled_by_id));
	query_time(query, list_bounds_handled_from(r, in));
	query_time(query, in->has_to_us ? in->to_us : INT64_MAX);
}

/*
 * $26–$37: what few lists ask for; of the others one parameter says that there is nothing. From and to are of the
 * submission, or of the step that a person took.
 */
static void add_more(struct request *r, struct query *query, const Pb__ComplaintList *in)
{
	bool has_period = in->has_from_us || in->has_to_us;

	query_bool(query, in->n_team_ids > 0 || in->has_worker_id || has_period ||
						  in->has_least_urgency || in->n_kinds > 0 || in->has_ended_from_us ||
						  in->has_due_before_us || in->has_handled_by_id);
	add_team_ids(query, in);
	query_uuid_or_null(query, id_of(in->has_worker_id, in->worker_id));
	add_time(query, in->has_from_us && !in->has_handled_by_id, in->from_us);
	add_time(query, in->has_to_us && !in->has_handled_by_id, in->to_us);
	query_number_or_null(query, in->has_least_urgency ? (int)in->least_urgency : 0);
	add_kinds(query, in);
	add_time(query, in->has_ended_from_us, in->ended_from_us);
	add_time(query, in->has_due_before_us, in->due_before_us);
	add_handled(r, query, in);
}

void list_filter_add(struct request *r, struct query *query, const struct list_ask *ask)
{
	const struct listing *listing = r->state;
	const Pb__ComplaintList *in = listing->in;
	struct list_bounds bounds = list_bounds_of(listing, listing->has_position && !ask->is_sum);

	list_reach_add(r, query, listing->reach);
	query_bool(query, listing->is_open);
	add_states(query, in);
	query_uuid_or_null(query, id_of(in->has_team_id, in->team_id));
	query_bool(query, in->only_queue);
	add_category(query, in);
	query_uuid_or_null(query, id_of(in->has_place_id, in->place_id));
	add_position(query, &bounds.upper);
	query_int4(query, ask->row_max);
	query_bool(query, in->waits_for_decision);
	query_number_or_null(query, (int)list_filter_flags(in));
	query_uuid_or_null(query, id_of(in->has_collective_id, in->collective_id));
	add_position(query, &bounds.lower);
	query_bool(query, listing->is_by_due);
	query_bool(query, ask->is_sum ? ask->with_anchors : list_filter_is_up(listing));
	add_more(r, query, in);
}
