/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.merge: the same matter as another open complaint, its master. Where that is withdrawn or
 * rejected, the server takes it out again.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/complaint_step.h"

enum { OWN_MASTER, OWN_IS_MASTER }; /* behind complaint_step_own */

static const struct query *own(const struct request *r, size_t i)
{
	return &r->queries[complaint_step_own(r) + i];
}

static void load(struct request *r)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;
	struct query *query;

	complaint_step_load(r);
	query = request_query(r, STMT_complaint_get);
	query_uuid(query, r->community_id);
	query_uuid(query, uuid_from_span(codec_span(true, in->master_id)));
	query = request_query(r, STMT_complaint_is_master);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
}

/* Both change together: the master is the one that the client saw, too. */
static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintMerge *in = (const Pb__ComplaintMerge *)r->message;
	struct complaint_record master = complaint_row_record(own(r, OWN_MASTER), 0);

	if (master.version != in->master_version) {
		Pb__Complaint *current = complaint_message(&r->arena, own(r, OWN_MASTER), 0);

		r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
		return request_refuse(r, ERR_CONFLICT, "master_version", "the present one");
	}
	state->record.master_id = master.complaint_id;
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

/*
 * Open, of theirs too, and not this one; nor is this one a master itself. So every owner is one step from
 * the answer, and circles cannot begin, since a merged one is not open.
 */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	const struct query *row = own(r, OWN_MASTER);
	bool is_master = row_bool(own(r, OWN_IS_MASTER), 0, 0);
	struct complaint_record master;

	if (!is_master && query_rows(row) == 1 && complaint_row_relation(r, row, 0).sees != 0) {
		master = complaint_row_record(row, 0);
		state->given |=
			complaint_is_open(master.state) && !uuid_equal(master.complaint_id, state->complaint_id)
				? NEED_BIT(NEED_MASTER)
				: 0;
	}
	return complaint_step_decide(r);
}

const struct method_impl impl_complaint_merge = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
