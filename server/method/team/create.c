/* SPDX-License-Identifier: Apache-2.0 */
/*
 * team.create: a butler team (管家小组) of a community. Its id is the request's key.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_COMMUNITY, QUERY_SAME_ID, QUERY_SAME_NAME };

static enum err check(struct request *r)
{
	const Pb__TeamCreate *in = (const Pb__TeamCreate *)r->message;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__TeamCreate *in = (const Pb__TeamCreate *)r->message;
	struct query *query;

	query_uuid(request_query(r, STMT_community_get), r->community_id);
	query = request_query(r, STMT_team_get);
	query_uuid(query, r->community_id);
	query_uuid(query, r->key);
	query = request_query(r, STMT_team_by_name);
	query_uuid(query, r->community_id);
	query_text(query, codec_str(in->name));
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_COMMUNITY]) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err decide(struct request *r)
{
	const Pb__TeamCreate *in = (const Pb__TeamCreate *)r->message;
	Pb__TeamCreateReply *out;
	struct query *query;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_SAME_NAME]) > 0) {
		return request_refuse(r, ERR_NAME_TAKEN, "name", "a name no team of the community has");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_team_id = true;
	out->team_id = message_uuid(&r->arena, r->key);
	query = request_effect(r, STMT_team_create, r->key,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = r->community_id}));
	if (query != NULL) {
		query_text(query, codec_str(in->name));
	}
	return ERR_OK;
}

const struct method_impl impl_team_create = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
