/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_step.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "server/method/complaint/complaint_row.h"

#define SALT_BYTES 32
#define QUERY_COMPLAINT 0

struct complaint_step_state *complaint_step_begin(struct request *r,
	ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id, uint32_t version,
	enum complaint_step step)
{
	struct complaint_step_state *state = arena_new(&r->arena, struct complaint_step_state);

	if (state != NULL) {
		r->community_id = uuid_from_span(codec_span(true, community_id));
		state->complaint_id = uuid_from_span(codec_span(true, complaint_id));
		state->version = version;
		state->step = step;
	}
	r->state = state;
	return state;
}

struct complaint_step_state *complaint_step_of(const struct request *r)
{
	assert(r->state != NULL);
	return r->state;
}

const struct query *complaint_step_row(const struct request *r)
{
	assert(r->queries[QUERY_COMPLAINT].stmt == STMT_complaint_get);
	return &r->queries[QUERY_COMPLAINT];
}

void complaint_step_load(struct request *r)
{
	struct query *query = request_query(r, STMT_complaint_get);

	query_uuid(query, r->community_id);
	query_uuid(query, complaint_step_of(r)->complaint_id);
}

/* Roles that see complaints at all: an administrator's reach is everywhere, but not here. */
static role_set reach_of(const struct request *r, const struct area *area)
{
	return request_reach(r, area) & right_roles(RIGHT_COMPLAINT_READ);
}

enum err complaint_step_may(struct request *r)
{
	const struct query *row = complaint_step_row(r);
	struct area area;

	if (query_rows(row) == 0) {
		return ERR_NOT_FOUND;
	}
	area = complaint_row_area(row, 0, request_now_us(r));
	return reach_of(r, &area) == 0 ? ERR_NOT_FOUND : ERR_OK;
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

static void add_effect(struct request *r, struct uuid grant_id)
{
	const struct complaint_step_state *state = complaint_step_of(r);
	int64_t now_us = request_now_us(r);
	struct query *query = request_effect(r, STMT_complaint_step, state->complaint_id, grant_id);

	if (query == NULL) {
		return;
	}
	query_int4(query, (int32_t)state->version);
	query_int2(query, (int)state->move->step);
	query_int2(query, (int)state->move->from);
	query_int2(query, (int)state->move->to);
	query_uuid_or_null(query, state->crew_id);
	query_time_or_null(query, state->window_from_us);
	query_time_or_null(query, state->window_to_us);
	query_time_or_null(query, state->is_arrival ? now_us : 0);
	query_time_or_null(query, state->is_work_done ? now_us : 0);
	query_text_or_null(query, state->result);
	query_time_or_null(query, state->is_end ? now_us : 0);
	if (state->rating == 0) {
		query_null(query);
	} else {
		query_int2(query, state->rating);
	}
	add_words(r, query, state->words);
}

enum err complaint_step_decide(struct request *r)
{
	struct complaint_step_state *state = complaint_step_of(r);
	const struct query *row = complaint_step_row(r);
	struct area area = complaint_row_area(row, 0, request_now_us(r));
	struct complaint_ask ask = {
		.state = complaint_row_state(row, 0),
		.version = complaint_row_version(row, 0),
		.version_expected = state->version,
		.step = state->step,
		.reach = reach_of(r, &area),
		.given = state->given,
	};
	enum err err = complaint_decide(&ask, &state->move);

	if (err == ERR_CONFLICT || err == ERR_STEP_REFUSED) {
		Pb__Complaint *current = complaint_row_message(&r->arena, row, 0);

		r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	}
	if (err != ERR_OK) {
		return err;
	}
	request_reply_version(r, ask.version + 1);
	if (r->reply != NULL) {
		add_effect(r, request_grant(r, state->move->roles, &area));
	}
	return ERR_OK;
}
