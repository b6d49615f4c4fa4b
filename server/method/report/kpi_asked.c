/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/report/kpi_asked.h"

#include "common/day.h"
#include "server/domain/category.h"
#include "server/method/message.h"
#include "server/principal.h"

#define MONTHS_MAX 24

enum { QUERY_COMMUNITY, QUERY_GRANTS };

/* 202611 → 202612; 202612 → 202701. */
static uint32_t month_after(uint32_t month)
{
	return month % 100 == 12 ? month + 89 : month + 1;
}

static uint32_t month_index(uint32_t month)
{
	return month / 100 * 12 + month % 100 - 1;
}

static enum err check_months(struct request *r, struct asked *asked)
{
	const Pb__ReportKpi *in = (const Pb__ReportKpi *)r->message;
	uint32_t last = in->has_month_to ? in->month_to : in->month_from;

	if (!day_from_number(in->month_from * 100 + 1, &asked->first_day)) {
		return request_refuse(r, ERR_FIELD_INVALID, "month_from", "a month: 202611");
	}
	if (!day_from_number(last * 100 + 1, &asked->end_day) ||
		!day_from_number(month_after(last) * 100 + 1, &asked->end_day)) {
		return request_refuse(r, ERR_FIELD_INVALID, "month_to", "a month: 202611");
	}
	if (last < in->month_from || month_index(last) - month_index(in->month_from) >= MONTHS_MAX) {
		return request_refuse(
			r, ERR_FIELD_RANGE, "month_to", "from month_from on, at most 24 months in all");
	}
	return ERR_OK;
}

static bool is_grouped_by(const struct asked *asked, int group)
{
	for (size_t i = 0; i < asked->group_count; i++) {
		if (asked->groups[i] == group) {
			return true;
		}
	}
	return false;
}

enum err asked_check(struct request *r)
{
	const Pb__ReportKpi *in = (const Pb__ReportKpi *)r->message;
	struct asked *asked = arena_new(&r->arena, struct asked);

	r->community_id = message_id(true, in->community_id);
	r->state = asked;
	if (asked == NULL) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < in->n_groups; i++) {
		if (!is_grouped_by(asked, (int)in->groups[i])) {
			asked->groups[asked->group_count++] = (int)in->groups[i];
		}
	}
	if (in->has_category && !category_is_known(in->category)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "category", "a number of the list of categories");
	}
	asked->team_id = message_id(in->has_team_id, in->team_id);
	asked->account_id = message_id(in->has_account_id, in->account_id);
	asked->is_personal = in->has_account_id || is_grouped_by(asked, PB__REPORT__GROUP__PERSON);
	return check_months(r, asked);
}

void asked_load(struct request *r)
{
	struct asked *asked = r->state;

	asked->reach = report_reach_of(r);
	asked->is_self = uuid_equal(asked->account_id, r->principal->account_id);
	if (asked->reach == NULL) {
		return;
	}
	query_uuid(request_query(r, STMT_community_get), r->community_id);
	if (!uuid_is_nil(asked->account_id)) {
		query_uuid(request_query(r, STMT_grant_list), asked->account_id);
	}
}

/* Of somebody else, or of everybody. */
static enum err may_see_people(struct request *r)
{
	const struct asked *asked = r->state;

	if (!report_reach_has_people(asked->reach)) {
		return request_refuse(r, ERR_DENIED, "account_id", "yourself");
	}
	if (!uuid_is_nil(asked->account_id) &&
		!report_reach_sees(r, asked->reach, &r->queries[QUERY_GRANTS])) {
		return request_refuse(r, ERR_NOT_FOUND, "account_id", "somebody whom you lead");
	}
	return ERR_OK;
}

enum err asked_may(struct request *r)
{
	const struct asked *asked = r->state;

	if (!asked->reach->is_here || query_rows(&r->queries[QUERY_COMMUNITY]) == 0) {
		return ERR_NOT_FOUND;
	}
	if (asked->is_self) {
		return ERR_OK;
	}
	if (report_reach_is_empty(asked->reach)) {
		return request_refuse(r, ERR_DENIED, "account_id", "yourself");
	}
	if (!uuid_is_nil(asked->team_id) && !report_reach_has_team(asked->reach, asked->team_id)) {
		return request_refuse(r, ERR_NOT_FOUND, "team_id", "a team of yours");
	}
	return asked->is_personal ? may_see_people(r) : ERR_OK;
}
