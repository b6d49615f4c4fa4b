/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/holiday_state.h"

#include "proto/codec.h"

#define DECEMBER 12

static bool has_year(const Pb__HolidayListReply *reply, uint32_t year)
{
	for (size_t i = 0; i < reply->n_years; i++) {
		if (reply->years[i]->year == year) {
			return true;
		}
	}
	return false;
}

static struct str years_text(const Pb__HolidayLack *lack, struct arena *arena)
{
	struct str out = STR("");

	for (size_t i = 0; i < lack->n_years; i++) {
		out = arena_printf(
			arena, "%.*s%s%u", STR_ARG(out), i == 0 ? "" : ", ", (unsigned)lack->years[i]);
	}
	return out;
}

static void add_lacks(
	struct holiday_state *state, const Pb__HolidayListReply *reply, struct arena *arena)
{
	struct str text = STR("");

	for (size_t i = 0; i < reply->n_lacks; i++) {
		const Pb__HolidayLack *lack = reply->lacks[i];

		state->lack_count += lack->count;
		text = arena_printf(arena, "%.*s%s%.*s %llu (%.*s)", STR_ARG(text), i == 0 ? "" : ", ",
			STR_ARG(codec_str(lack->community_name)), (unsigned long long)lack->count,
			STR_ARG(years_text(lack, arena)));
	}
	state->lacks = arena_c_string(arena, text);
}

struct holiday_state holiday_state_of(const Pb__HolidayListReply *reply, struct arena *arena)
{
	struct holiday_state out = {
		.year_count = reply->n_years, .next_year = reply->today / 10000 + 1};
	bool is_late =
		reply->today / 100 % 100 == DECEMBER && reply->today % 100 >= HOLIDAY_NEXT_MISSED_DAY;

	out.is_next_missing = is_late && !has_year(reply, out.next_year);
	add_lacks(&out, reply, arena);
	return out;
}
