/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step decided, as the parameters of its one statement: complaint_step, or complaint_step_full
 * where it leaves more behind than the record, an event and words.
 */
#include "common/random.h"
#include "common/sha256.h"
#include "server/method/complaint/complaint_step.h"

#define SALT_BYTES 32

enum { ACTOR_STAFF = 1, ACTOR_OWNER = 2 }; /* Complaint.Actor */

int complaint_step_actor(const struct complaint_step_state *state)
{
	return state->is_owner ? ACTOR_OWNER : ACTOR_STAFF;
}

/* Salt, words and their hash: erasing the first two leaves the record whole. */
void complaint_effect_words(struct request *r, struct query *query, struct str words)
{
	uint8_t *salted = arena_alloc(&r->arena, SALT_BYTES + words.len);
	uint8_t hash[SHA256_BYTES];

	if (words.len == 0 || salted == NULL) {
		query_null(query);
		query_null(query);
		query_null(query);
		return;
	}
	random_bytes(salted, SALT_BYTES);
	memcpy(salted + SALT_BYTES, words.ptr, words.len);
	sha256(span_of(salted, SALT_BYTES + words.len), hash);
	query_bytes(query, span_of(salted, SALT_BYTES));
	query_text(query, words);
	query_bytes(query, span_of(hash, sizeof hash));
}

/* $14–$26 */
static void add_visit(struct query *query, const struct complaint_record *record)
{
	query_uuid_or_null(query, record->team_id);
	query_uuid_or_null(query, record->crew_id);
	query_uuid_or_null(query, record->worker_id);
	query_time_or_null(query, record->window_from_us);
	query_time_or_null(query, record->window_to_us);
	query_time_or_null(query, record->arrived_us);
	query_time_or_null(query, record->work_done_us);
	query_text_or_null(query, record->result);
	query_time_or_null(query, record->ended_us);
	query_number_or_null(query, record->rating);
	query_number_or_null(query, (int)record->state_before);
	query_number_or_null(query, record->suspend_reason);
	query_time_or_null(query, record->suspended_until_us);
}

/* $27–$36 */
static void add_rest(struct query *query, const struct complaint_record *record)
{
	query_uuid_or_null(query, record->master_id);
	query_time_or_null(query, record->accepted_us);
	query_time_or_null(query, record->pending_us);
	query_text_or_null(query, record->advice);
	query_text_or_null(query, record->answer);
	query_number_or_null(query, record->close_mode);
	query_number_or_null(query, record->follow_up_score);
	query_time_or_null(query, record->followed_up_us);
	query_uuid_or_null(query, record->receipt_id);
	query_int2(query, record->reopened_count);
}

/* $37–$43 */
static void add_event(struct request *r, struct query *query)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	query_int2(query, complaint_step_actor(state));
	query_number_or_null(query, state->reason);
	query_number_or_null(query, state->score);
	query_uuid_or_null(query, state->receipt_id);
	complaint_effect_words(r, query, state->words);
}

void complaint_effect(struct request *r, struct uuid grant_id)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	bool full = complaint_effect_is_full(state);
	struct query *query = request_effect(
		r, full ? STMT_complaint_step_full : STMT_complaint_step, state->complaint_id, grant_id);

	if (query == NULL) {
		return;
	}
	query_int4(query, (int32_t)state->before.version);
	query_int2(query, (int)state->verdict.move->step);
	query_int2(query, (int)state->before.state);
	query_int2(query, (int)state->record.state);
	add_visit(query, &state->record);
	add_rest(query, &state->record);
	add_event(r, query);
	if (full) {
		assert(state->chosen_category == 0);
		complaint_effect_full(r, query);
	} else {
		query_number_or_null(query, (int)state->chosen_category);
	}
}
