/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.list: newest first, a page at a time, of what the person's grants reach in one community;
 * the area stands in the statement's WHERE. With a text, only what holds it.
 */
#include <string.h>

#include "server/domain/search.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_reach.h"
#include "server/request.h"

#define LIMIT_DEFAULT 50
#define STATES_MAX 32

static enum err check(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return in->text != NULL && search_normalise(&r->arena, codec_str(in->text)).len == 0
	           ? request_refuse(r, ERR_FIELD_INVALID, "text", "characters that can be searched for")
	           : ERR_OK;
}

/* Behind the cursor's row; without one, from the end of time. */
static struct list_position position_of(struct request *r, const Pb__ComplaintList *in)
{
	struct list_position position = {.submitted_us = INT64_MAX};

	memset(position.complaint_id.bytes, 0xff, UUID_BYTES);
	if (in->has_cursor && !list_cursor_read(r, in, codec_span(true, in->cursor), &position)) {
		r->state = NULL; /* may() says so */
	}
	return position;
}

static void add_states(struct query *query, const Pb__ComplaintList *in)
{
	int states[STATES_MAX];

	if (in->n_states == 0) {
		query_null(query);
		return;
	}
	assert(in->n_states <= STATES_MAX); /* field.def */
	for (size_t i = 0; i < in->n_states; i++) {
		states[i] = (int)in->states[i];
	}
	query_int2s(query, states, in->n_states);
}

static void add_filter(struct request *r, struct query *query, const struct list_reach *reach)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct list_position position = position_of(r, in);

	query_uuid(query, r->community_id);
	query_bool(query, reach->is_whole);
	query_uuids(query, reach->teams, reach->team_count);
	query_uuids(query, reach->crews, reach->crew_count);
	query_time(query, request_now_us(r) - COMPLAINT_CREW_SEES_US);
	query_bool(query, in->only_open);
	add_states(query, in);
	query_uuid_or_null(
		query, in->has_team_id ? uuid_from_span(codec_span(true, in->team_id)) : uuid_nil);
	query_time(query, position.submitted_us);
	query_uuid(query, position.complaint_id);
	/* One more than asked for tells whether there is another page. */
	query_int4(query, (int32_t)(in->has_limit ? in->limit : LIMIT_DEFAULT) + 1);
}

static void load(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct str words = search_normalise(&r->arena, codec_str(in->text));
	struct list_reach *reach = list_reach_of(r);
	struct query *query;

	r->state = reach;
	if (reach == NULL || r->arena.failed) {
		return;
	}
	query = request_query(r, words.len == 0 ? STMT_complaint_list : STMT_complaint_search);
	add_filter(r, query, reach);
	if (words.len > 0) {
		struct search_pairs pairs = search_pairs_of(&r->arena, words);

		query_int8s(query, pairs.ptr, pairs.count);
		query_text(query, search_like(&r->arena, words));
	}
}

static enum err may(struct request *r)
{
	const struct list_reach *reach = r->state;

	if (reach == NULL) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	return reach->is_whole || reach->team_count > 0 || reach->crew_count > 0 ? ERR_OK
	                                                                         : ERR_NOT_FOUND;
}

static void add_cursor(struct request *r, Pb__ComplaintListReply *out)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	const struct query *rows = &r->queries[0];
	struct list_position last = {
		.submitted_us = complaint_row_submitted_us(rows, out->n_complaints - 1),
		.complaint_id = complaint_row_id(rows, out->n_complaints - 1),
	};
	uint8_t *cursor = arena_alloc(&r->arena, LIST_CURSOR_BYTES);

	if (cursor != NULL) {
		list_cursor_make(r, in, &last, cursor);
		out->has_cursor = true;
		out->cursor = codec_bytes(span_of(cursor, LIST_CURSOR_BYTES));
	}
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	const struct query *rows = &r->queries[0];
	size_t limit = in->has_limit ? in->limit : LIMIT_DEFAULT;
	Pb__ComplaintListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_complaints = list_page_rows(rows, limit);
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		out->complaints[i] = complaint_row_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > out->n_complaints) {
		add_cursor(r, out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
