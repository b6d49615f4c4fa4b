/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_tell.h"

#include "server/domain/phone.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/server.h"

enum { REPORTER_NAMED = 1 }; /* Complaint.Reporter */

/* Columns of complaint_around. */
enum { COLUMN_COMMUNITY = 0, COLUMN_UNTIL = 11 };

static bool open_phone(const struct request *r, struct str *out)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_contact contact;

	if (!complaint_contact_open(
			(struct request *)r, complaint_step_contact(r), state->complaint_id, &contact)) {
		return false;
	}
	*out = contact.phone;
	return contact.phone.len > 0;
}

bool complaint_has_phone(const struct request *r)
{
	const struct query *contact = complaint_step_contact(r);

	return query_rows(contact) > 0 && !row_is_null(contact, 0, 2);
}

bool complaint_can_be_signed(const struct request *r)
{
	struct complaint_record record = complaint_row_record(complaint_step_row(r), 0);

	return record.reporter == REPORTER_NAMED && complaint_has_phone(r);
}

struct notice_facts complaint_facts(const struct request *r, struct str text)
{
	const struct query *around = complaint_step_around(r);

	return (struct notice_facts){
		.community = row_text(around, 0, COLUMN_COMMUNITY),
		.number = complaint_step_of(r)->before.number,
		.text = text,
		.until = row_text(around, 0, COLUMN_UNTIL),
	};
}

void complaint_tell(struct request *r, enum outgoing_kind kind, struct str text)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct outgoing_message message = {.text = text};

	assert(uuid_is_nil(state->outgoing_id)); /* one message a step */
	if (!open_phone(r, &message.to)) {
		return;
	}
	state->outgoing_id = uuid_v7(request_now_us(r));
	state->outgoing_kind = (int)kind;
	state->outgoing_sealed =
		outgoing_seal(&r->arena, &r->server->seal, r->community_id, state->outgoing_id, &message);
}

void complaint_tell_notice(
	struct request *r, enum outgoing_kind kind, enum notice notice, struct str text)
{
	struct notice_facts facts = complaint_facts(r, text);

	complaint_tell(
		r, kind, notice_text(&r->arena, notice, complaint_step_of(r)->before.language, &facts));
}

static enum notice notice_of(enum code_purpose purpose)
{
	switch (purpose) {
	case CODE_SIGN:
		return NOTICE_SIGN_CODE;
	case CODE_CONFIRM:
		return NOTICE_CONFIRM_CODE;
	case CODE_WITHDRAW:
		return NOTICE_WITHDRAW_CODE;
	case CODE_REOPEN:
		return NOTICE_REOPEN_CODE;
	}
	unreachable();
}

bool complaint_tell_code(
	struct request *r, enum outgoing_kind kind, enum code_purpose purpose, struct str before)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct complaint_new_code *code = &state->new_code;
	struct notice_facts facts = complaint_facts(r, STR(""));
	char digits[SEAL_DIGITS_BYTES];
	struct str text;
	bool made;

	if (!complaint_has_phone(r)) {
		return false;
	}
	seal_one_time_digits(digits);
	facts.code = str_of(digits, SEAL_DIGIT_COUNT);
	text = notice_text(&r->arena, notice_of(purpose), state->before.language, &facts);
	*code = (struct complaint_new_code){
		.purpose = (int)purpose,
		.code_id = uuid_v7(request_now_us(r)),
		.expires_us = request_now_us(r) + CODE_LIVES_US,
	};
	made = seal_one_time_code(
		&r->server->seal, r->community_id, code->code_id, (int32_t)purpose, facts.code, code->hash);
	assert(made);
	r->arena.is_secret = true; /* it held the code */
	explicit_bzero(digits, sizeof digits);
	complaint_tell(r, kind,
		before.len == 0 ? text
						: arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(before), STR_ARG(text)));
	if (uuid_is_nil(state->outgoing_id)) {
		code->purpose = 0; /* the telephone does not open: nobody would get it */
	}
	return code->purpose != 0;
}
