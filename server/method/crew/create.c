/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.create: a professional team (专业团队) of the company. Its id is the request's key.
 */
#include "place.pb-c.h"
#include "server/method/crew/crew_trades.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_SAME_ID, QUERY_SAME_NAME };

static void load(struct request *r)
{
	const Pb__CrewCreate *in = (const Pb__CrewCreate *)r->message;

	query_uuid(request_query(r, STMT_crew_get), r->key);
	query_text(request_query(r, STMT_crew_by_name), codec_str(in->name));
}

static enum err decide(struct request *r)
{
	const Pb__CrewCreate *in = (const Pb__CrewCreate *)r->message;
	Pb__CrewCreateReply *out;
	struct query *query;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_SAME_NAME]) > 0) {
		return request_refuse(r, ERR_NAME_TAKEN, "name", "a name no crew has");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_crew_id = true;
	out->crew_id = message_uuid(&r->arena, r->key);
	query = request_effect(r, STMT_crew_create, r->key,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		query_text(query, codec_str(in->name));
		crew_add_trades(query, in->trades, in->n_trades);
	}
	return ERR_OK;
}

const struct method_impl impl_crew_create = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
