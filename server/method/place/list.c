/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.list: by code, a page at a time. Whose a place is goes by the day that was asked for.
 */
#include "common/day.h"
#include "place.pb-c.h"
#include "server/method/cursor.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

#define LIMIT_DEFAULT 50

enum { QUERY_COMMUNITY, QUERY_PLACES };

/* What check found out for load. */
struct state {
	int32_t day;
	struct uuid after; /* the last page's last place; nil: from the beginning */
};

static enum err check(struct request *r)
{
	const Pb__PlaceList *in = (const Pb__PlaceList *)r->message;
	struct state *state = arena_new(&r->arena, struct state);

	r->community_id = message_id(true, in->community_id);
	r->state = state;
	if (state == NULL) {
		return ERR_BUSY;
	}
	if (in->only_without_team && in->has_team_id) {
		return request_refuse(r, ERR_FIELD_INVALID, "only_without_team", "not with team_id");
	}
	return in->has_day ? place_day(r, "day", in->day, &state->day) : ERR_OK;
}

static void add_filter(struct request *r, struct query *query, const struct state *state)
{
	const Pb__PlaceList *in = (const Pb__PlaceList *)r->message;

	query_uuid(query, r->community_id);
	if (in->has_kind) {
		query_int2(query, (int)in->kind);
	} else {
		query_null(query);
	}
	query_uuid_or_null(query, message_id(in->has_parent_id, in->parent_id));
	query_text_or_null(query, codec_str(in->code_prefix));
	query_uuid_or_null(query, message_id(in->has_team_id, in->team_id));
	query_bool(query, in->only_without_team);
	if (in->has_day) {
		query_day(query, state->day);
	} else {
		query_null(query);
	}
	query_time(query, request_now_us(r));
	query_uuid_or_null(query, state->after);
	/* One more than asked for tells whether there is another page. */
	query_int4(query, (int32_t)(in->has_limit ? in->limit : LIMIT_DEFAULT) + 1);
}

static void load(struct request *r)
{
	const Pb__PlaceList *in = (const Pb__PlaceList *)r->message;
	struct state *state = r->state;
	struct span position;

	place_load_community(r);
	if (in->has_cursor) {
		state->after = cursor_read(r, codec_span(true, in->cursor), UUID_BYTES, &position)
		                   ? uuid_from_span(position)
		                   : uuid_nil; /* may() says so */
	}
	add_filter(r, request_query(r, STMT_place_list), state);
}

static enum err may(struct request *r)
{
	const Pb__PlaceList *in = (const Pb__PlaceList *)r->message;
	const struct state *state = r->state;

	if (in->has_cursor && uuid_is_nil(state->after)) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	return place_may(r);
}

static enum err decide(struct request *r)
{
	const Pb__PlaceList *in = (const Pb__PlaceList *)r->message;
	const struct query *rows = &r->queries[QUERY_PLACES];
	size_t limit = in->has_limit ? in->limit : LIMIT_DEFAULT;
	Pb__PlaceListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_places = size_min(query_rows(rows), limit);
	out->places = arena_alloc(&r->arena, size_max(out->n_places, 1) * sizeof *out->places);
	for (size_t i = 0; out->places != NULL && i < out->n_places; i++) {
		out->places[i] = place_row_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > limit && !r->arena.failed) {
		out->cursor =
			codec_bytes(cursor_make(r, codec_span(true, out->places[limit - 1]->place_id)));
		out->has_cursor = out->cursor.len > 0;
	}
	return ERR_OK;
}

const struct method_impl impl_place_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
