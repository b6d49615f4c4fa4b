/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a list or a count reads, and whether who asks may: the query of the filter's way, with what that way alone
 * needs.
 */
#include "server/domain/search.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/complaint/list_filter.h"
#include "server/principal.h"
#include "server/server.h"

static role_set list_roles(const struct request *r)
{
	return access_community(r->principal->grants, r->community_id, request_now_us(r));
}

static void add_words(struct request *r, struct query *query, struct str words)
{
	struct search_pairs pairs = search_pairs_of(&r->arena, words);

	query_int8s(query, pairs.ptr, pairs.count);
	query_text(query, search_like(&r->arena, words));
}

static void add_phone(struct request *r, struct query *query, const char *phone)
{
	uint8_t index[SEAL_HASH_BYTES];

	seal_phone_index(&r->server->seal, str_from_c(phone), index);
	query_bytes(query, span_of(index, sizeof index));
	query_bool(query, (list_roles(r) & complaint_contact_protected_roles()) != 0);
}

void list_query(struct request *r, const struct list_ask *ask)
{
	const struct listing *listing = r->state;
	const struct list_way_row *way = &list_way_rows[listing->way];
	bool is_back = listing->has_position && listing->position.is_back;
	enum stmt sum = ask->with_anchors ? way->sum : way->count;
	struct query *query = request_query(r, ask->is_sum ? sum : (is_back ? way->back : way->page));

	list_filter_add(r, query, ask);
	switch (listing->way) {
	case LIST_WAY_WORDS:
	case LIST_WAY_WORDS_DUE:
	case LIST_WAY_SHORT:
	case LIST_WAY_SHORT_DUE:
		add_words(r, query, listing->words);
		break;
	case LIST_WAY_PHONE:
		add_phone(r, query, listing->phone);
		break;
	case LIST_WAY_NUMBER:
		query_text(query, listing->day);
		query_int4(query, listing->day_no);
		break;
	case LIST_WAY_TEAM:
		query_uuid(query, listing->teams.ptr[0]);
		break;
	case LIST_WAY_TEAMS:
		query_uuids(query, listing->teams.ptr, listing->teams.count);
		break;
	case LIST_WAY_TIME:
	case LIST_WAY_CREWS:
	case LIST_WAY_QUEUE:
	case LIST_WAY_OPEN:
	case LIST_WAY_WAITING:
	case LIST_WAY_OPEN_DUE:
	case LIST_WAY_HANDLED:
	case LIST_WAY_WORKER:
	case LIST_WAY_JOINED:
	case LIST_WAY_PLACE:
	case LIST_WAY_DUE:
	case LIST_WAY_ENDED:
	case LIST_WAY_COUNT:
		break;
	}
}

/* By team, or by crew, where only theirs can be among them. */
static void narrow(struct request *r, struct listing *listing)
{
	const struct list_reach *reach = listing->reach;

	if (listing->way != LIST_WAY_TIME) {
		return;
	}
	listing->teams = list_reach_teams(r, reach, listing->in);
	if (listing->teams.count > 0) {
		listing->way = listing->teams.count == 1 ? LIST_WAY_TEAM : LIST_WAY_TEAMS;
	} else if (list_reach_is_crews(reach)) {
		listing->way = LIST_WAY_CREWS;
	}
}

bool list_begin(struct request *r)
{
	struct listing *listing = r->state;

	listing->reach = list_reach_of(r);
	if (listing->reach == NULL || r->arena.failed) {
		return false;
	}
	narrow(r, listing);
	return !r->arena.failed;
}

/* Who may not see a telephone may not try one out either; what somebody else did is for who leads. */
static bool may_ask(const struct request *r, const struct listing *listing)
{
	role_set roles = list_roles(r);
	bool is_of_other = listing->in->has_handled_by_id &&
	                   !uuid_equal(uuid_from_span(codec_span(true, listing->in->handled_by_id)),
						   r->principal->account_id);

	return (listing->phone[0] == '\0' || (roles & right_roles(RIGHT_COMPLAINT_HANDLE)) != 0) &&
	       (!is_of_other || (roles & right_roles(RIGHT_REPORT_PERSON)) != 0);
}

enum err list_may(struct request *r)
{
	const struct listing *listing = r->state;

	if (listing->is_cursor_bad) {
		return request_refuse(r, ERR_CURSOR_INVALID, "cursor", "of this list and account");
	}
	if (list_reach_is_empty(listing->reach)) {
		return ERR_NOT_FOUND;
	}
	return may_ask(r, listing) ? ERR_OK : ERR_DENIED;
}
