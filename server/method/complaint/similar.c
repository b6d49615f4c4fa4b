/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.similar: what may be the same matter as one that is being written, while it is: in the same building,
 * of the same category's group, open or ended within 30 days, and alike in words. Only what the person's
 * grants reach, as in complaint.list, and no protected reporter's for those who may not know of them.
 */
#include "server/domain/category.h"
#include "server/domain/joining.h"
#include "server/domain/search.h"
#include "server/method/complaint/complaint_contact.h"
#include "server/method/complaint/list_reach.h"
#include "server/method/complaint/similar_rows.h"
#include "server/principal.h"
#include "server/server.h"

#define LIMIT_DEFAULT 5
#define GROUP_SIZE 100

enum { QUERY_AROUND, QUERY_SIMILAR };
enum { AROUND_PLACE_KIND = 3 }; /* column of place_around */

/* Lives in request.state. */
struct wanted {
	uint32_t category; /* given, or suggested */
	struct search_pairs typed;
	struct list_reach *reach;
};

static enum err check(struct request *r)
{
	const Pb__ComplaintSimilar *in = (const Pb__ComplaintSimilar *)r->message;
	struct wanted *wanted = arena_new(&r->arena, struct wanted);
	struct str title = codec_str(in->title);
	struct str text = codec_str(in->text);

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	r->state = wanted;
	if (wanted == NULL) {
		return ERR_BUSY;
	}
	if (in->has_category && !category_is_known(in->category)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "category", "a number of the list of categories");
	}
	wanted->category =
		in->has_category ? in->category : category_suggest(r->server->words.all, title, text);
	wanted->typed = search_pairs_of(
		&r->arena, search_normalise(&r->arena,
					   arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(title), STR_ARG(text))));
	return ERR_OK;
}

/* Any, where it is about nothing that has a name. */
static void add_categories(struct query *query, uint32_t category)
{
	uint32_t group = category_group(category);

	if (group == CATEGORY_OTHER) {
		query_null(query);
		query_null(query);
		return;
	}
	query_int2(query, (int)group);
	query_int2(query, (int)group + GROUP_SIZE - 1);
}

static void load(struct request *r)
{
	const Pb__ComplaintSimilar *in = (const Pb__ComplaintSimilar *)r->message;
	struct wanted *wanted = r->state;
	struct uuid place_id = uuid_from_span(codec_span(true, in->place_id));
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));
	struct query *query;

	wanted->reach = list_reach_of(r);
	if (wanted->reach == NULL || r->arena.failed) {
		return;
	}
	query = request_query(r, STMT_place_around);
	query_uuid(query, r->community_id);
	query_uuid(query, place_id);
	query_time(query, request_now_us(r));
	query = request_query(r, STMT_complaint_similar);
	list_reach_add(r, query, wanted->reach);
	query_uuid(query, place_id);
	add_categories(query, wanted->category);
	query_time(query, request_now_us(r) - JOINING_SIMILAR_DAYS * JOINING_DAY_US);
	query_bool(query, (roles & complaint_contact_protected_roles()) != 0);
}

static enum err may(struct request *r)
{
	const struct wanted *wanted = r->state;

	return list_reach_is_empty(wanted->reach) || query_rows(&r->queries[QUERY_AROUND]) == 0
	           ? ERR_NOT_FOUND
	           : ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintSimilar *in = (const Pb__ComplaintSimilar *)r->message;
	const struct wanted *wanted = r->state;
	struct similar_ask ask = {
		.typed = wanted->typed,
		.place_id = uuid_from_span(codec_span(true, in->place_id)),
		.category = wanted->category,
		.limit = in->has_limit ? in->limit : LIMIT_DEFAULT,
	};
	Pb__ComplaintSimilarReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	if (row_is_null(&r->queries[QUERY_AROUND], 0, AROUND_PLACE_KIND)) {
		r->reply = NULL;
		return request_refuse(r, ERR_FIELD_INVALID, "place_id", "a place of the community");
	}
	similar_rows(&r->arena, &r->queries[QUERY_SIMILAR], &ask, out);
	out->has_category = true;
	out->category = wanted->category;
	return ERR_OK;
}

const struct method_impl impl_complaint_similar = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
