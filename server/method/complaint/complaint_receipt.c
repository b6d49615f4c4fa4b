/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_receipt.h"

#include "server/method/complaint/complaint_column.h"
#include "server/receipt_code.h"
#include "server/server.h"

struct str complaint_receipt_around(const struct request *r, enum around column)
{
	return row_text(complaint_step_around(r), 0, (int)column);
}

/* The name where it has one: "3号楼2单元501室", else what people call it. */
static struct str place_of(const struct request *r)
{
	const struct query *row = complaint_step_row(r);
	struct str name = row_text(row, 0, COLUMN_PLACE_NAME);

	return name.len > 0 ? name : row_text(row, 0, COLUMN_PLACE_CODE);
}

/* "幸福里一组 0991-1234567", as far as there is one. */
static struct str contact_of(struct request *r)
{
	struct str team = complaint_receipt_around(r, AROUND_TEAM);
	struct str contact = complaint_receipt_around(r, AROUND_CONTACT);

	if (team.len == 0 || contact.len == 0) {
		return team.len == 0 ? contact : team;
	}
	return arena_printf(&r->arena, "%.*s %.*s", STR_ARG(team), STR_ARG(contact));
}

struct receipt complaint_receipt_begin(struct request *r, enum receipt_kind kind)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	return (struct receipt){
		.kind = kind,
		.language = (enum receipt_language)state->before.language,
		.number = state->before.number,
		.community = complaint_receipt_around(r, AROUND_COMMUNITY),
		.place = place_of(r),
		.issued = complaint_receipt_around(r, AROUND_NOW),
		.zone = complaint_receipt_around(r, AROUND_ZONE),
	};
}

static struct receipt_code code_of(const struct request *r, struct uuid receipt_id)
{
	struct receipt_code code;

	receipt_code_make(&r->server->seal,
		(uint32_t)row_int4(complaint_step_around(r), 0, AROUND_SHORT_NO), r->community_id,
		receipt_id, &code);
	return code;
}

struct str complaint_receipt_issue(struct request *r, const struct receipt *receipt)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct uuid receipt_id = uuid_v7(request_now_us(r));
	struct receipt_code code = code_of(r, receipt_id);
	struct notice_facts facts = {.code = str_from_c(code.text)};
	struct receipt_bytes bytes;

	receipt_make(&r->arena, receipt, &bytes);
	state->receipt_id = receipt_id;
	state->receipt.kind = (int)receipt->kind;
	memcpy(state->receipt.code_hash, code.hash, sizeof state->receipt.code_hash);
	state->receipt.body = bytes.json;
	state->receipt.text = bytes.text;
	return notice_text(&r->arena, NOTICE_RECEIPT_CODE, (int)receipt->language, &facts);
}

/* Whoever comes; what was loaded names the one who had it, also where that is nobody any more. */
static struct str person_of(const struct request *r)
{
	return uuid_is_nil(complaint_step_of(r)->record.worker_id)
	           ? STR("")
	           : complaint_receipt_around(r, AROUND_WORKER);
}

/* What is different, below the receipt and above its code. */
static struct str change_of(struct request *r, enum notice change)
{
	struct str from = complaint_receipt_around(r, AROUND_WAS_FROM);
	struct str was = arena_printf(
		&r->arena, "%.*s–%.*s", STR_ARG(from), STR_ARG(complaint_receipt_around(r, AROUND_WAS_TO)));
	struct notice_facts facts = complaint_facts(r, was);

	return notice_text(&r->arena, change, complaint_step_of(r)->before.language, &facts);
}

void complaint_receipt_appointment(struct request *r, enum notice change)
{
	struct receipt receipt = complaint_receipt_begin(r, RECEIPT_APPOINTMENT);
	struct str code;

	receipt.appointment = (struct receipt_appointment){
		.from = complaint_receipt_around(r, AROUND_FROM),
		.to = complaint_receipt_around(r, AROUND_TO),
		.crew = complaint_receipt_around(r, AROUND_CREW),
		.person = person_of(r),
		.contact = contact_of(r),
	};
	code = complaint_receipt_issue(r, &receipt);
	if (change == NOTICE_COUNT) {
		complaint_tell(r, OUTGOING_APPOINTMENT, code);
	} else {
		struct str words = change_of(r, change);

		complaint_tell(r, OUTGOING_VISIT_CHANGED,
			arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(words), STR_ARG(code)));
	}
}

char *complaint_receipt_code(struct request *r, struct str minted)
{
	struct uuid receipt_id;

	if (!uuid_parse(minted, &receipt_id)) {
		return NULL;
	}
	return arena_c_string(&r->arena, str_from_c(code_of(r, receipt_id).text));
}
