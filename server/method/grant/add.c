/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant.add: a role for somebody, where and from when to when. Its id is the request's key; it acts on
 * the person's next request.
 */
#include "account.pb-c.h"
#include "server/method/message.h"
#include "server/request.h"

enum { QUERY_SAME_ID, QUERY_ACCOUNT, QUERY_COMMUNITY, QUERY_TEAM, QUERY_CREW, QUERY_OVERLAP };

static int64_t to_us(const Pb__GrantAdd *in)
{
	return in->has_to_us ? in->to_us : INT64_MAX;
}

static enum err check(struct request *r)
{
	const Pb__GrantAdd *in = (const Pb__GrantAdd *)r->message;

	if (!access_shape(
			(enum role)in->role, in->has_community_id, in->has_team_id, in->has_crew_id)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "role", "with the ids of its scope, and no others");
	}
	if (in->has_from_us && in->from_us > to_us(in)) {
		return request_refuse(r, ERR_FIELD_RANGE, "to_us", "not before from_us");
	}
	return ERR_OK;
}

/* Now or, where it is said, from then on. */
static int64_t from_us(const struct request *r, const Pb__GrantAdd *in)
{
	return in->has_from_us ? in->from_us : request_now_us(r);
}

static void load_overlap(struct request *r, const Pb__GrantAdd *in)
{
	struct query *query = request_query(r, STMT_grant_overlap);

	query_uuid(query, message_id(true, in->account_id));
	query_int2(query, (int)in->role);
	query_uuid_or_null(query, message_id(in->has_community_id, in->community_id));
	query_uuid_or_null(query, message_id(in->has_team_id, in->team_id));
	query_uuid_or_null(query, message_id(in->has_crew_id, in->crew_id));
	query_time(query, from_us(r, in));
	query_time(query, to_us(in));
}

static void load(struct request *r)
{
	const Pb__GrantAdd *in = (const Pb__GrantAdd *)r->message;
	struct uuid community_id = message_id(in->has_community_id, in->community_id);
	struct query *team;

	query_uuid(request_query(r, STMT_grant_get), r->key);
	query_uuid(request_query(r, STMT_account_get), message_id(true, in->account_id));
	query_uuid(request_query(r, STMT_community_get), community_id);
	team = request_query(r, STMT_team_get);
	query_uuid(team, community_id);
	query_uuid(team, message_id(in->has_team_id, in->team_id));
	query_uuid(request_query(r, STMT_crew_get), message_id(in->has_crew_id, in->crew_id));
	load_overlap(r, in);
}

static enum err find_all(struct request *r, const Pb__GrantAdd *in)
{
	if (query_rows(&r->queries[QUERY_ACCOUNT]) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "account_id", "an account");
	}
	if (in->has_community_id && query_rows(&r->queries[QUERY_COMMUNITY]) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "community_id", "a community");
	}
	if (in->has_team_id && query_rows(&r->queries[QUERY_TEAM]) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "team_id", "a team of the community");
	}
	if (in->has_crew_id && query_rows(&r->queries[QUERY_CREW]) == 0) {
		return request_refuse(r, ERR_NOT_FOUND, "crew_id", "a crew");
	}
	return ERR_OK;
}

static void add_effect(struct request *r, const Pb__GrantAdd *in)
{
	struct query *query = request_effect(r, STMT_grant_add, r->key,
		request_grant(r, right_roles(r->right), &(struct area){.community_id = uuid_nil}));

	if (query == NULL) {
		return;
	}
	query_uuid(query, message_id(true, in->account_id));
	query_int2(query, (int)in->role);
	query_int2(query, (int)role_row((int)in->role)->scope);
	query_uuid_or_null(query, message_id(in->has_community_id, in->community_id));
	query_uuid_or_null(query, message_id(in->has_team_id, in->team_id));
	query_uuid_or_null(query, message_id(in->has_crew_id, in->crew_id));
	query_time(query, from_us(r, in));
	query_time(query, to_us(in));
}

static enum err decide(struct request *r)
{
	const Pb__GrantAdd *in = (const Pb__GrantAdd *)r->message;
	enum err err = find_all(r, in);
	Pb__GrantAddReply *out;

	if (err != ERR_OK) {
		return err;
	}
	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (!in->has_from_us && request_now_us(r) > to_us(in)) {
		return request_refuse(r, ERR_FIELD_RANGE, "to_us", "not over already");
	}
	if (query_rows(&r->queries[QUERY_OVERLAP]) > 0) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "from_us", "outside the times of the same grant that there is");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_grant_id = out->has_version = true;
	out->grant_id = message_uuid(&r->arena, r->key);
	out->version = 1;
	add_effect(r, in);
	return ERR_OK;
}

const struct method_impl impl_grant_add = {
	.check = check,
	.load = load,
	.may = may_always,
	.decide = decide,
};
