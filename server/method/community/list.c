/* SPDX-License-Identifier: Apache-2.0 */
/*
 * community.list: the communities a person has to do with, their teams, and the company's crews.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_COMMUNITIES, QUERY_TEAMS, QUERY_CREWS };

/* Company-wide grants and crews see every community; the others those they are granted in. */
static bool sees_all(const struct access_grant *grant)
{
	return grant->scope == SCOPE_COMPANY || grant->scope == SCOPE_CREW;
}

static void add_reach(struct query *query, bool all, const struct uuid *ids, size_t count)
{
	query_bool(query, all);
	query_uuids(query, ids, count);
}

static void load(struct request *r)
{
	struct access_grants grants = r->principal->grants;
	struct uuid *ids = arena_alloc(&r->arena, size_max(grants.count, 1) * sizeof *ids);
	bool all = false;
	size_t count = 0;

	for (size_t i = 0; ids != NULL && i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if (grant->from_us > request_now_us(r) || request_now_us(r) >= grant->to_us) {
			continue;
		}
		all = all || sees_all(grant);
		if (!sees_all(grant)) {
			ids[count++] = grant->community_id;
		}
	}
	add_reach(request_query(r, STMT_community_list), all, ids, count);
	add_reach(request_query(r, STMT_team_list), all, ids, count);
	(void)request_query(r, STMT_crew_list);
}

static enum err decide(struct request *r)
{
	Pb__CommunityListReply *out = request_reply(r);
	const struct query *communities = &r->queries[QUERY_COMMUNITIES];
	const struct query *teams = &r->queries[QUERY_TEAMS];
	const struct query *crews = &r->queries[QUERY_CREWS];

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_communities = query_rows(communities);
	out->n_teams = query_rows(teams);
	out->n_crews = query_rows(crews);
	out->communities = arena_alloc(&r->arena, (out->n_communities + 1) * sizeof *out->communities);
	out->teams = arena_alloc(&r->arena, (out->n_teams + 1) * sizeof *out->teams);
	out->crews = arena_alloc(&r->arena, (out->n_crews + 1) * sizeof *out->crews);
	if (r->arena.failed) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < out->n_communities; i++) {
		out->communities[i] = message_community(&r->arena, communities, i);
	}
	for (size_t i = 0; i < out->n_teams; i++) {
		out->teams[i] = message_team(&r->arena, teams, i);
	}
	for (size_t i = 0; i < out->n_crews; i++) {
		out->crews[i] = message_crew(&r->arena, crews, i);
	}
	return ERR_OK;
}

const struct method_impl impl_community_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
