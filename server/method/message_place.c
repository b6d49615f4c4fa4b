/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/message.h"
#include "server/method/row_message.h"

#define TRADES_MAX 32 /* as field.def lets in */

Pb__Community *message_community(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Community *out = arena_new(arena, Pb__Community);

	if (out == NULL) {
		return NULL;
	}
	pb__community__init(out);
	row_set_uuid(&from, 0, &out->has_community_id, &out->community_id);
	out->name = arena_c_string(arena, row_text(query, row, 1));
	out->time_zone = arena_c_string(arena, row_text(query, row, 2));
	out->has_short_no = true;
	out->short_no = (uint32_t)row_int4(query, row, 3);
	if (!row_is_null(query, row, 4)) {
		out->contact = arena_c_string(arena, row_text(query, row, 4));
	}
	row_set_number(&from, 5, &out->has_open_min, &out->open_min);
	row_set_number(&from, 6, &out->has_close_min, &out->close_min);
	out->has_version = true;
	out->version = (uint32_t)row_int4(query, row, 7);
	return out;
}

Pb__Team *message_team(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Team *out = arena_new(arena, Pb__Team);

	if (out == NULL) {
		return NULL;
	}
	pb__team__init(out);
	row_set_uuid(&from, 0, &out->has_community_id, &out->community_id);
	row_set_uuid(&from, 1, &out->has_team_id, &out->team_id);
	out->name = arena_c_string(arena, row_text(query, row, 2));
	return out;
}

static void set_trades(struct arena *arena, Pb__Crew *out, const struct query *query, size_t row)
{
	int trades[TRADES_MAX];
	size_t count = size_min(row_int2s(query, row, 2, trades, TRADES_MAX), TRADES_MAX);

	out->trades = arena_alloc(arena, size_max(count, 1) * sizeof *out->trades);
	for (size_t i = 0; out->trades != NULL && i < count; i++) {
		out->trades[out->n_trades++] = (Pb__Crew__Trade)trades[i];
	}
}

Pb__Crew *message_crew(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Crew *out = arena_new(arena, Pb__Crew);

	if (out == NULL) {
		return NULL;
	}
	pb__crew__init(out);
	row_set_uuid(&from, 0, &out->has_crew_id, &out->crew_id);
	out->name = arena_c_string(arena, row_text(query, row, 1));
	set_trades(arena, out, query, row);
	row_set_number(&from, 3, &out->has_orders_max, &out->orders_max);
	return out;
}

/* Columns of team_members and crew_members. */
enum member_column {
	MEMBER_GRANT_ID,
	MEMBER_ACCOUNT_ID,
	MEMBER_NAME,
	MEMBER_ROLE,
	MEMBER_FROM,
	MEMBER_TO,
};

static Pb__TeamMember *member_of(struct arena *arena, const struct query *query, size_t row)
{
	Pb__TeamMember *out = arena_new(arena, Pb__TeamMember);

	if (out == NULL) {
		return NULL;
	}
	pb__team_member__init(out);
	out->has_grant_id = out->has_account_id = out->has_role = out->has_from_us = true;
	out->grant_id = message_uuid(arena, row_uuid(query, row, MEMBER_GRANT_ID));
	out->account_id = message_uuid(arena, row_uuid(query, row, MEMBER_ACCOUNT_ID));
	out->name = arena_c_string(arena, row_text(query, row, MEMBER_NAME));
	out->role = (Pb__Grant__Role)row_int2(query, row, MEMBER_ROLE);
	out->from_us = row_time(query, row, MEMBER_FROM);
	out->to_us = row_time(query, row, MEMBER_TO);
	out->has_to_us = out->to_us != INT64_MAX;
	return out;
}

Pb__TeamMember **message_members(struct arena *arena, const struct query *query, size_t *out_count)
{
	size_t count = query_rows(query);
	Pb__TeamMember **out = arena_alloc(arena, size_max(count, 1) * sizeof *out);

	for (size_t i = 0; out != NULL && i < count; i++) {
		out[i] = member_of(arena, query, i);
	}
	*out_count = out == NULL ? 0 : count;
	return out;
}
