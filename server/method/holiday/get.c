/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday.get: the days of one year, in order.
 */
#include "server/method/holiday/holiday_row.h"
#include "server/request.h"

enum { QUERY_YEAR, QUERY_DAYS };

static void load(struct request *r)
{
	const Pb__HolidayGet *in = (const Pb__HolidayGet *)r->message;

	query_int2(request_query(r, STMT_holiday_year_get), (int)in->year);
	query_int2(request_query(r, STMT_holiday_days), (int)in->year);
}

static enum err may(struct request *r)
{
	return query_rows(&r->queries[QUERY_YEAR]) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err decide(struct request *r)
{
	const struct query *days = &r->queries[QUERY_DAYS];
	Pb__HolidayGetReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->year = holiday_year_message(&r->arena, &r->queries[QUERY_YEAR], 0);
	out->n_days = query_rows(days);
	out->days = arena_alloc(&r->arena, size_max(out->n_days, 1) * sizeof *out->days);
	for (size_t i = 0; out->days != NULL && i < out->n_days; i++) {
		out->days[i] = holiday_message(&r->arena, days, i);
	}
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

const struct method_impl impl_holiday_get = {
	.load = load,
	.may = may,
	.decide = decide,
};
