/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step decided that leaves the complaint where it stood: what it has to do with others, and an event.
 */
#include "server/method/complaint/complaint_step.h"

void complaint_note_effect(struct request *r, struct uuid grant_id)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	struct query *query = request_effect(r, STMT_complaint_note, state->complaint_id, grant_id);

	assert(state->record.state == state->before.state);
	if (query == NULL) {
		return;
	}
	query_int4(query, (int32_t)state->before.version);
	query_int2(query, (int)state->verdict.move->step);
	query_int2(query, (int)state->before.state);
	query_uuid_or_null(query, state->record.repeat_of);
	query_int2(query, state->record.chased_count);
	query_time_or_null(query, state->record.chased_us);
	query_int2(query, complaint_step_actor(state));
	query_number_or_null(query, state->score);
	query_uuid_or_null(query, state->other_id);
	complaint_effect_words(r, query, state->words);
}
