/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/absence/absence_row.h"

#include "server/method/row_message.h"
#include "server/method/staff/staff_reach.h"

Pb__TimeWindow *absence_window(
	struct arena *arena, const struct query *query, size_t row, int from_column)
{
	struct row_source from = {arena, query, row};
	Pb__TimeWindow *out = arena_new(arena, Pb__TimeWindow);

	if (out != NULL) {
		pb__time_window__init(out);
		row_set_time(&from, from_column, &out->has_from_us, &out->from_us);
		row_set_time(&from, from_column + 1, &out->has_to_us, &out->to_us);
	}
	return out;
}

Pb__Absence *absence_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Absence *out = arena_new(arena, Pb__Absence);

	if (out == NULL) {
		return NULL;
	}
	pb__absence__init(out);
	row_set_uuid(&from, ABSENCE_COLUMN_ID, &out->has_absence_id, &out->absence_id);
	row_set_uuid(&from, ABSENCE_COLUMN_ACCOUNT_ID, &out->has_account_id, &out->account_id);
	out->name = row_borrow_text(&from, ABSENCE_COLUMN_NAME);
	out->has_kind = out->has_version = true;
	out->kind = (Pb__Absence__Kind)row_int2(query, row, ABSENCE_COLUMN_KIND);
	out->window = absence_window(arena, query, row, ABSENCE_COLUMN_FROM);
	out->version = (uint32_t)row_int4(query, row, ABSENCE_COLUMN_VERSION);
	row_set_uuid(&from, ABSENCE_COLUMN_RECORDED_BY, &out->has_recorded_by_id, &out->recorded_by_id);
	return out;
}

void absence_load(struct request *r, struct uuid absence_id)
{
	struct query *query = request_query(r, STMT_absence_get);

	query_uuid(query, absence_id);
	staff_reach_add(r, query, staff_reach_of(r), uuid_nil);
}
