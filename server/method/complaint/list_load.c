/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which statement a list is read by: of words, of a telephone, of a number, of clocks that run out, by team or
 * by time.
 */
#include "server/domain/search.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/complaint/list_filter.h"
#include "server/principal.h"
#include "server/server.h"

role_set list_roles(const struct request *r)
{
	return access_community(r->principal->grants, r->community_id, request_now_us(r));
}

static void load_words(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_search);
	struct search_pairs pairs = search_pairs_of(&r->arena, listing->words);

	list_filter_add(r, query);
	query_int8s(query, pairs.ptr, pairs.count);
	query_text(query, search_like(&r->arena, listing->words));
}

static void load_phone(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_phone);
	uint8_t index[SEAL_HASH_BYTES];

	list_filter_add(r, query);
	seal_phone_index(&r->server->seal, str_from_c(listing->phone), index);
	query_bytes(query, span_of(index, sizeof index));
	query_bool(query, (list_roles(r) & complaint_contact_protected_roles()) != 0);
}

static void load_number(struct request *r, const struct listing *listing)
{
	struct query *query = request_query(r, STMT_complaint_by_number);

	list_filter_add(r, query);
	query_text(query, listing->day);
	query_int4(query, listing->day_no);
}

static void load_due(struct request *r, int64_t before_us)
{
	struct query *query = request_query(r, STMT_complaint_list_due);

	list_filter_add(r, query);
	query_time(query, before_us);
}

/*
 * What waits for a decision, and what stands out, by an index of that; by team where only teams' can be among them,
 * else by time.
 */
static void load_all(struct request *r, const struct listing *listing)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
	struct uuid team_id =
		in->has_team_id ? uuid_from_span(codec_span(true, in->team_id)) : uuid_nil;
	struct list_teams teams = list_reach_teams(r, listing->reach, team_id);
	struct query *query;

	if (in->waits_for_decision) {
		list_filter_add(r, request_query(r, STMT_complaint_list_waiting));
		return;
	}
	if (list_filter_flags(r) != 0) {
		list_filter_add(r, request_query(r, STMT_complaint_list_joined));
		return;
	}
	if (teams.count == 0) {
		list_filter_add(r, request_query(r, STMT_complaint_list));
		return;
	}
	query = request_query(r, STMT_complaint_list_teams);
	list_filter_add(r, query);
	query_uuids(query, teams.ptr, teams.count);
}

void list_load(struct request *r)
{
	const Pb__ComplaintList *in = (const Pb__ComplaintList *)r->message;
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
	} else if (in->has_due_before_us) {
		load_due(r, in->due_before_us);
	} else {
		load_all(r, listing);
	}
}
