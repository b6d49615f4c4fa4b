/* SPDX-License-Identifier: Apache-2.0 */
/*
 * team.members: who is or was in a team, from when to when. A member holds a grant of a role that reaches
 * one team, so a person may be in several, and in one with several roles.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/method/place/place_row.h"

#define ROLES_MAX 32 /* a role_set has no more */

enum { QUERY_COMMUNITY, QUERY_TEAM, QUERY_MEMBERS };

static enum err check(struct request *r)
{
	const Pb__TeamMembers *in = (const Pb__TeamMembers *)r->message;

	r->community_id = message_id(true, in->community_id);
	return ERR_OK;
}

static void add_roles(struct query *query)
{
	int roles[ROLES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < role_row_count; i++) {
		if (role_rows[i].scope == SCOPE_TEAM) {
			assert(count < ROLES_MAX);
			roles[count++] = (int)role_rows[i].role;
		}
	}
	query_int2s(query, roles, count);
}

static void load(struct request *r)
{
	const Pb__TeamMembers *in = (const Pb__TeamMembers *)r->message;
	struct query *query;

	place_load_community(r);
	query = request_query(r, STMT_team_get);
	query_uuid(query, r->community_id);
	query_uuid(query, message_id(true, in->team_id));
	query = request_query(r, STMT_team_members);
	query_uuid(query, r->community_id);
	query_uuid(query, message_id(true, in->team_id));
	add_roles(query);
}

static enum err may(struct request *r)
{
	enum err err = place_may(r);

	return err == ERR_OK && query_rows(&r->queries[QUERY_TEAM]) == 0
	           ? request_refuse(r, ERR_NOT_FOUND, "team_id", "a team of the community")
	           : err;
}

static enum err decide(struct request *r)
{
	Pb__TeamMembersReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->members = message_members(&r->arena, &r->queries[QUERY_MEMBERS], &out->n_members);
	return ERR_OK;
}

const struct method_impl impl_team_members = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
