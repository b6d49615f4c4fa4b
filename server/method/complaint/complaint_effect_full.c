/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second half of complaint_step_full's parameters: what a step leaves behind beside the record, its
 * event and words.
 */
#include "server/method/complaint/complaint_step.h"

/* $44–$53 */
static void add_codes(struct query *query, const struct complaint_step_state *state)
{
	const struct complaint_new_code *code = &state->new_code;

	query_uuid_or_null(query, state->outgoing_id);
	query_number_or_null(query, state->outgoing_kind);
	query_int2(query, state->record.language);
	query_bytes_or_null(query, state->outgoing_sealed);
	if (code->purpose == 0) {
		query_null(query);
		query_null(query);
		query_null(query);
		query_null(query);
	} else {
		query_uuid(query, code->code_id);
		query_int2(query, code->purpose);
		query_bytes(query, span_of(code->hash, sizeof code->hash));
		query_time(query, code->expires_us);
	}
	query_uuid_or_null(query, state->used_code_id);
	query_bytes(query, span_of(state->used_code_hash, sizeof state->used_code_hash));
}

/* Somebody's time was kept for it, and no longer is: not theirs, or not that time. */
static bool frees_slots(const struct complaint_step_state *state)
{
	return !uuid_is_nil(state->before.worker_id) && state->before.window_from_us != 0 &&
	       complaint_keeps_slot(state->before.state) &&
	       (state->takes_slot || state->record.window_from_us == 0 ||
			   !uuid_equal(state->record.worker_id, state->before.worker_id) ||
			   !complaint_keeps_slot(state->record.state));
}

/* $54–$64 */
static void add_receipt(struct request *r, struct query *query)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	const struct complaint_new_receipt *receipt = &state->receipt;

	query_uuid_or_null(query, state->takes_slot ? uuid_v7(request_now_us(r)) : uuid_nil);
	query_bool(query, frees_slots(state));
	if (receipt->kind == 0) {
		for (int i = 0; i < 5; i++) {
			query_null(query);
		}
	} else {
		query_int2(query, receipt->kind);
		query_bytes(query, span_of(receipt->code_hash, sizeof receipt->code_hash));
		query_bytes(query, receipt->body);
		query_text(query, receipt->text);
		query_bytes(query, receipt->photo_hashes);
	}
	query_texts(query, receipt->names, receipt->material_count);
	query_int8s(query, receipt->quantities, receipt->material_count);
	query_texts(query, receipt->units, receipt->material_count);
	query_int8s(query, receipt->prices, receipt->material_count);
}

/* The master it is no longer merged into; nil: it was not, or still is. */
static struct uuid left_master(const struct complaint_step_state *state)
{
	return uuid_is_nil(state->record.master_id) ? state->before.master_id : uuid_nil;
}

bool complaint_effect_is_full(const struct complaint_step_state *state)
{
	return !uuid_is_nil(state->outgoing_id) || state->new_code.purpose != 0 ||
	       !uuid_is_nil(state->used_code_id) || state->takes_slot || frees_slots(state) ||
	       state->receipt.kind != 0 || state->sign_method != 0 || state->master_version != 0 ||
	       !uuid_is_nil(left_master(state)) || !uuid_is_nil(state->proof_id) ||
	       complaint_tells_merged(state->verdict.move->step);
}

/* $69–$71 */
static void add_order(struct query *query, const struct complaint_step_state *state)
{
	query_number_or_null(query, state->takes_slot ? state->orders_max : 0);
	query_uuid_or_null(query, state->proof_id);
	if (uuid_is_nil(state->proof_id)) {
		query_null(query);
	} else {
		query_int4(query, (int32_t)state->proof_version);
	}
}

void complaint_effect_full(struct request *r, struct query *query)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	r->writes_outgoing = !uuid_is_nil(state->outgoing_id);
	add_codes(query, state);
	add_receipt(r, query);
	query_number_or_null(query, state->sign_method);
	query_text_or_null(query, state->sign_reason);
	if (state->master_version == 0) {
		query_null(query);
	} else {
		query_int4(query, (int32_t)state->master_version);
	}
	query_uuid_or_null(query, left_master(state));
	add_order(query, state);
	query_bytes_or_null(query, state->sign_hash);
}
