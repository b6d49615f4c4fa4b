/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.suspend: a listed reason lets it rest until an end, and the owner is told (挂起). What rests for more
 * than seven days in all does so by the manager's word; pauses are counted by the events, which the version
 * guards.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_tell.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	state->record.suspend_reason = state->reason;
	state->record.suspended_until_us = state->asked_until_us;
	complaint_tell_notice(r, OUTGOING_SUSPENDED, NOTICE_SUSPENDED, state->words);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintSuspend *in = (const Pb__ComplaintSuspend *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_SUSPEND);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->reason = (int)in->reason;
	state->asked_until_us = in->until_us;
	state->words = codec_str(in->words);
	state->tells = true;
	state->apply = apply;
	return ERR_OK;
}

static void load(struct request *r)
{
	struct query *query;

	complaint_step_load(r);
	assert(r->query_count == complaint_step_own(r));
	query = request_query(r, STMT_complaint_paused);
	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
	query_time(query, request_now_us(r));
}

/* Not in check: a request that was applied in time is answered again when its end is over. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	bool is_listed = state->reason >= PB__COMPLAINT__REASON__WAITING_OWNER;
	enum err err;

	if (is_listed && complaint_pause_is_good(state->asked_until_us, request_now_us(r))) {
		state->given |= NEED_BIT(NEED_PAUSE);
	}
	state->pauses_us = row_int8(&r->queries[complaint_step_own(r)], 0, 0) + state->asked_until_us -
	                   request_now_us(r);
	err = complaint_step_decide(r);
	return err == ERR_FIELD_INVALID && !is_listed
	           ? request_refuse(r, err, "reason",
					 "WAITING_OWNER, WAITING_PARTS, WAITING_AUTHORITY, FORCE_MAJEURE")
	           : err;
}

const struct method_impl impl_complaint_suspend = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
