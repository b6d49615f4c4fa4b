/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.follow_up: asked after the close, by somebody outside the team, how well it was done (回访). Up to 2 of
 * 5 it is open again, and then words say why.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"
#include "server/principal.h"

#define SCORE_BAD 2

/* Reopened, it will be asked about again: then the score stands in its event alone. */
static enum err apply(struct request *r, struct complaint_step_state *state)
{
	if (state->step == COMPLAINT_STEP_REOPEN) {
		return ERR_OK;
	}
	state->record.follow_up_score = state->score;
	state->record.followed_up_us = request_now_us(r);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintFollowUp *in = (const Pb__ComplaintFollowUp *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_FOLLOW_UP);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->score = (int)in->score;
	state->words = codec_str(in->words);
	state->given = NEED_BIT(NEED_SCORE);
	state->given |= state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	state->apply = apply;
	return ERR_OK;
}

/* Whoever had a hand in it then does not ask how well it was done, though they work at the desk today. */
static void load(struct request *r)
{
	role_set handling = complaint_handling_roles();
	int roles[sizeof(role_set) * 8];
	struct query *query;
	size_t count = 0;

	complaint_step_load(r);
	for (int role = 1; role_row(role) != NULL; role++) {
		if ((handling & ROLE_BIT(role)) != 0) {
			roles[count++] = role;
		}
	}
	query = request_query(r, STMT_complaint_handled);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	query_uuid(query, r->principal->account_id);
	query_int2s(query, roles, count);
}

/* A bad score reopens, and the reason that this needs is the words. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);
	bool is_bad = state->score <= SCORE_BAD && record.state == COMPLAINT_CLOSED;
	enum err err;

	state->has_handled = row_bool(&r->queries[complaint_step_own(r)], 0, 0);
	state->step = is_bad ? COMPLAINT_STEP_REOPEN : COMPLAINT_STEP_FOLLOW_UP;
	err = complaint_step_decide(r);
	return err == ERR_FIELD_INVALID && state->verdict.missing == NEED_REASON
	           ? request_refuse(r, err, "words", "why, with a score of 1 or 2")
	           : err;
}

const struct method_impl impl_complaint_follow_up = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
