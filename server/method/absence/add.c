/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absence.add: somebody is not there: leave, illness, training (请假). From then on nobody books or sends them
 * into that time. What they have in it is given to others first, so that no owner waits for nobody.
 */
#include "server/method/absence/absence_row.h"
#include "server/method/message.h"
#include "server/method/staff/staff_reach.h"

#define ABSENCE_US_MAX (INT64_C(400) * 24 * 3600 * US_PER_S) /* a year and its leave */

enum { QUERY_ACCOUNT, QUERY_SAME_ID, QUERY_BUSY };
enum { COLUMN_VISITS, COLUMN_ABSENCES }; /* of busy_between */

static enum err check(struct request *r)
{
	const Pb__AbsenceAdd *in = (const Pb__AbsenceAdd *)r->message;

	return in->window->from_us < in->window->to_us &&
	               in->window->to_us - in->window->from_us <= ABSENCE_US_MAX
	           ? ERR_OK
	           : request_refuse(r, ERR_FIELD_INVALID, "window", "from < to, at most 400 days");
}

static void load(struct request *r)
{
	const Pb__AbsenceAdd *in = (const Pb__AbsenceAdd *)r->message;
	struct query *query;

	staff_load(r, message_id(true, in->account_id));
	absence_load(r, r->key);
	query = request_query(r, STMT_busy_between);
	query_uuid(query, message_id(true, in->account_id));
	query_time(query, in->window->from_us);
	query_time(query, in->window->to_us);
}

static enum err may(struct request *r)
{
	return staff_found(r, &r->queries[QUERY_ACCOUNT]);
}

static enum err check_time(struct request *r)
{
	const Pb__AbsenceAdd *in = (const Pb__AbsenceAdd *)r->message;
	const struct query *busy = &r->queries[QUERY_BUSY];

	if (in->window->to_us <= request_now_us(r)) {
		return request_refuse(r, ERR_FIELD_INVALID, "window", "not over already");
	}
	if (row_int8(busy, 0, COLUMN_ABSENCES) > 0) {
		return request_refuse(r, ERR_SLOT_TAKEN, "window", "outside the person's other absences");
	}
	if (row_int8(busy, 0, COLUMN_VISITS) > 0) {
		return request_refuse(
			r, ERR_SLOT_TAKEN, "window", "first give the visits of that time to somebody else");
	}
	return ERR_OK;
}

static enum err decide(struct request *r)
{
	const Pb__AbsenceAdd *in = (const Pb__AbsenceAdd *)r->message;
	Pb__AbsenceAddReply *out;
	struct query *query;
	enum err err;

	if (query_rows(&r->queries[QUERY_SAME_ID]) > 0) {
		return ERR_ID_TAKEN;
	}
	err = check_time(r);
	if (err != ERR_OK) {
		return err;
	}
	out = request_reply(r);
	if (out == NULL) {
		return ERR_BUSY;
	}
	out->has_absence_id = out->has_version = true;
	out->absence_id = message_uuid(&r->arena, r->key);
	out->version = 1;
	query = request_effect(r, STMT_absence_add, r->key, staff_granted_by(r));
	if (query != NULL) {
		query_uuid(query, message_id(true, in->account_id));
		query_int2(query, (int)in->kind);
		query_time(query, in->window->from_us);
		query_time(query, in->window->to_us);
	}
	return ERR_OK;
}

const struct method_impl impl_absence_add = {
	.check = check,
	.load = load,
	.may = may,
	.decide = decide,
};
