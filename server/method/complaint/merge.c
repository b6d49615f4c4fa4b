/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.merge: the same matter as another open complaint, its master; the owner is still answered.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_step.h"

static void load(struct request *r)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;
	struct query *master;

	complaint_step_load(r);
	master = request_query(r, STMT_complaint_get);
	query_uuid(master, r->community_id);
	query_uuid(master, uuid_from_span(codec_span(true, in->master_id)));
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;

	state->record.master_id = uuid_from_span(codec_span(true, in->master_id));
	state->master_version = in->master_version;
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_MERGE);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->apply = apply;
	return ERR_OK;
}

/* Open, of theirs too, and not this one: chains and circles cannot begin, since a merged one is not open. */
static enum err decide(struct request *r)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;
	struct complaint_step_state *state = complaint_step_of(r);
	const struct query *row = &r->queries[complaint_step_own(r)];
	struct complaint_record master;

	if (query_rows(row) == 1 && complaint_row_relation(r, row, 0).sees != 0) {
		master = complaint_row_record(row, 0);
		if (complaint_is_open(master.state) &&
			!uuid_equal(master.complaint_id, state->complaint_id)) {
			if (master.version != in->master_version) {
				return request_refuse(r, ERR_CONFLICT, "master_version", "the present one");
			}
			state->given |= NEED_BIT(NEED_MASTER);
		}
	}
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_merge = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
