/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.members: who is or was in a crew, from when to when: whom a leader may send. Crews serve every
 * community, so everybody who reads places may know.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_CREW, QUERY_MEMBERS };

static void load(struct request *r)
{
	const Pb__CrewMembers *in = (const Pb__CrewMembers *)r->message;

	query_uuid(request_query(r, STMT_crew_get), message_id(true, in->crew_id));
	query_uuid(request_query(r, STMT_crew_members), message_id(true, in->crew_id));
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_CREW]) == 0
	           ? request_refuse(r, ERR_NOT_FOUND, "crew_id", "a crew of the company")
	           : ERR_OK;
}

static enum err decide(struct request *r)
{
	Pb__CrewMembersReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->members = message_members(&r->arena, &r->queries[QUERY_MEMBERS], &out->n_members);
	return ERR_OK;
}

const struct method_impl impl_crew_members = {
	.load = load,
	.may = may,
	.decide = decide,
};
