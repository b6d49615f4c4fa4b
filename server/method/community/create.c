/* SPDX-License-Identifier: Apache-2.0 */
/*
 * community.create: a site the company manages. Its id is the request's key.
 */
#include "place.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

#define TIME_ZONE_DEFAULT "Asia/Shanghai" /* legal time all over China; never Asia/Urumqi */

enum { QUERY_SAME_ID, QUERY_SAME_NAME, QUERY_TIME_ZONE };

static struct str time_zone_of(const Pb__CommunityCreate *in)
{
	struct str zone = codec_str(in->time_zone);

	return zone.len == 0 ? STR(TIME_ZONE_DEFAULT) : zone;
}

static void load(struct request *r)
{
	const Pb__CommunityCreate *in = (const Pb__CommunityCreate *)r->message;

	query_uuid(request_query(r, STMT_community_get), r->key);
	query_text(request_query(r, STMT_community_by_name), codec_str(in->name));
	query_text(request_query(r, STMT_time_zone_get), time_zone_of(in));
}

static enum err decide(struct request *r)
{
	const Pb__CommunityCreate *in = (const Pb__CommunityCreate *)r->message;
	Pb__CommunityCreateReply *out;
	struct query *query;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_SAME_NAME]) > 0) {
		return request_refuse(r, ERR_NAME_TAKEN, "name", "a name no community has");
	}
	if (!row_bool(&r->queries[QUERY_TIME_ZONE], 0, 0)) {
		return request_refuse(r, ERR_FIELD_INVALID, "time_zone", "an IANA name, Asia/Shanghai");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_community_id = true;
	out->community_id = message_uuid(&r->arena, r->key);
	query = request_effect(r, STMT_community_create, r->key,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));
	if (query != NULL) {
		query_text(query, codec_str(in->name));
		query_text(query, time_zone_of(in));
		query_text_or_null(query, codec_str(in->contact));
	}
	return ERR_OK;
}

const struct method_impl impl_community_create = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
