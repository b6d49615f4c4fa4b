/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.submit: whoever hears it first registers it (首问负责制). Its id is the request's key; the
 * database mints its number. Until places have teams it belongs to the community's first team.
 */
#include "complaint.pb-c.h"
#include "server/domain/complaint.h"
#include "server/domain/search.h"
#include "server/principal.h"
#include "server/request.h"

#define CLOCK_SKEW_US (INT64_C(300) * 1000000) /* a client's clock may be this much ahead */

enum { QUERY_SAME_ID, QUERY_COMMUNITY, QUERY_TEAM };

static enum err check(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	bool is_import = in->channel == PB__COMPLAINT__CHANNEL__IMPORT;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	if (in->has_submitted_us != is_import) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "submitted_us", "with channel IMPORT, and only there");
	}
	if (is_import && in->submitted_us > request_now_us(r) + CLOCK_SKEW_US) {
		return request_refuse(r, ERR_FIELD_RANGE, "submitted_us", "not in the future");
	}
	return ERR_OK;
}

static void load(struct request *r)
{
	struct query *same_id = request_query(r, STMT_complaint_get);

	query_uuid(same_id, r->community_id);
	query_uuid(same_id, r->key);
	query_uuid(request_query(r, STMT_community_get), r->community_id);
	query_uuid(request_query(r, STMT_team_first), r->community_id);
}

static enum err may(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	role_set roles = access_community(r->principal->grants, r->community_id, request_now_us(r));

	if (query_rows(&r->queries[QUERY_COMMUNITY]) == 0 || (roles & right_roles(r->right)) == 0) {
		return ERR_NOT_FOUND;
	}
	if (in->channel == PB__COMPLAINT__CHANNEL__IMPORT &&
		(roles & right_roles(RIGHT_COMPLAINT_IMPORT)) == 0) {
		return ERR_DENIED;
	}
	return ERR_OK;
}

static struct str title_and_text(struct request *r, const Pb__ComplaintSubmit *in)
{
	struct str title = codec_str(in->title);
	struct str text = codec_str(in->text);

	return arena_printf(&r->arena, "%.*s\n%.*s", STR_ARG(title), STR_ARG(text));
}

/* Any grant in the community will do: whoever hears it first submits it. */
static struct uuid granted_by(const struct request *r)
{
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	return grant == NULL ? uuid_nil : grant->grant_id;
}

static void add_effect(struct request *r, const Pb__ComplaintSubmit *in, struct uuid team_id)
{
	struct str found_by = search_normalise(&r->arena, title_and_text(r, in));
	struct search_pairs pairs = search_pairs_of(&r->arena, found_by);
	struct query *query = request_effect(r, STMT_complaint_submit, r->key, granted_by(r));

	if (query == NULL) {
		return;
	}
	query_int2(query, (int)in->kind);
	query_int2(query, (int)in->channel);
	query_int2(query, (int)(in->has_urgency ? in->urgency : PB__COMPLAINT__URGENCY__NORMAL));
	query_text_or_null(query, codec_str(in->title));
	query_text(query, codec_str(in->text));
	query_text(query, found_by);
	query_int8s(query, pairs.ptr, pairs.count);
	query_time(query, in->has_submitted_us ? in->submitted_us : request_now_us(r));
	query_uuid(query, team_id);
}

static enum err decide(struct request *r)
{
	const Pb__ComplaintSubmit *in = (const Pb__ComplaintSubmit *)r->message;
	Pb__ComplaintSubmitReply *out;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	if (query_rows(&r->queries[QUERY_TEAM]) == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "community_id", "a community that has a team");
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_complaint_id = out->has_version = true;
	out->complaint_id = codec_bytes(span_of(r->key.bytes, UUID_BYTES));
	out->version = 1;
	add_effect(r, in, row_uuid(&r->queries[QUERY_TEAM], 0, 1));
	return ERR_OK;
}

static void mint(struct request *r, struct str minted)
{
	Pb__ComplaintSubmitReply *out = (Pb__ComplaintSubmitReply *)r->reply;

	out->number = arena_c_string(&r->arena, minted);
}

const struct method_impl impl_complaint_submit = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
	.mint = mint,
};
