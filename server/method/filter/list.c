/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.list: one's own saved filters of a community, and those that are shared. How many there may be is bounded where
 * they are saved, so there are no pages.
 */
#include "server/method/filter/filter_row.h"
#include "server/method/message.h"
#include "server/principal.h"

static enum err check(struct request *r)
{
	r->community_id = message_id(true, ((const Pb__FilterList *)r->message)->community_id);
	return ERR_OK;
}

/* Teams by a grant of their own; whoever reaches the community, reaches all of them. */
static void add_teams(struct request *r, struct query *query)
{
	struct access_grants grants = r->principal->grants;
	struct uuid *teams = arena_alloc(&r->arena, size_max(grants.count, 1) * sizeof *teams);
	bool is_whole = false;
	size_t count = 0;

	for (size_t i = 0; teams != NULL && i < grants.count; i++) {
		struct access_grants one = {&grants.ptr[i], 1};

		if ((access_community(one, r->community_id, request_now_us(r)) & right_roles(r->right)) ==
			0) {
			continue;
		}
		if (grants.ptr[i].scope == SCOPE_TEAM) {
			teams[count++] = grants.ptr[i].team_id;
		} else if (grants.ptr[i].scope != SCOPE_CREW) {
			is_whole = true;
		}
	}
	query_bool(query, is_whole);
	query_uuids(query, teams, count);
}

static void load(struct request *r)
{
	struct query *query = request_query(r, STMT_filter_list);

	query_uuid(query, r->community_id);
	query_uuid(query, r->principal->account_id);
	add_teams(r, query);
}

static enum err may(struct request *r)
{
	return filter_roles(r) == 0 ? ERR_NOT_FOUND : ERR_OK;
}

static enum err decide(struct request *r)
{
	const struct query *rows = &r->queries[0];
	Pb__FilterListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_filters = query_rows(rows);
	out->filters = arena_alloc(&r->arena, size_max(out->n_filters, 1) * sizeof *out->filters);
	for (size_t i = 0; out->filters != NULL && i < out->n_filters; i++) {
		out->filters[i] = filter_message(r, rows, i);
	}
	return ERR_OK;
}

const struct method_impl impl_filter_list = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
