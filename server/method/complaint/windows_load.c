/* SPDX-License-Identifier: Apache-2.0 */
#include "complaint.pb-c.h"
#include "server/domain/visit.h"
#include "server/method/complaint/windows.h"
#include "server/method/message.h"

#define DAY_US (INT64_C(24) * 3600 * US_PER_S)

enum err windows_check(struct request *r)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;

	r->community_id = message_id(true, in->community_id);
	return ERR_OK;
}

int64_t windows_begin_us(const struct request *r)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;
	int64_t now_us = request_now_us(r);

	return in->has_from_us && in->from_us > now_us ? in->from_us : now_us;
}

/* CANDIDATES of stmt.def: $1–$5. */
static struct query *load_people(struct request *r, enum stmt stmt)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;
	struct query *query = request_query(r, stmt);

	query_uuid(query, r->community_id);
	query_uuid(query, message_id(true, in->complaint_id));
	query_uuid_or_null(query, message_id(in->has_worker_id, in->worker_id));
	query_uuid_or_null(query, message_id(in->has_crew_id, in->crew_id));
	query_time(query, request_now_us(r));
	return query;
}

void windows_load(struct request *r)
{
	const Pb__ComplaintWindows *in = (const Pb__ComplaintWindows *)r->message;
	struct query *query = request_query(r, STMT_complaint_get);

	query_uuid(query, r->community_id);
	query_uuid(query, message_id(true, in->complaint_id));
	query = request_query(r, STMT_visit_days);
	query_uuid(query, r->community_id);
	query_time(query, windows_begin_us(r));
	query_int4(query, VISIT_DAYS_AHEAD);
	query_int4(query, VISIT_OPEN_MINUTE);
	query_int4(query, VISIT_CLOSE_MINUTE);
	(void)load_people(r, STMT_visit_candidates);
	query = load_people(r, STMT_visit_busy);
	query_time(query, windows_begin_us(r));
	query_time(query, windows_begin_us(r) + (VISIT_DAYS_AHEAD + 1) * DAY_US);
	(void)load_people(r, STMT_visit_proven);
}
