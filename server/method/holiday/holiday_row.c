/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/holiday/holiday_row.h"

#include "common/day.h"
#include "server/method/row_message.h"

/* HOLIDAY_YEARS of stmt_promise.def, in their order. */
enum { YEAR_YEAR, YEAR_VERSION, YEAR_BY, YEAR_BY_NAME, YEAR_AT, YEAR_OFF, YEAR_MAKE_UP };
enum { DAY_DAY, DAY_IS_OFF, DAY_NAME };

uint32_t holiday_year_version(const struct query *query, size_t row)
{
	return (uint32_t)row_int4(query, row, YEAR_VERSION);
}

Pb__HolidayYear *holiday_year_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__HolidayYear *out = arena_new(arena, Pb__HolidayYear);

	if (out == NULL) {
		return NULL;
	}
	pb__holiday_year__init(out);
	out->has_version = out->has_off_count = out->has_make_up_count = true;
	row_set_number(&from, YEAR_YEAR, &out->has_year, &out->year);
	out->version = holiday_year_version(query, row);
	row_set_uuid(&from, YEAR_BY, &out->has_loader_id, &out->loader_id);
	out->loader_name = row_borrow_text(&from, YEAR_BY_NAME);
	row_set_time(&from, YEAR_AT, &out->has_loaded_us, &out->loaded_us);
	out->off_count = (uint32_t)row_int8(query, row, YEAR_OFF);
	out->make_up_count = (uint32_t)row_int8(query, row, YEAR_MAKE_UP);
	return out;
}

Pb__Holiday *holiday_message(struct arena *arena, const struct query *query, size_t row)
{
	struct row_source from = {arena, query, row};
	Pb__Holiday *out = arena_new(arena, Pb__Holiday);

	if (out == NULL) {
		return NULL;
	}
	pb__holiday__init(out);
	out->has_day = out->has_is_off = true;
	out->day = day_number(row_day(query, row, DAY_DAY));
	out->is_off = row_bool(query, row, DAY_IS_OFF);
	out->name = row_borrow_text(&from, DAY_NAME);
	return out;
}
