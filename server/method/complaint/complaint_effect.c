/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step decided, as the parameters of its one statement: complaint_step, or complaint_step_full
 * where it leaves more behind than the record, an event and words.
 */
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "server/method/complaint/complaint_step.h"

#define SALT_BYTES 32

enum { ACTOR_STAFF = 1, ACTOR_OWNER = 2 }; /* Complaint.Actor */

static void add_number(struct query *query, int number)
{
	if (number == 0) {
		query_null(query);
	} else {
		query_int2(query, number);
	}
}

static void add_bytes_or_null(struct query *query, struct span bytes)
{
	if (bytes.ptr == NULL) {
		query_null(query);
	} else {
		query_bytes(query, bytes);
	}
}

/* Salt, words and their hash: erasing the first two leaves the record whole. */
static void add_words(struct request *r, struct query *query, struct str words)
{
	uint8_t *salted = arena_alloc(&r->arena, SALT_BYTES + words.len);
	uint8_t hash[SHA256_DIGEST_LENGTH];
	int done;

	if (words.len == 0 || salted == NULL) {
		query_null(query);
		query_null(query);
		query_null(query);
		return;
	}
	done = RAND_bytes(salted, SALT_BYTES);
	assert(done == 1);
	memcpy(salted + SALT_BYTES, words.ptr, words.len);
	SHA256(salted, SALT_BYTES + words.len, hash);
	query_bytes(query, span_of(salted, SALT_BYTES));
	query_text(query, words);
	query_bytes(query, span_of(hash, sizeof hash));
}

/* $14–$26 */
static void add_visit(struct query *query, const struct complaint_record *record)
{
	query_uuid_or_null(query, record->team_id);
	query_uuid_or_null(query, record->crew_id);
	query_uuid_or_null(query, record->worker_id);
	query_time_or_null(query, record->window_from_us);
	query_time_or_null(query, record->window_to_us);
	query_time_or_null(query, record->arrived_us);
	query_time_or_null(query, record->work_done_us);
	query_text_or_null(query, record->result);
	query_time_or_null(query, record->ended_us);
	add_number(query, record->rating);
	add_number(query, (int)record->state_before);
	add_number(query, record->suspend_reason);
	query_time_or_null(query, record->suspended_until_us);
}

/* $27–$36 */
static void add_rest(struct query *query, const struct complaint_record *record)
{
	query_uuid_or_null(query, record->master_id);
	query_time_or_null(query, record->accepted_us);
	query_time_or_null(query, record->pending_us);
	query_text_or_null(query, record->advice);
	query_text_or_null(query, record->answer);
	add_number(query, record->close_mode);
	add_number(query, record->follow_up_score);
	query_time_or_null(query, record->followed_up_us);
	query_uuid_or_null(query, record->receipt_id);
	query_int2(query, record->reopened_count);
}

/* $37–$43 */
static void add_event(struct request *r, struct query *query)
{
	const struct complaint_step_state *state = complaint_step_of(r);

	query_int2(query, state->is_owner ? ACTOR_OWNER : ACTOR_STAFF);
	add_number(query, state->reason);
	add_number(query, state->score);
	query_uuid_or_null(query, state->receipt_id);
	add_words(r, query, state->words);
}

/* $44–$53 */
static void add_codes(struct query *query, const struct complaint_step_state *state)
{
	const struct complaint_new_code *code = &state->new_code;

	query_uuid_or_null(query, state->outgoing_id);
	add_number(query, state->outgoing_kind);
	query_int2(query, state->record.language);
	add_bytes_or_null(query, state->outgoing_sealed);
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

/* Somebody's time was kept for it, and no longer is, or no longer that time. */
static bool frees_slots(const struct complaint_step_state *state)
{
	return !uuid_is_nil(state->before.worker_id) && complaint_keeps_slot(state->before.state) &&
	       (state->takes_slot || state->record.window_from_us == 0 ||
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

static bool is_full(const struct complaint_step_state *state)
{
	return !uuid_is_nil(state->outgoing_id) || state->new_code.purpose != 0 ||
	       !uuid_is_nil(state->used_code_id) || state->takes_slot || frees_slots(state) ||
	       state->receipt.kind != 0 || state->sign_method != 0 || state->master_version != 0;
}

void complaint_effect(struct request *r, struct uuid grant_id)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	bool full = is_full(state);
	struct query *query = request_effect(
		r, full ? STMT_complaint_step_full : STMT_complaint_step, state->complaint_id, grant_id);

	if (query == NULL) {
		return;
	}
	query_int4(query, (int32_t)state->before.version);
	query_int2(query, (int)state->verdict.move->step);
	query_int2(query, (int)state->before.state);
	query_int2(query, (int)state->record.state);
	add_visit(query, &state->record);
	add_rest(query, &state->record);
	add_event(r, query);
	if (!full) {
		return;
	}
	add_codes(query, state);
	add_receipt(r, query);
	add_number(query, state->sign_method);
	query_text_or_null(query, state->sign_reason);
	if (state->master_version == 0) {
		query_null(query);
	} else {
		query_int4(query, (int32_t)state->master_version);
	}
}
