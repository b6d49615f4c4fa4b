/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.repeat: customer service corrects what the server took a complaint for: a repeat of another one that had
 * been closed before, or none.
 */
#include "complaint.pb-c.h"
#include "server/domain/joining.h"
#include "server/method/complaint/complaint_step.h"
#include "server/method/message.h"

static void load(struct request *r)
{
	const Pb__ComplaintRepeat *in = (const Pb__ComplaintRepeat *)r->message;
	struct query *query;

	complaint_step_load(r);
	if (in->has_repeat_of_id) {
		query = request_query(r, STMT_complaint_get);
		query_uuid(query, r->community_id);
		query_uuid(query, message_id(true, in->repeat_of_id));
	}
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintRepeat *in = (const Pb__ComplaintRepeat *)r->message;

	state->record.repeat_of = message_id(in->has_repeat_of_id, in->repeat_of_id);
	state->other_id = state->record.repeat_of;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintRepeat *in = (const Pb__ComplaintRepeat *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_REPEAT);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->words);
	state->given = in->has_repeat_of_id ? 0 : NEED_BIT(NEED_EARLIER);
	state->apply = apply;
	state->effect = complaint_note_effect;
	return ERR_OK;
}

/* Of theirs, another one, and over before this one came. */
static bool is_original(const struct request *r, const struct query *row)
{
	struct joining_earlier earlier;
	struct complaint_record record;

	if (query_rows(row) == 0 || complaint_row_relation(r, row, 0).sees == 0) {
		return false;
	}
	record = complaint_row_record(row, 0);
	earlier = (struct joining_earlier){.state = record.state, .ended_us = record.ended_us};
	return !uuid_equal(record.complaint_id, complaint_step_of(r)->complaint_id) &&
	       joining_may_be_original(&earlier, complaint_row_submitted_us(complaint_step_row(r), 0));
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintRepeat *in = (const Pb__ComplaintRepeat *)r->message;

	if (in->has_repeat_of_id && is_original(r, &r->queries[complaint_step_own(r)])) {
		complaint_step_of(r)->given |= NEED_BIT(NEED_EARLIER);
	}
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_repeat = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
