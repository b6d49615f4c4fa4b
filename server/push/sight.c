/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/sight.h"

#include "server/domain/complaint_hand.h"
#include "server/method/complaint/complaint_row.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/push/watch.h"
#include "server/server.h"

/* Of FEED_COLUMNS, behind what complaint_event.c reads. */
enum {
	COLUMN_XID = 0,
	COLUMN_SEQ = 1,
	COLUMN_COMMUNITY_ID = 3,
	COLUMN_SUBJECT_ID = 4,
	COLUMN_TOPIC = 33,
	COLUMN_LEAD,
	COLUMN_RESPONDENT_ID,
	COLUMN_WORKER_ID,
	COLUMN_TEAM_ID,
	COLUMN_CREW_ID,
	COLUMN_ENDED,
	COLUMN_SUBMITTER_ID,
	COLUMN_HAS_OFFICER,
};

/* Of the table event; one of a collective is told as of its first complaint. */
enum { EVENT_COMPLAINT = 1, EVENT_COLLECTIVE = 11 };

struct watch_event watch_event_of(
	const struct query *query, size_t row, uint64_t era, int64_t now_us)
{
	int64_t ended_us = row_time(query, row, COLUMN_ENDED);
	bool is_long_out = ended_us != 0 && now_us - ended_us > COMPLAINT_CREW_SEES_US;

	return (struct watch_event){
		.query = query,
		.row = row,
		.position = {era, row_xid(query, row, COLUMN_XID), row_int8(query, row, COLUMN_SEQ)},
		.topic = row_int2(query, row, COLUMN_TOPIC),
		.subject_id = row_uuid(query, row, COLUMN_SUBJECT_ID),
		.area = {row_uuid(query, row, COLUMN_COMMUNITY_ID), row_uuid(query, row, COLUMN_TEAM_ID),
			is_long_out ? uuid_nil : row_uuid(query, row, COLUMN_CREW_ID)},
		.lead = row_int2(query, row, COLUMN_LEAD),
		.has_officer = row_bool(query, row, COLUMN_HAS_OFFICER),
		.is_crew_long_out = is_long_out,
		.respondent_id = row_uuid(query, row, COLUMN_RESPONDENT_ID),
		.worker_id = row_uuid(query, row, COLUMN_WORKER_ID),
		.submitter_id = row_uuid(query, row, COLUMN_SUBMITTER_ID),
	};
}

static bool is_any_or(struct uuid wanted, struct uuid id)
{
	return uuid_is_nil(wanted) || uuid_equal(wanted, id);
}

bool sight_names(const struct watch *watch, const struct watch_event *event)
{
	const struct watch_wish *wish = &watch->wish;

	return wish->topic == &topic_rows[TOPIC_complaint] &&
	       (event->topic == EVENT_COMPLAINT || event->topic == EVENT_COLLECTIVE) &&
	       is_any_or(wish->community_id, event->area.community_id) &&
	       is_any_or(wish->team_id, event->area.team_id) &&
	       is_any_or(wish->complaint_id, event->subject_id);
}

/* The person dispatched; where only a crew was, anybody of it. */
static bool is_worker(
	const struct watch_event *event, const struct principal *principal, role_set reach)
{
	if (event->is_crew_long_out) {
		return false;
	}
	return uuid_is_nil(event->worker_id) ? (reach & ROLE_BIT(ROLE_CREW_MEMBER)) != 0
	                                     : uuid_equal(event->worker_id, principal->account_id);
}

static bool is_of_scope(
	const struct watch *watch, const struct watch_event *event, const struct complaint_tie *tie)
{
	switch (watch->wish.scope) {
	case WATCH_NAMED:
	case WATCH_ALL:
		return true;
	case WATCH_TEAMS:
		return (tie->sees & complaint_team_roles()) != 0;
	case WATCH_MINE:
		return complaint_is_mine(tie);
	}
	unreachable();
}

bool sight_covers(const struct watch *watch, const struct watch_event *event)
{
	const struct principal *principal = watch->conn->principal;
	role_set reach = access_reach(principal->grants, &event->area, watch->conn->server->now.utc_us);
	struct complaint_tie tie = {
		.lead = (enum complaint_lead)event->lead,
		.has_team = !uuid_is_nil(event->area.team_id),
		.has_officer = event->has_officer,
		.is_worker = is_worker(event, principal, reach),
		.is_submitter = uuid_equal(event->submitter_id, principal->account_id),
	};

	tie.sees = complaint_reach(
		reach, tie.lead, uuid_equal(event->respondent_id, principal->account_id), tie.is_worker);
	return tie.sees != 0 && is_of_scope(watch, event, &tie);
}
