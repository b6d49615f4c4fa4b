/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.code: sends a one-time code to the telephone that the complaint knows. Whoever asks learns
 * nothing but when it expires.
 */
#include "server/method/receipt/receipt_owner.h"

static enum complaint_step step_of(Pb__Receipt__Purpose purpose)
{
	switch (purpose) {
	case PB__RECEIPT__PURPOSE__CONFIRM:
		return COMPLAINT_STEP_CONFIRM;
	case PB__RECEIPT__PURPOSE__WITHDRAW:
		return COMPLAINT_STEP_WITHDRAW;
	case PB__RECEIPT__PURPOSE__REOPEN:
		return COMPLAINT_STEP_REOPEN;
	default:
		return COMPLAINT_STEP_SIGN;
	}
}

static enum err check(struct request *r)
{
	const Pb__ReceiptCode *in = (const Pb__ReceiptCode *)r->message;
	struct receipt_owner_ask ask = {
		.code = in->code,
		.purpose = (enum code_purpose)in->purpose,
		.step = step_of(in->purpose),
	};

	/* Staff who were there have the owner sign; the code for it is asked for by them. */
	return in->purpose == PB__RECEIPT__PURPOSE__SIGN
	           ? request_refuse(r, ERR_FIELD_INVALID, "purpose", "CONFIRM, WITHDRAW, REOPEN")
	           : receipt_owner_begin(r, &ask);
}

static void add_effect(struct request *r)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	const struct complaint_new_code *code = &state->new_code;
	struct query *query = request_effect(r, STMT_code_send, state->complaint_id, uuid_nil);

	if (query == NULL) {
		return;
	}
	r->writes_outgoing = true;
	query_uuid(query, code->code_id);
	query_int2(query, code->purpose);
	query_bytes(query, span_of(code->hash, sizeof code->hash));
	query_time(query, code->expires_us);
	query_uuid(query, state->outgoing_id);
	query_int2(query, state->outgoing_kind);
	query_int2(query, state->before.language);
	query_bytes(query, state->outgoing_sealed);
}

/* Would the code be of use now, is there where to send it, and is it not too soon? */
static enum err decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	const Pb__ReceiptCode *in = (const Pb__ReceiptCode *)r->message;
	int64_t again_us = complaint_code_again_us(r, receipt_owner_code(r));
	Pb__ReceiptCodeReply *out;

	state->before = state->record = complaint_row_record(complaint_step_row(r), 0);
	if (!receipt_owner_can(r, &state->before, state->step)) {
		return request_refuse(r, ERR_STEP_REFUSED, "purpose", "what can be done now");
	}
	if (!complaint_has_phone(r)) {
		return complaint_step_refuse(r, NEED_PHONE);
	}
	if (again_us != 0) {
		r->retry_after_ms = (uint32_t)((again_us - request_now_us(r)) / 1000) + 1;
		return request_refuse(r, ERR_LOGIN_DELAYED, "one_time_code", "one a minute, ten a day");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	if (!complaint_tell_code(r, OUTGOING_CODE, (enum code_purpose)in->purpose, STR(""))) {
		return ERR_INTERNAL; /* the telephone does not open: logged */
	}
	out->has_expires_us = true;
	out->expires_us = state->new_code.expires_us;
	add_effect(r);
	return ERR_OK;
}

const struct method_impl impl_receipt_code = {
	.check = check,
	.locate = receipt_owner_locate,
	.located = receipt_owner_located,
	.load = receipt_owner_load,
	.may = receipt_owner_may,
	.decide = decide,
};
