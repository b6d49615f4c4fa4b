/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qualification.add: somebody's proof that they may do some work (资质登记). It counts once a second person has
 * seen it: qualification.verify. Its id is the request's key.
 */
#include "common/day.h"
#include "server/method/message.h"
#include "server/method/qualification/qualification_row.h"
#include "server/method/staff/staff_reach.h"

enum { QUERY_ACCOUNT, QUERY_SAME_ID };

/* Lives in request.state. */
struct days {
	int32_t from;
	int32_t last;
};

static enum err check(struct request *r)
{
	const Pb__QualificationAdd *in = (const Pb__QualificationAdd *)r->message;
	struct days *days = arena_new(&r->arena, struct days);

	r->state = days;
	if (days == NULL) {
		return ERR_BUSY;
	}
	if (!day_from_number(in->from_day, &days->from)) {
		return request_refuse(r, ERR_FIELD_RANGE, "from_day", "a day that there is, YYYYMMDD");
	}
	if (!day_from_number(in->last_day, &days->last) || days->last < days->from) {
		return request_refuse(
			r, ERR_FIELD_RANGE, "last_day", "a day that there is, YYYYMMDD, not before from_day");
	}
	return ERR_OK;
}

static void load(struct request *r)
{
	const Pb__QualificationAdd *in = (const Pb__QualificationAdd *)r->message;

	staff_load(r, message_id(true, in->account_id));
	qualification_load(r, r->key);
}

static enum err may(struct request *r)
{
	return staff_found(r, &r->queries[QUERY_ACCOUNT]);
}

static enum err decide(struct request *r)
{
	const Pb__QualificationAdd *in = (const Pb__QualificationAdd *)r->message;
	const struct days *days = r->state;
	Pb__QualificationAddReply *out;
	struct query *query;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_qualification_id = out->has_version = true;
	out->qualification_id = message_uuid(&r->arena, r->key);
	out->version = 1;
	query = request_effect(r, STMT_qualification_add, r->key, staff_granted_by(r));
	if (query != NULL) {
		query_uuid(query, message_id(true, in->account_id));
		query_int2(query, (int)in->kind);
		query_text(query, codec_str(in->number));
		query_day(query, days->from);
		query_day(query, days->last);
	}
	return ERR_OK;
}

const struct method_impl impl_qualification_add = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
