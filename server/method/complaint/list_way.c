/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_way.h"

#include "server/method/complaint/list_filter.h"

/* Those that walk an index have a statement each way; the others sort what they found. */
#define WALKED(name) \
	{ \
		STMT_##name, STMT_##name##_back, STMT_##name##_sum, STMT_##name##_sum \
	}
#define FOUND(name) \
	{ \
		STMT_##name, STMT_##name, STMT_##name##_sum, STMT_##name##_sum \
	}

const struct list_way_row list_way_rows[LIST_WAY_COUNT] = {
	[LIST_WAY_TIME] = WALKED(complaint_list),
	[LIST_WAY_TEAM] = WALKED(complaint_list_team),
	[LIST_WAY_TEAMS] = WALKED(complaint_list_teams),
	[LIST_WAY_CREWS] = WALKED(complaint_list_crews),
	[LIST_WAY_QUEUE] = WALKED(complaint_list_queue),
	[LIST_WAY_OPEN] = WALKED(complaint_list_open),
	[LIST_WAY_WAITING] = WALKED(complaint_list_waiting),
	[LIST_WAY_WORDS] = {STMT_complaint_search, STMT_complaint_search_back,
		STMT_complaint_search_due_sum, STMT_complaint_search_count},
	[LIST_WAY_WORDS_DUE] = {STMT_complaint_search_due, STMT_complaint_search_due,
		STMT_complaint_search_due_sum, STMT_complaint_search_count},
	[LIST_WAY_SHORT] = {STMT_complaint_search_short, STMT_complaint_search_short_back,
		STMT_complaint_search_short_due_sum, STMT_complaint_search_short_count},
	[LIST_WAY_SHORT_DUE] = {STMT_complaint_search_short_due, STMT_complaint_search_short_due,
		STMT_complaint_search_short_due_sum, STMT_complaint_search_short_count},
	[LIST_WAY_OPEN_DUE] = FOUND(complaint_list_open_due),
	[LIST_WAY_NUMBER] = FOUND(complaint_by_number),
	[LIST_WAY_PHONE] = FOUND(complaint_by_phone),
	[LIST_WAY_HANDLED] = FOUND(complaint_list_handled),
	[LIST_WAY_WORKER] = FOUND(complaint_list_worker),
	[LIST_WAY_JOINED] = FOUND(complaint_list_joined),
	[LIST_WAY_PLACE] = FOUND(complaint_list_place),
	[LIST_WAY_DUE] = FOUND(complaint_list_due),
	[LIST_WAY_ENDED] = FOUND(complaint_list_ended),
};

#undef WALKED
#undef FOUND

static enum list_way way_of_words(const struct listing *listing)
{
	if (listing->is_short) {
		return listing->is_by_due ? LIST_WAY_SHORT_DUE : LIST_WAY_SHORT;
	}
	return listing->is_by_due ? LIST_WAY_WORDS_DUE : LIST_WAY_WORDS;
}

/* Conditions that are ways of their own; LIST_WAY_TIME: none of them. */
static enum list_way found_way(const struct listing *listing)
{
	const Pb__ComplaintList *in = listing->in;
	const struct {
		bool is_asked;
		enum list_way way;
	} rows[] = {
		{in->number != NULL, LIST_WAY_NUMBER},
		{in->phone != NULL, LIST_WAY_PHONE},
		{in->text != NULL, way_of_words(listing)},
		{in->has_handled_by_id, LIST_WAY_HANDLED},
		{in->has_worker_id, LIST_WAY_WORKER},
		{list_filter_flags(in) != 0, LIST_WAY_JOINED},
		{in->has_place_id, LIST_WAY_PLACE},
		{in->has_due_before_us, LIST_WAY_DUE},
		{in->has_ended_from_us, LIST_WAY_ENDED},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].is_asked) {
			return rows[i].way;
		}
	}
	return LIST_WAY_TIME;
}

enum list_way list_way_of(const struct listing *listing)
{
	const Pb__ComplaintList *in = listing->in;
	enum list_way way = found_way(listing);

	if (way != LIST_WAY_TIME) {
		return way;
	}
	if (listing->is_by_due && (listing->is_open || in->waits_for_decision)) {
		return LIST_WAY_OPEN_DUE;
	}
	if (in->waits_for_decision) {
		return LIST_WAY_WAITING;
	}
	if (in->only_queue && !listing->is_by_due) {
		return LIST_WAY_QUEUE;
	}
	return listing->is_open ? LIST_WAY_OPEN : LIST_WAY_TIME;
}
