/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.chase: the owner asked again, and customer service records it. It stands in the timeline, and whoever leads
 * it is told by the event; once an hour it counts.
 */
#include "complaint.pb-c.h"
#include "server/domain/joining.h"
#include "server/method/complaint/complaint_chase.h"

#define CHASED_MAX 32767 /* the database's smallint */

bool complaint_chase_counts(const struct request *r)
{
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	return joining_counts_chase(record.chased_us, request_now_us(r));
}

enum err complaint_chase_apply(struct request *r, struct complaint_step_state *state)
{
	Pb__ComplaintChaseReply *out = (Pb__ComplaintChaseReply *)r->reply; /* both ways' are alike */
	bool counts = complaint_chase_counts(r);

	if (counts) {
		state->record.chased_count += state->record.chased_count < CHASED_MAX;
		state->record.chased_us = request_now_us(r);
		state->score = state->record.chased_count;
	}
	out->has_chased_count = out->has_is_counted = true;
	out->chased_count = (uint32_t)state->record.chased_count;
	out->is_counted = counts;
	return ERR_OK;
}

/* Whoever listens to the owner writes it down, counted or not. */
static enum err check(struct request *r)
{
	const Pb__ComplaintChase *in = (const Pb__ComplaintChase *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_CHASE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->words);
	state->given = NEED_BIT(NEED_ASKED);
	state->apply = complaint_chase_apply;
	state->effect = complaint_note_effect;
	return ERR_OK;
}

const struct method_impl impl_complaint_chase = {
	.check = check,
	.load = complaint_step_load,
	.may = complaint_step_may,
	.decide = complaint_step_decide,
};
