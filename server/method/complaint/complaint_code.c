/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_code.h"

#include <openssl/crypto.h>

#include "server/net/conn.h"
#include "server/server.h"

/* Columns of code_newest. */
enum {
	COLUMN_CODE_ID,
	COLUMN_HASH,
	COLUMN_MADE,
	COLUMN_EXPIRES,
	COLUMN_TRIES_LEFT,
	COLUMN_IS_USED,
	COLUMN_DAY_COUNT,
};

#define CODE_DAY_MAX 10
#define DAY_US (INT64_C(24) * 3600 * 1000000)

void complaint_code_load(struct request *r, struct uuid complaint_id, enum code_purpose purpose)
{
	struct query *query = request_query(r, STMT_code_newest);

	query_uuid(query, r->community_id);
	query_uuid(query, complaint_id);
	query_int2(query, (int)purpose);
	query_time(query, request_now_us(r));
}

enum code_verdict complaint_code_check(
	struct request *r, const struct query *code, enum code_purpose purpose, struct str digits)
{
	struct complaint_step_state *state = complaint_step_of(r);
	struct uuid code_id;
	uint8_t hash[SEAL_HASH_BYTES];

	if (purpose == CODE_SIGN && query_rows(code) > 0 &&
		row_time(code, 0, COLUMN_MADE) <
			complaint_row_record(complaint_step_row(r), 0).work_done_us) {
		return CODE_IS_SPENT; /* it was sent with another receipt than the one to be signed */
	}
	if (query_rows(code) == 0 || row_bool(code, 0, COLUMN_IS_USED) ||
		row_int2(code, 0, COLUMN_TRIES_LEFT) == 0 ||
		row_time(code, 0, COLUMN_EXPIRES) <= request_now_us(r)) {
		return CODE_IS_SPENT;
	}
	code_id = row_uuid(code, 0, COLUMN_CODE_ID);
	if (!seal_one_time_code(
			&r->server->seal, r->community_id, code_id, (int32_t)purpose, digits, hash) ||
		row_bytes(code, 0, COLUMN_HASH).len != sizeof hash ||
		CRYPTO_memcmp(hash, row_bytes(code, 0, COLUMN_HASH).ptr, sizeof hash) != 0) {
		return CODE_IS_WRONG;
	}
	state->used_code_id = code_id;
	memcpy(state->used_code_hash, hash, sizeof hash);
	return CODE_IS_RIGHT;
}

/* Of whoever is not logged in; staff answer with their name. */
static struct str source_of(struct request *r)
{
	const struct conn *conn = r->right == RIGHT_ANYONE ? conn_find(r->server, r->conn_id) : NULL;

	return conn == NULL ? (struct str){NULL, 0} : arena_str(&r->arena, str_from_c(conn->peer));
}

enum err complaint_code_refuse(
	struct request *r, const struct query *code, enum code_verdict verdict)
{
	struct query *effect;
	char allowed[32];

	assert(verdict != CODE_IS_RIGHT);
	if (verdict == CODE_IS_SPENT) {
		return request_refuse(r, ERR_CODE_SPENT, "one_time_code", "a new one");
	}
	(void)snprintf(
		allowed, sizeof allowed, "%d tries left", row_int2(code, 0, COLUMN_TRIES_LEFT) - 1);
	effect = request_plain_effect(r, STMT_code_failed);
	if (effect != NULL) {
		query_uuid(effect, r->community_id);
		query_uuid(effect, row_uuid(code, 0, COLUMN_CODE_ID));
		query_text_or_null(effect, source_of(r));
		query_time(effect, request_now_us(r));
	}
	return request_refuse(r, ERR_CODE_WRONG, "one_time_code", allowed);
}

int64_t complaint_code_again_us(const struct request *r, const struct query *code)
{
	int64_t made_us = query_rows(code) == 0 ? 0 : row_time(code, 0, COLUMN_MADE);
	int64_t again_us = made_us + CODE_AGAIN_US;

	if (query_rows(code) > 0 && row_int8(code, 0, COLUMN_DAY_COUNT) >= CODE_DAY_MAX) {
		again_us = made_us + DAY_US; /* at the latest: the oldest of the ten falls out earlier */
	}
	return again_us > request_now_us(r) ? again_us : 0;
}
