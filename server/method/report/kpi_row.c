/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/report/kpi_row.h"

#include "common/day.h"
#include "proto/codec.h"
#include "server/domain/kpi.h"
#include "server/method/message.h"

#define DAYS_OF_NUMBER 100 /* 20261101 is a day of the month 202611 */

/* Columns of report_kpi. */
enum {
	COLUMN_KPI,
	COLUMN_PLACE,
	COLUMN_TEAM_ID,
	COLUMN_ACCOUNT_ID,
	COLUMN_ACCOUNT_NAME,
	COLUMN_CATEGORY,
	COLUMN_KIND,
	COLUMN_SUBKIND,
	COLUMN_MONTH,
	COLUMN_HITS,
	COLUMN_TOTAL,
	COLUMN_TEAM_HITS,
	COLUMN_TEAM_TOTAL
};

static struct kpi_count count_at(const struct query *query, size_t row, int hits, int total)
{
	return (struct kpi_count){row_int8(query, row, hits), row_int8(query, row, total)};
}

static Pb__ReportValue *value_of(
	struct arena *arena, const struct query *query, size_t row, bool is_personal)
{
	static Pb__ReportValue empty = PB__REPORT_VALUE__INIT;
	enum kpi kpi = (enum kpi)row_int2(query, row, COLUMN_KPI);
	struct kpi_count own = count_at(query, row, COLUMN_HITS, COLUMN_TOTAL);
	bool is_own = !is_personal || kpi_is_shown(kpi, own);
	struct kpi_count shown =
		is_own ? own : count_at(query, row, COLUMN_TEAM_HITS, COLUMN_TEAM_TOTAL);
	Pb__ReportValue *out = arena_new(arena, Pb__ReportValue);

	if (out == NULL) {
		return &empty;
	}
	pb__report_value__init(out);
	out->has_kpi = out->has_hits = out->has_total = out->has_rate = true;
	out->has_target = out->has_is_met = out->has_is_most = out->has_is_of_team = true;
	out->kpi = (Pb__Report__Kpi)kpi;
	out->hits = shown.hits;
	out->total = shown.total;
	out->rate = (uint32_t)kpi_rate(shown); /* a row is of something that was counted */
	out->target = (uint32_t)kpi_target(kpi);
	out->is_most = kpi_is_most(kpi);
	out->is_met = kpi_is_met(kpi, shown);
	out->is_of_team = !is_own;
	out->has_own_total = !is_own;
	out->own_total = is_own ? 0 : own.total;
	return out;
}

static void set_group(
	struct arena *arena, const struct query *query, size_t row, Pb__ReportRow *out)
{
	out->has_team_id = !row_is_null(query, row, COLUMN_TEAM_ID);
	out->team_id = message_uuid(arena, row_uuid(query, row, COLUMN_TEAM_ID));
	out->has_account_id = !row_is_null(query, row, COLUMN_ACCOUNT_ID);
	out->account_id = message_uuid(arena, row_uuid(query, row, COLUMN_ACCOUNT_ID));
	out->account_name = (char *)(uintptr_t)row_c_text(query, row, COLUMN_ACCOUNT_NAME);
	out->has_category = !row_is_null(query, row, COLUMN_CATEGORY);
	out->category = (uint32_t)row_int2(query, row, COLUMN_CATEGORY);
	out->has_kind = !row_is_null(query, row, COLUMN_KIND);
	out->kind = (Pb__Complaint__Kind)row_int2(query, row, COLUMN_KIND);
	out->has_subkind = !row_is_null(query, row, COLUMN_SUBKIND);
	out->subkind = (Pb__Complaint__Subkind)row_int2(query, row, COLUMN_SUBKIND);
	out->has_month = !row_is_null(query, row, COLUMN_MONTH);
	out->month =
		out->has_month ? day_number(row_day(query, row, COLUMN_MONTH)) / DAYS_OF_NUMBER : 0;
}

static bool is_same_place(const struct query *query, size_t a, size_t b)
{
	return row_int8(query, a, COLUMN_PLACE) == row_int8(query, b, COLUMN_PLACE);
}

/* The rows from `first` that are of one group; NULL where the arena failed. */
static Pb__ReportRow *group_of(
	struct arena *arena, const struct query *query, size_t first, size_t count, bool is_personal)
{
	Pb__ReportRow *out = arena_new(arena, Pb__ReportRow);

	if (out == NULL) {
		return NULL;
	}
	pb__report_row__init(out);
	set_group(arena, query, first, out);
	out->values = arena_alloc(arena, count * sizeof(*out->values));
	for (size_t i = 0; out->values != NULL && i < count; i++) {
		out->values[out->n_values++] = value_of(arena, query, first + i, is_personal);
	}
	return out;
}

void kpi_rows(
	struct arena *arena, const struct query *query, bool is_personal, Pb__ReportKpiReply *out)
{
	size_t row_count = query_rows(query);
	size_t first = 1; /* behind the row of nothing */

	assert(row_count >= 1 && row_int2(query, 0, COLUMN_KPI) == 0);
	out->rows = arena_alloc(arena, KPI_ROWS_MAX * sizeof(*out->rows));
	while (out->rows != NULL && first < row_count && out->n_rows < KPI_ROWS_MAX) {
		size_t count = 1;

		while (first + count < row_count && is_same_place(query, first, first + count)) {
			count++;
		}
		out->rows[out->n_rows] = group_of(arena, query, first, count, is_personal);
		if (arena->failed) {
			out->n_rows = 0;
			return;
		}
		out->n_rows++;
		first += count;
	}
	out->has_has_more = true;
	out->has_more = first < row_count;
}
