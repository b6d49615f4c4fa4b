/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_receipt.h"

#include "server/method/complaint/complaint_column.h"
#include "server/receipt_code.h"
#include "server/server.h"

/* Columns of complaint_around. */
enum around {
	AROUND_COMMUNITY,
	AROUND_SHORT_NO,
	AROUND_CONTACT,
	AROUND_TEAM,
	AROUND_CREW,
	AROUND_WORKER,
	AROUND_NOW,
	AROUND_SUBMITTED,
	AROUND_ARRIVED,
	AROUND_FROM,
	AROUND_TO,
	AROUND_UNTIL,
	AROUND_ZONE,
};

static struct str around(const struct request *r, enum around column)
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
	struct str team = around(r, AROUND_TEAM);
	struct str contact = around(r, AROUND_CONTACT);

	if (team.len == 0 || contact.len == 0) {
		return team.len == 0 ? contact : team;
	}
	return arena_printf(&r->arena, "%.*s %.*s", STR_ARG(team), STR_ARG(contact));
}

static struct receipt begin(struct request *r, enum receipt_kind kind)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	return (struct receipt){
		.kind = kind,
		.language = (enum receipt_language)state->before.language,
		.number = state->before.number,
		.community = around(r, AROUND_COMMUNITY),
		.place = place_of(r),
		.issued = around(r, AROUND_NOW),
		.zone = around(r, AROUND_ZONE),
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

/* Into the state; returns what the owner is sent below the receipt: its code. */
static struct str issue(struct request *r, const struct receipt *receipt)
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

void complaint_receipt_appointment(struct request *r)
{
	struct receipt receipt = begin(r, RECEIPT_APPOINTMENT);

	receipt.appointment = (struct receipt_appointment){
		.from = around(r, AROUND_FROM),
		.to = around(r, AROUND_TO),
		.crew = around(r, AROUND_CREW),
		.person = around(r, AROUND_WORKER),
		.contact = contact_of(r),
	};
	complaint_tell(r, OUTGOING_APPOINTMENT, issue(r, &receipt));
}

static void keep_materials(
	struct request *r, const struct receipt_material *materials, size_t count)
{
	struct complaint_new_receipt *receipt = &complaint_step_of(r)->receipt;
	size_t room = size_max(count, 1);
	struct str *names = arena_alloc(&r->arena, room * sizeof *names);
	struct str *units = arena_alloc(&r->arena, room * sizeof *units);
	int64_t *quantities = arena_alloc(&r->arena, room * sizeof *quantities);
	int64_t *prices = arena_alloc(&r->arena, room * sizeof *prices);

	for (size_t i = 0; !r->arena.failed && i < count; i++) {
		names[i] = materials[i].name;
		units[i] = materials[i].unit;
		quantities[i] = materials[i].quantity;
		prices[i] = materials[i].price_fen;
	}
	receipt->names = names;
	receipt->units = units;
	receipt->quantities = quantities;
	receipt->prices = prices;
	receipt->material_count = r->arena.failed ? 0 : count;
}

bool complaint_receipt_service(struct request *r, const struct receipt_material *materials,
	size_t material_count, struct span photo_hashes)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct receipt receipt = begin(r, RECEIPT_SERVICE);
	struct str text;

	receipt.service = (struct receipt_service){
		.crew = around(r, AROUND_CREW),
		.person = around(r, AROUND_WORKER),
		.arrived = around(r, AROUND_ARRIVED),
		.finished = around(r, AROUND_NOW),
		.result = state->record.result,
		.materials = materials,
		.material_count = material_count,
		.photo_count = (int64_t)(photo_hashes.len / 32),
	};
	text = issue(r, &receipt);
	state->receipt.photo_hashes = photo_hashes;
	state->record.receipt_id = state->receipt_id;
	keep_materials(r, materials, material_count);
	if (!complaint_can_be_signed(r)) {
		complaint_tell(r, OUTGOING_SERVICE_RECEIPT, text);
		return false;
	}
	return complaint_tell_code(r, OUTGOING_SERVICE_RECEIPT, CODE_SIGN, text);
}

char *complaint_receipt_code(struct request *r, struct str minted)
{
	struct uuid receipt_id;

	if (!uuid_parse(minted, &receipt_id)) {
		return NULL;
	}
	return arena_c_string(&r->arena, str_from_c(code_of(r, receipt_id).text));
}
