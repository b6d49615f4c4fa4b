/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.get: one place by its id or its code, with what it stands in.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

enum { QUERY_COMMUNITY, QUERY_PLACES };

static enum err check(struct request *r)
{
	const Pb__PlaceGet *in = (const Pb__PlaceGet *)r->message;

	r->community_id = message_id(true, in->community_id);
	return in->has_place_id != (in->code != NULL)
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_INVALID, "code", "either this or place_id");
}

static void load(struct request *r)
{
	const Pb__PlaceGet *in = (const Pb__PlaceGet *)r->message;
	struct query *query;

	place_load_community(r);
	query = request_query(r, STMT_place_get);
	query_uuid(query, r->community_id);
	query_uuid_or_null(query, message_id(in->has_place_id, in->place_id));
	query_text_or_null(query, codec_str(in->code));
	query_time(query, request_now_us(r));
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[QUERY_PLACES];
	Pb__PlaceGetReply *out;

	if (query_rows(rows) == 0) {
		return ERR_NOT_FOUND;
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->place = place_row_message(&r->arena, rows, 0);
	out->within = arena_alloc(&r->arena, query_rows(rows) * sizeof *out->within);
	for (size_t i = 1; out->within != NULL && i < query_rows(rows); i++) {
		out->within[out->n_within++] = place_row_message(&r->arena, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_place_get = {
	.check = check,
	.load = load,
	.may = place_may,
	.decide = decide,
};
