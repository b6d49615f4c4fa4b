/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.pass: to another team of the community, or out of customer service's queue (转派). Its clock goes on
 * from the first submission.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static void load(struct request *r)
{
	const Pb__ComplaintPass *in = (const Pb__ComplaintPass *)r->message;
	struct query *team;

	complaint_step_load(r);
	team = request_query(r, STMT_team_get);
	query_uuid(team, r->community_id);
	query_uuid(team, uuid_from_span(codec_span(true, in->team_id)));
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintPass *in = (const Pb__ComplaintPass *)r->message;

	state->record.team_id = uuid_from_span(codec_span(true, in->team_id));
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintPass *in = (const Pb__ComplaintPass *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_PASS);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	state->apply = apply;
	return ERR_OK;
}

static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	const struct query *team = &r->queries[complaint_step_own(r)];
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	if (query_rows(team) == 1 && !uuid_equal(row_uuid(team, 0, 1), record.team_id)) {
		state->given |= NEED_BIT(NEED_TEAM);
	}
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_pass = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
