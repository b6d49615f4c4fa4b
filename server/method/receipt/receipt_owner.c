/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/receipt/receipt_owner.h"

#include "server/net/conn.h"
#include "server/receipt_code.h"
#include "server/server.h"

enum { QUERY_LOCATE, QUERY_DELAY };

/* Lives in request.state; the step's own state is its beginning. */
struct owner {
	struct complaint_step_state step;
	struct receipt_code code;
	struct str digits;
	enum code_purpose purpose;
	struct uuid receipt_id;
};

static struct owner *owner_of(const struct request *r)
{
	return container_of(complaint_step_of(r), struct owner, step);
}

enum err receipt_owner_begin(struct request *r, const struct receipt_owner_ask *ask)
{
	struct owner *owner = arena_new(&r->arena, struct owner);

	if (owner == NULL) {
		return ERR_BUSY;
	}
	if (!receipt_code_parse(str_from_c(ask->code), &owner->code)) {
		return request_refuse(r, ERR_FIELD_INVALID, "code", "as on the receipt: 12-7K3M-…");
	}
	owner->digits = str_from_c(ask->one_time_code);
	owner->purpose = ask->purpose;
	owner->step.step = ask->step;
	owner->step.tells = true;
	if (ask->reason != NULL) {
		owner->step.words = str_from_c(ask->reason);
		owner->step.given = NEED_BIT(NEED_REASON);
	}
	r->arena.is_secret = true; /* it holds the code */
	r->state = &owner->step;
	return ERR_OK;
}

void receipt_owner_locate(struct request *r)
{
	const struct owner *owner = owner_of(r);
	const struct conn *conn = conn_find(r->server, r->conn_id);
	struct query *query = request_query(r, STMT_receipt_locate);

	query_int4(query, (int32_t)owner->code.community_no);
	query_bytes(query, span_of(owner->code.hash, sizeof owner->code.hash));
	query = request_query(r, STMT_source_delay);
	query_text(query, str_from_c(conn == NULL ? "" : conn->peer));
}

enum err receipt_owner_located(struct request *r)
{
	struct owner *owner = owner_of(r);
	const struct query *found = &r->queries[QUERY_LOCATE];
	const struct query *delay = &r->queries[QUERY_DELAY];
	int64_t wait_us = query_rows(delay) == 0 ? 0 : row_time(delay, 0, 0) - request_now_us(r);

	if (wait_us > 0) {
		r->retry_after_ms = (uint32_t)(wait_us / US_PER_MS) + 1;
		return ERR_LOGIN_DELAYED;
	}
	if (query_rows(found) == 0) {
		return ERR_NOT_FOUND;
	}
	r->community_id = row_uuid(found, 0, 0);
	owner->receipt_id = row_uuid(found, 0, 1);
	owner->step.complaint_id = row_uuid(found, 0, 2);
	return ERR_OK;
}

void receipt_owner_load(struct request *r)
{
	complaint_step_load(r);
	complaint_code_load(r, complaint_step_of(r)->complaint_id, owner_of(r)->purpose);
}

/* Whoever has the code may: it was located by nothing else. */
enum err receipt_owner_may(struct request *r)
{
	return query_rows(complaint_step_row(r)) == 0 ? ERR_NOT_FOUND : ERR_OK;
}

bool receipt_owner_can(
	const struct request *r, const struct complaint_record *record, enum complaint_step step)
{
	bool is_late =
		step == COMPLAINT_STEP_REOPEN && !complaint_is_recent(record->ended_us, request_now_us(r));

	return complaint_move(record->state, step) != NULL && !is_late;
}

const struct query *receipt_owner_code(const struct request *r)
{
	return &r->queries[complaint_step_own(r)];
}

struct uuid receipt_owner_receipt(const struct request *r)
{
	return owner_of(r)->receipt_id;
}

enum err receipt_owner_decide(struct request *r)
{
	struct owner *owner = owner_of(r);
	const struct query *code = receipt_owner_code(r);
	enum code_verdict verdict = complaint_code_check(r, code, owner->purpose, owner->digits);

	if (verdict != CODE_IS_RIGHT) {
		return complaint_code_refuse(r, code, verdict);
	}
	owner->step.is_owner = true;
	return complaint_step_decide(r);
}
