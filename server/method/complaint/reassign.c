/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.reassign: somebody else goes to the appointment, or takes over on site: another crew, another person
 * (改派). The appointment stays; the time of who was sent is given back when that of the other is taken.
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_receipt.h"
#include "server/method/complaint/complaint_worker.h"
#include "server/method/message.h"

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	Pb__ComplaintReassignReply *out = (Pb__ComplaintReassignReply *)r->reply;
	enum err err = complaint_worker_take(r);

	if (err != ERR_OK) {
		return err;
	}
	complaint_receipt_appointment(r, NOTICE_OTHER_PERSON);
	out->has_receipt_id = true;
	out->receipt_id = message_uuid(&r->arena, state->receipt_id);
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintReassign *in = (const Pb__ComplaintReassign *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_REASSIGN);

	if (state == NULL) {
		return ERR_BUSY;
	}
	state->words = codec_str(in->reason);
	state->given = state->words.len > 0 ? NEED_BIT(NEED_REASON) : 0;
	state->tells = true;
	state->apply = apply;
	complaint_worker_ask(
		r, message_id(in->has_crew_id, in->crew_id), message_id(in->has_worker_id, in->worker_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	complaint_step_load(r);
	complaint_worker_load(r, true);
}

/* Somebody else than who has it. */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);
	bool is_other_crew =
		!uuid_is_nil(state->asked_crew_id) && !uuid_equal(state->asked_crew_id, record.crew_id);
	bool is_other_person = !uuid_is_nil(state->asked_worker_id) &&
	                       !uuid_equal(state->asked_worker_id, record.worker_id);

	state->given |= is_other_crew || is_other_person ? NEED_BIT(NEED_OTHER) : 0;
	return complaint_step_decide(r);
}

static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintReassignReply *out = (Pb__ComplaintReassignReply *)r->reply;

	out->receipt_code = complaint_receipt_code(r, minted);
}

const struct method_impl impl_complaint_reassign = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
	.mint = mint,
};
