/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.list: newest first, a page at a time, of what the person's grants reach in one community;
 * the area stands in the statement's WHERE. With a text, a telephone or a number, only what has it.
 */
#include "server/domain/search.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/complaint_row.h"
#include "server/method/complaint/list_cursor.h"
#include "server/method/complaint/list_filter.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"

static void load_words(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_search);
	struct search_pairs pairs = search_pairs_of(&r->arena, listing->words);

	list_filter_add(r, query);
	query_int8s(query, pairs.ptr, pairs.count);
	query_text(query, search_like(&r->arena, listing->words));
}

static role_set roles_here(const struct request *r)
{
	return access_community(r->principal->grants, r->community_id, request_now_us(r));
}

static void load_phone(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_phone);
	uint8_t index[SEAL_HASH_BYTES];

	list_filter_add(r, query);
	seal_phone_index(&r->server->seal, str_from_c(listing->phone), index);
	query_bytes(query, span_of(index, sizeof index));
	query_bool(query, (roles_here(r) & complaint_contact_protected_roles()) != 0);
}

static void load_number(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_number);

	list_filter_add(r, query);
	query_text(query, listing->day);
	query_int4(query, listing->day_no);
}

/* By team where only teams' can be among them, else by time. */
static void load_all(struct request *r, const struct listing *listing)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct uuid team_id =
		in->has_team_id ? uuid_from_span(codec_span(true, in->team_id)) : uuid_nil;
	struct list_teams teams = list_reach_teams(r, listing->reach, team_id);
	struct query *query;

	if (teams.count == 0) {
		list_filter_add(r, request_query(r, STMT_complaint_list));
		return;
	}
	query = request_query(r, STMT_complaint_list_teams);
	list_filter_add(r, query);
	query_uuids(query, teams.ptr, teams.count);
}

static void load(struct request *r)
{
	struct listing *listing = r->state;

	listing->reach = list_reach_of(r);
	if (listing->reach == NULL || r->arena.failed) {
		return;
	}
	if (listing->words.len > 0) {
		load_words(r, listing);
	} else if (listing->phone[0] != '\0') {
		load_phone(r, listing);
	} else if (listing->day.len > 0) {
		load_number(r, listing);
	} else {
		load_all(r, listing);
	}
}

/* Who may not see a telephone may not try one out either. */
static bool may_find_phones(const struct request *r)
{
	return (roles_here(r) & right_roles(RIGHT_COMPLAINT_HANDLE)) != 0;
}

static enum err may(struct request *r)
{
	const struct listing *listing = r->state;

	if (listing->is_cursor_bad) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	if (list_reach_is_empty(listing->reach)) {
		return ERR_NOT_FOUND;
	}
	return listing->phone[0] != '\0' && !may_find_phones(r) ? ERR_DENIED : ERR_OK;
}

static void add_cursor(struct request *r, Pb__ComplaintListReply *out)
{
	const struct query *rows = &r->queries[0];
	struct list_position last = {
		.submitted_us = complaint_row_submitted_us(rows, out->n_complaints - 1),
		.complaint_id = complaint_row_id(rows, out->n_complaints - 1),
	};

	out->cursor = codec_bytes(list_cursor_make(r, &last));
	out->has_cursor = out->cursor.len > 0;
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	const struct query *rows = &r->queries[0];
	size_t limit = in->has_limit ? in->limit : LIST_LIMIT_DEFAULT;
	Pb__ComplaintListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_complaints = list_page_rows(rows, limit);
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		out->complaints[i] = complaint_message(&r->arena, rows, i);
	}
	if (query_rows(rows) > out->n_complaints) {
		add_cursor(r, out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_list = {
	.check = list_filter_check,
	.load = load,
	.may = may,
	.decide = decide,
};
