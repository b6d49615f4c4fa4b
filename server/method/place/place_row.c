/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/place/place_row.h"

#include "common/day.h"
#include "server/method/message.h"
#include "server/principal.h"

/* PLACE_COLUMNS of stmt.def, in their order. */
enum column {
	COLUMN_COMMUNITY_ID,
	COLUMN_PLACE_ID,
	COLUMN_KIND,
	COLUMN_CODE,
	COLUMN_NAME,
	COLUMN_PARENT_ID,
	COLUMN_TEAM_ID,
};

void place_load_community(struct request *r)
{
	assert(r->query_count == PLACE_QUERY_COMMUNITY);
	query_uuid(request_query(r, STMT_community_get), r->community_id);
}

enum err place_may(struct request *r)
{
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	return query_rows(&r->queries[PLACE_QUERY_COMMUNITY]) == 1 &&
	               (roles & right_roles(r->right)) != 0
	           ? ERR_OK
	           : ERR_NOT_FOUND;
}

struct uuid place_granted_by(const struct request *r)
{
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	return grant == NULL ? uuid_nil : grant->grant_id;
}

Pb__Place *place_row_message(struct arena *arena, const struct query *query, size_t row)
{
	Pb__Place *out = arena_new(arena, Pb__Place);

	if (out == NULL) {
		return NULL;
	}
	pb__place__init(out);
	out->has_community_id = out->has_place_id = out->has_kind = true;
	out->community_id = message_uuid(arena, row_uuid(query, row, COLUMN_COMMUNITY_ID));
	out->place_id = message_uuid(arena, row_uuid(query, row, COLUMN_PLACE_ID));
	out->kind = (Pb__Place__Kind)row_int2(query, row, COLUMN_KIND);
	out->code = arena_c_string(arena, row_text(query, row, COLUMN_CODE));
	if (!row_is_null(query, row, COLUMN_NAME)) {
		out->name = arena_c_string(arena, row_text(query, row, COLUMN_NAME));
	}
	out->has_parent_id = !row_is_null(query, row, COLUMN_PARENT_ID);
	if (out->has_parent_id) {
		out->parent_id = message_uuid(arena, row_uuid(query, row, COLUMN_PARENT_ID));
	}
	out->has_team_id = !row_is_null(query, row, COLUMN_TEAM_ID);
	if (out->has_team_id) {
		out->team_id = message_uuid(arena, row_uuid(query, row, COLUMN_TEAM_ID));
	}
	return out;
}

enum err place_day(struct request *r, const char *field, uint32_t number, int32_t *out_day)
{
	return day_from_number(number, out_day)
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_RANGE, field, "a day of the calendar, as 20261124");
}
