/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/promise/promise_end.h"

enum err promise_end(struct request *r, struct promise_ending ending)
{
	struct query *query;

	request_reply_version(r, ending.version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query =
		request_effect(r, STMT_promise_end, promise_subject(ending.set_no), promise_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)ending.set_no);
		query_int4(query, (int32_t)ending.version);
		query_text_or_null(query, ending.reason);
		query_int2(query, (int)ending.step);
	}
	return ERR_OK;
}
