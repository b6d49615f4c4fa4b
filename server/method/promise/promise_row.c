/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/promise/promise_row.h"

#include "server/method/promise/promise_message.h"
#include "server/principal.h"

enum { QUERY_SET };
enum { STATE_PROPOSED = 1 };

struct uuid promise_subject(uint32_t number)
{
	struct uuid out = uuid_nil;

	for (size_t i = 0; i < 4; i++) {
		out.bytes[UUID_BYTES - 1 - i] = (uint8_t)(number >> (8 * i));
	}
	return out;
}

struct uuid promise_granted_by(const struct request *r)
{
	struct access_grants grants = r->principal->grants;
	int64_t now_us = request_now_us(r);

	for (size_t i = 0; i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if ((right_roles(r->right) & ROLE_BIT(grant->role)) != 0 && grant->from_us <= now_us &&
			now_us < grant->to_us) {
			return grant->grant_id;
		}
	}
	return uuid_nil;
}

void promise_load_set(struct request *r, uint32_t set_no)
{
	struct query *query = request_query(r, STMT_promise_set_get);

	assert(r->query_count == QUERY_SET + 1);
	if (set_no == 0) {
		query_null(query);
	} else {
		query_int4(query, (int32_t)set_no);
	}
	query_time(query, request_now_us(r));
}

enum err promise_may(struct request *r)
{
	return query_rows(&r->queries[QUERY_SET]) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

struct uuid promise_proposed_by(const struct request *r)
{
	return row_uuid(&r->queries[QUERY_SET], 0, SET_PROPOSED_BY);
}

int32_t promise_from_day(const struct request *r)
{
	return row_day(&r->queries[QUERY_SET], 0, SET_FROM);
}

static enum err refuse_with_current(struct request *r, enum err err)
{
	Pb__PromiseSet *current = promise_set_message(&r->arena, &r->queries[QUERY_SET], 0);

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

enum err promise_check_open(struct request *r, uint32_t version)
{
	const struct query *set = &r->queries[QUERY_SET];

	if ((uint32_t)row_int4(set, 0, SET_VERSION) != version) {
		return refuse_with_current(r, ERR_CONFLICT);
	}
	return row_int2(set, 0, SET_STATE) == STATE_PROPOSED ? ERR_OK
	                                                     : refuse_with_current(r, ERR_STEP_REFUSED);
}
