/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_sum.h"

#include "server/method/complaint/list_filter.h"
#include "server/method/cursor.h"

enum sum_column { SUM_STATE, SUM_NUMBER, SUM_AT, SUM_COMPLAINT_ID };

/* Those of states come first. */
static size_t state_rows(const struct query *sum)
{
	size_t count = 0;

	while (count < query_rows(sum) && !row_is_null(sum, count, SUM_STATE)) {
		count++;
	}
	return count;
}

static uint32_t total_of(const struct query *sum)
{
	uint32_t total = 0;

	for (size_t i = 0; i < state_rows(sum); i++) {
		total += (uint32_t)row_int8(sum, i, SUM_NUMBER);
	}
	return total;
}

static Pb__StateCount *count_of(struct arena *arena, const struct query *sum, size_t row)
{
	static Pb__StateCount empty = PB__STATE_COUNT__INIT;
	Pb__StateCount *out = arena_new(arena, Pb__StateCount);

	if (out == NULL) {
		return &empty;
	}
	pb__state_count__init(out);
	out->has_state = out->has_count = true;
	out->state = (Pb__Complaint__State)row_int2(sum, row, SUM_STATE);
	out->count = (uint32_t)row_int8(sum, row, SUM_NUMBER);
	return out;
}

void list_sum_counts(struct request *r, const struct query *sum, Pb__ComplaintCountReply *out)
{
	uint32_t total = total_of(sum);

	out->n_counts = state_rows(sum);
	out->counts = arena_alloc(&r->arena, size_max(out->n_counts, 1) * sizeof *out->counts);
	for (size_t i = 0; out->counts != NULL && i < out->n_counts; i++) {
		out->counts[i] = count_of(&r->arena, sum, i);
	}
	out->has_total = out->has_has_more = true;
	/* A row without a state says that not all could be looked at. */
	out->has_more = total > LIST_COUNT_MAX || state_rows(sum) < query_rows(sum);
	out->total = total > LIST_COUNT_MAX ? LIST_COUNT_MAX : total;
}

void list_sum_anchors(struct request *r, const struct query *sum, Pb__ComplaintListReply *out)
{
	uint32_t total = total_of(sum);
	size_t first = state_rows(sum);
	struct span filter = cursor_filter(r);

	out->n_anchors = query_rows(sum) - first;
	out->anchors = arena_alloc(&r->arena, size_max(out->n_anchors, 1) * sizeof *out->anchors);
	for (size_t i = 0; out->anchors != NULL && i < out->n_anchors; i++) {
		struct list_position position = {
			.at_us = row_time(sum, first + i, SUM_AT),
			.complaint_id = row_uuid(sum, first + i, SUM_COMPLAINT_ID),
		};

		out->anchors[i] = codec_bytes(list_cursor_make(r, filter, &position));
	}
	out->has_row_count = out->has_has_more_rows = true;
	out->has_more_rows = total > LIST_ANCHOR_MAX;
	out->row_count = out->has_more_rows ? LIST_ANCHOR_MAX : total;
}
