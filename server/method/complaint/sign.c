/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.sign: the owner signs the service receipt by the code they were sent or by hand, or refuses with a reason;
 * where nobody can sign, the photographs stand in (签收).
 */
#include "complaint.pb-c.h"
#include "server/method/complaint/complaint_code.h"
#include "server/method/file/file_choice.h"

enum { SIGN_CODE = 1, SIGN_HAND = 2, SIGN_REFUSED = 3, SIGN_NOBODY = 4 }; /* Receipt.SignMethod */
enum { KIND_DWELLING = 3 };                                               /* Place.Kind */

static const struct query *code_of(const struct request *r)
{
	return &r->queries[complaint_step_own(r)];
}

static struct file_choice signature_of(const Pb__ComplaintSign *in)
{
	return (struct file_choice){&in->signature_id, in->has_signature_id ? 1 : 0};
}

/* Behind the code's; where none is named there is no such query. */
static const struct query *file_of(const struct request *r)
{
	return &r->queries[complaint_step_own(r) + 1];
}

/*
 * Drawn for this complaint after the receipt was made: what was drawn under another receipt signs none that came
 * later, as with codes.
 */
static bool is_signed_by_hand(const struct request *r)
{
	struct file_choice choice = signature_of((const Pb__ComplaintSign *)r->message);
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	return file_choice_is_good(
			   r, file_of(r), &choice, record.complaint_id, FILE_PURPOSE_BIT(SIGNATURE)) &&
	       file_row_record(file_of(r), 0).begun_us > record.work_done_us;
}

static enum err apply(struct request *r, struct complaint_step_state *state)
{
	const Pb__ComplaintSign *in = (const Pb__ComplaintSign *)r->message;

	state->receipt_id = state->before.receipt_id;
	state->sign_method = (int)in->sign_method;
	state->sign_reason = state->words;
	if (in->sign_method == SIGN_HAND) {
		state->sign_hash = file_row_record(file_of(r), 0).kept_hash;
	}
	return ERR_OK;
}

static enum err check(struct request *r)
{
	const Pb__ComplaintSign *in = (const Pb__ComplaintSign *)r->message;
	struct complaint_step_state *state = complaint_step_begin(
		r, in->community_id, in->complaint_id, in->version, COMPLAINT_STEP_SIGN);

	if (state == NULL) {
		return ERR_BUSY;
	}
	if ((in->sign_method == SIGN_CODE) != (in->one_time_code != NULL)) {
		return request_refuse(r, ERR_FIELD_INVALID, "one_time_code", "with sign_method 1 only");
	}
	if ((in->sign_method == SIGN_REFUSED) != (in->reason != NULL)) {
		return request_refuse(r, ERR_FIELD_INVALID, "reason", "with sign_method 3 only");
	}
	if ((in->sign_method == SIGN_HAND) != in->has_signature_id) {
		return request_refuse(r, ERR_FIELD_INVALID, "signature_id", "with sign_method 2 only");
	}
	state->words = codec_str(in->reason);
	state->tells = true; /* complaint_can_be_signed */
	state->apply = apply;
	return ERR_OK;
}

static void load(struct request *r)
{
	struct file_choice choice = signature_of((const Pb__ComplaintSign *)r->message);

	complaint_step_load(r);
	complaint_code_load(r, complaint_step_of(r)->complaint_id, CODE_SIGN);
	file_choice_load(r, &choice);
}

/* A public place, or nobody who could be asked. */
static bool can_nobody_sign(const struct request *r)
{
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	return record.place_kind != KIND_DWELLING || !complaint_can_be_signed(r);
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintSign *in = (const Pb__ComplaintSign *)r->message;
	struct complaint_step_state *state = complaint_step_of(r);
	enum code_verdict verdict = CODE_IS_WRONG;
	bool is_good = in->sign_method == SIGN_REFUSED ||
	               (in->sign_method == SIGN_NOBODY && can_nobody_sign(r)) ||
	               (in->sign_method == SIGN_HAND && is_signed_by_hand(r));
	enum err err;

	if (in->sign_method == SIGN_CODE) {
		verdict = complaint_code_check(r, code_of(r), CODE_SIGN, codec_str(in->one_time_code));
		is_good = verdict == CODE_IS_RIGHT;
	}
	state->given |= is_good ? NEED_BIT(NEED_SIGNATURE) : 0;
	err = complaint_step_decide(r);
	if (err != ERR_FIELD_INVALID || is_good) {
		return err;
	}
	if (in->sign_method == SIGN_HAND) {
		return request_refuse(r, ERR_FIELD_INVALID, "signature_id",
			"a finished signature of this complaint, drawn for its present receipt");
	}
	return in->sign_method == SIGN_CODE ? complaint_code_refuse(r, code_of(r), verdict) : err;
}

const struct method_impl impl_complaint_sign = {
	.check = check,
	.load = load,
	.may = complaint_step_may,
	.decide = decide,
};
