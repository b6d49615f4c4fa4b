/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of report_kpi, in their order.
 */
#include "server/domain/kpi.h"
#include "server/method/report/kpi_asked.h"
#include "server/principal.h"

#define GROUP_SIZE 100
#define KINDS_MAX 32

static void add_kinds(struct query *query, enum kpi kpi)
{
	int kinds[KINDS_MAX];
	size_t count = 0;

	for (int kind = 1; kind <= KINDS_MAX; kind++) {
		if ((kpi_kinds(kpi) >> (kind - 1) & 1) != 0) {
			kinds[count++] = kind;
		}
	}
	query_int2s(query, kinds, count);
}

static void add_filter(struct request *r, struct query *query)
{
	const Pb__ReportKpi *in = (const Pb__ReportKpi *)r->message;
	const struct asked *asked = r->state;
	uint32_t category = in->has_category ? in->category : 0;
	bool is_group = category % GROUP_SIZE == 0;

	query_uuid_or_null(query, asked->team_id);
	query_uuid_or_null(query, asked->account_id);
	query_number_or_null(query, (int)category);
	query_number_or_null(
		query, in->has_category && is_group ? (int)category + GROUP_SIZE - 1 : (int)category);
	query_number_or_null(query, in->has_kind ? (int)in->kind : 0);
}

/* Their own figures are of every team that they were in, and beside them the whole team's. */
static void add_reach(struct query *query, const struct asked *asked)
{
	static const struct report_reach own = {.is_whole = true};

	report_reach_add(query, asked->is_self ? &own : asked->reach);
}

static void add_record(struct request *r, struct query *query)
{
	const Pb__ReportKpi *in = (const Pb__ReportKpi *)r->message;
	const struct access_grant *grant = access_community_by(
		r->principal->grants, right_roles(r->right), r->community_id, request_now_us(r));

	query_int2(query, in->has_form ? (int)in->form : PB__REPORT__FORM__SHOWN);
	query_uuid(query, r->principal->device_id);
	query_uuid(query, grant == NULL ? uuid_nil : grant->grant_id);
}

static bool is_by_team(const struct asked *asked)
{
	for (size_t i = 0; i < asked->group_count; i++) {
		if (asked->groups[i] == PB__REPORT__GROUP__TEAM) {
			return true;
		}
	}
	return false;
}

/* Does it matter which team and person each was of? Otherwise the events that say so are not read. */
static bool is_about_somebody(const struct asked *asked)
{
	return asked->is_personal || is_by_team(asked) || !uuid_is_nil(asked->team_id) ||
	       (!asked->reach->is_whole && !asked->reach->is_managed);
}

bool asked_is_whole(const struct asked *asked)
{
	return !asked->is_self && (asked->reach->is_whole || asked->reach->is_managed) &&
	       uuid_is_nil(asked->account_id) && uuid_is_nil(asked->team_id);
}

void asked_add(struct request *r, struct query *query, int32_t rows_max)
{
	static const struct report_reach nobody;
	const struct asked *asked = r->state;

	query_uuid(query, r->community_id);
	add_reach(query, asked);
	query_uuid(query, r->principal->account_id);
	query_day(query, asked->first_day);
	query_day(query, asked->end_day);
	query_time(query, request_now_us(r));
	query_int2s(query, asked->groups, asked->group_count);
	add_filter(r, query);
	report_reach_add_roles(query, asked->is_self ? &nobody : asked->reach);
	add_kinds(query, KPI_FOLLOW_UP_COMPLAINTS);
	add_kinds(query, KPI_FOLLOW_UP_REPAIRS);
	query_bool(query, asked->is_personal);
	query_int4(query, rows_max);
	add_record(r, query);
	query_bool(query, is_about_somebody(asked));
}
