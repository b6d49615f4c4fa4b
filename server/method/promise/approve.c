/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.approve: a second person makes a proposed set the one of its day, from which on it is in force. The table
 * refuses the same person too, whatever stands here.
 */
#include "server/method/promise/promise_row.h"
#include "server/principal.h"

enum { QUERY_SET, QUERY_DAY };
enum { DAY_TODAY, DAY_IS_TAKEN };

static void load(struct request *r)
{
	const Pb__PromiseApprove *in = (const Pb__PromiseApprove *)r->message;
	struct query *query;

	promise_load_set(r, in->set_no);
	query = request_query(r, STMT_promise_day);
	query_time(query, request_now_us(r));
	query_int4(query, (int32_t)in->set_no);
}

static enum err refuse_day(struct request *r)
{
	const struct query *day = &r->queries[QUERY_DAY];

	if (promise_from_day(r) < row_day(day, 0, DAY_TODAY)) {
		return request_refuse(r, ERR_DAY_OVER, "set_no", "a set that begins today or later");
	}
	if (row_bool(day, 0, DAY_IS_TAKEN)) {
		return request_refuse(r, ERR_DAY_TAKEN, "set_no", "a set of another day");
	}
	return ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__PromiseApprove *in = (const Pb__PromiseApprove *)r->message;
	enum err err = promise_check_open(r, in->version);
	struct query *query;

	if (err == ERR_OK && uuid_equal(promise_proposed_by(r), r->principal->account_id)) {
		return ERR_SECOND_PERSON;
	}
	err = err == ERR_OK ? refuse_day(r) : err;
	if (err != ERR_OK) {
		return err;
	}
	request_reply_version(r, in->version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query =
		request_effect(r, STMT_promise_approve, promise_subject(in->set_no), promise_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)in->set_no);
		query_int4(query, (int32_t)in->version);
	}
	return ERR_OK;
}

const struct method_impl impl_promise_approve = {
	.load = load,
	.may = promise_may,
	.decide = decide,
};
