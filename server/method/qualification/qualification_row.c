/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/qualification/qualification_row.h"

#include "common/day.h"
#include "server/method/message.h"
#include "server/method/row_message.h"
#include "server/method/staff/staff_reach.h"
#include "server/principal.h"

#define QUERY_QUALIFICATION 0

bool qualification_shows_numbers(const struct request *r)
{
	return (access_roles(r->principal->grants, request_now_us(r)) &
			   right_roles(RIGHT_QUALIFICATION_MANAGE)) != 0;
}

Pb__Qualification *qualification_message(
	struct request *r, const struct query *query, size_t row, bool with_number)
{
	struct row_source from = {&r->arena, query, row};
	struct uuid account_id = row_uuid(query, row, QUALIFICATION_COLUMN_ACCOUNT_ID);
	Pb__Qualification *out = arena_new(&r->arena, Pb__Qualification);

	if (out == NULL) {
		return NULL;
	}
	pb__qualification__init(out);
	row_set_uuid(
		&from, QUALIFICATION_COLUMN_ID, &out->has_qualification_id, &out->qualification_id);
	row_set_uuid(&from, QUALIFICATION_COLUMN_ACCOUNT_ID, &out->has_account_id, &out->account_id);
	out->name = row_borrow_text(&from, QUALIFICATION_COLUMN_NAME);
	out->has_kind = out->has_from_day = out->has_last_day = out->has_version = true;
	out->kind = (Pb__Qualification__Kind)row_int2(query, row, QUALIFICATION_COLUMN_KIND);
	if (with_number || uuid_equal(account_id, r->principal->account_id)) {
		out->number = row_borrow_text(&from, QUALIFICATION_COLUMN_NUMBER);
	}
	out->from_day = day_number(row_day(query, row, QUALIFICATION_COLUMN_FROM));
	out->last_day = day_number(row_day(query, row, QUALIFICATION_COLUMN_LAST));
	out->version = (uint32_t)row_int4(query, row, QUALIFICATION_COLUMN_VERSION);
	row_set_uuid(&from, QUALIFICATION_COLUMN_ADDED_BY, &out->has_added_by_id, &out->added_by_id);
	row_set_uuid(&from, QUALIFICATION_COLUMN_VERIFIED_BY, &out->has_verified_by_id, &out->verified_by_id);
	row_set_time(&from, QUALIFICATION_COLUMN_VERIFIED, &out->has_verified_us, &out->verified_us);
	row_set_time(&from, QUALIFICATION_COLUMN_ENDED, &out->has_ended_us, &out->ended_us);
	return out;
}

void qualification_load(struct request *r, struct uuid qualification_id)
{
	struct query *query = request_query(r, STMT_qualification_get);

	query_uuid(query, qualification_id);
	staff_reach_add(r, query, staff_reach_of(r), uuid_nil);
}

enum err qualification_may(struct request *r)
{
	const struct query *rows = &r->queries[QUERY_QUALIFICATION];

	return query_rows(rows) == 1 && row_bool(rows, 0, QUALIFICATION_COLUMN_IS_REACHED)
	           ? ERR_OK
	           : ERR_NOT_FOUND;
}

enum err qualification_refuse(struct request *r, enum err err)
{
	Pb__Qualification *current = qualification_message(
		r, &r->queries[QUERY_QUALIFICATION], 0, qualification_shows_numbers(r));

	r->current = current == NULL ? r->current : codec_encode(&current->base, &r->arena);
	return err;
}

enum err qualification_guard(struct request *r, uint32_t version)
{
	const struct query *rows = &r->queries[QUERY_QUALIFICATION];

	if ((uint32_t)row_int4(rows, 0, QUALIFICATION_COLUMN_VERSION) != version) {
		return qualification_refuse(r, ERR_CONFLICT);
	}
	return row_is_null(rows, 0, QUALIFICATION_COLUMN_ENDED)
	           ? ERR_OK
	           : qualification_refuse(r, ERR_STEP_REFUSED);
}

enum err qualification_change(struct request *r, enum stmt stmt, uint32_t version)
{
	struct uuid id = row_uuid(&r->queries[QUERY_QUALIFICATION], 0, QUALIFICATION_COLUMN_ID);
	struct query *query;

	request_reply_version(r, version + 1);
	if (r->reply == NULL) {
		return ERR_BUSY;
	}
	query = request_effect(r, stmt, id, staff_granted_by(r));
	if (query != NULL) {
		query_int4(query, (int32_t)version);
	}
	return ERR_OK;
}
