/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday.list: the years that are loaded, and which clocks were reckoned without one that is not.
 */
#include "common/day.h"
#include "server/method/holiday/holiday_row.h"
#include "server/method/message.h"
#include "server/request.h"

#define LACK_YEARS_MAX 64 /* calendar.h knows as many */

enum { QUERY_YEARS, QUERY_LACKS, QUERY_TODAY };
enum { LACK_COMMUNITY, LACK_NAME, LACK_COUNT, LACK_YEARS };

/* Company-wide grants and those of crews reach every community, the others their own. */
static void add_reach(struct request *r, struct query *query)
{
	struct access_grants grants = r->principal->grants;
	struct uuid *ids = arena_alloc(&r->arena, size_max(grants.count, 1) * sizeof *ids);
	int64_t now_us = request_now_us(r);
	bool all = false;
	size_t count = 0;

	for (size_t i = 0; ids != NULL && i < grants.count; i++) {
		const struct access_grant *grant = &grants.ptr[i];

		if (grant->from_us > now_us || now_us >= grant->to_us) {
			continue;
		}
		all = all || grant->scope == SCOPE_COMPANY || grant->scope == SCOPE_CREW;
		if (!uuid_is_nil(grant->community_id)) {
			ids[count++] = grant->community_id;
		}
	}
	query_bool(query, all);
	query_uuids(query, ids, count);
}

static void load(struct request *r)
{
	(void)request_query(r, STMT_holiday_years);
	add_reach(r, request_query(r, STMT_holiday_lacks));
	query_time(request_query(r, STMT_holiday_today), request_now_us(r));
}

static Pb__HolidayLack *lack_message(struct arena *arena, const struct query *query, size_t row)
{
	Pb__HolidayLack *out = arena_new(arena, Pb__HolidayLack);
	int years[LACK_YEARS_MAX];
	size_t count = size_min(row_int2s(query, row, LACK_YEARS, years, COUNT(years)), COUNT(years));

	if (out == NULL) {
		return NULL;
	}
	pb__holiday_lack__init(out);
	out->has_community_id = out->has_count = true;
	out->community_id = message_uuid(arena, row_uuid(query, row, LACK_COMMUNITY));
	out->community_name = arena_c_string(arena, row_text(query, row, LACK_NAME));
	out->count = (uint64_t)row_int8(query, row, LACK_COUNT);
	out->years = arena_alloc(arena, size_max(count, 1) * sizeof *out->years);
	for (size_t i = 0; out->years != NULL && i < count; i++) {
		out->years[out->n_years++] = (uint32_t)years[i];
	}
	return out;
}

static enum err decide(struct request *r)
{
	const struct query *years = &r->queries[QUERY_YEARS];
	const struct query *lacks = &r->queries[QUERY_LACKS];
	Pb__HolidayListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_years = query_rows(years);
	out->years = arena_alloc(&r->arena, size_max(out->n_years, 1) * sizeof *out->years);
	for (size_t i = 0; out->years != NULL && i < out->n_years; i++) {
		out->years[i] = holiday_year_message(&r->arena, years, i);
	}
	out->n_lacks = query_rows(lacks);
	out->lacks = arena_alloc(&r->arena, size_max(out->n_lacks, 1) * sizeof *out->lacks);
	for (size_t i = 0; out->lacks != NULL && i < out->n_lacks; i++) {
		out->lacks[i] = lack_message(&r->arena, lacks, i);
	}
	out->has_today = true;
	out->today = day_number(row_day(&r->queries[QUERY_TODAY], 0, 0));
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_holiday_list = {
	.load = load,
	.may = may_always,
	.decide = decide,
};
