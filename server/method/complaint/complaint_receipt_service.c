/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_receipt.h"

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

bool complaint_receipt_service(struct request *r, const struct complaint_work *work)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct receipt receipt = complaint_receipt_begin(r, RECEIPT_SERVICE);
	struct str text;

	receipt.service = (struct receipt_service){
		.crew = complaint_receipt_around(r, AROUND_CREW),
		.person = complaint_receipt_around(r, AROUND_WORKER),
		.arrived = complaint_receipt_around(r, AROUND_ARRIVED),
		.finished = complaint_receipt_around(r, AROUND_NOW),
		.result = state->record.result,
		.materials = work->materials,
		.material_count = work->material_count,
		.photo_count = (int64_t)(work->photo_hashes.len / 32),
	};
	text = complaint_receipt_issue(r, &receipt);
	state->receipt.photo_hashes = work->photo_hashes;
	state->record.receipt_id = state->receipt_id;
	keep_materials(r, work->materials, work->material_count);
	if (!work->wants_code || !complaint_can_be_signed(r)) {
		complaint_tell(r, OUTGOING_SERVICE_RECEIPT, text);
		return false;
	}
	return complaint_tell_code(r, OUTGOING_SERVICE_RECEIPT, CODE_SIGN, text);
}
