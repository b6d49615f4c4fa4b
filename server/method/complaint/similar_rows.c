/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/similar_rows.h"

#include "server/method/complaint/complaint_column.h"
#include "server/method/complaint/complaint_message.h"

enum { COLUMN_PAIRS = COLUMN_COUNT };

static struct search_pairs pairs_at(struct arena *arena, const struct query *rows, size_t row)
{
	int64_t *pairs = arena_alloc(arena, SIMILAR_PAIRS_MAX * sizeof *pairs);
	size_t count = 0;

	if (pairs != NULL) {
		count = row_int8s(rows, row, COLUMN_PAIRS, pairs, SIMILAR_PAIRS_MAX);
	}
	return (struct search_pairs){pairs, size_min(count, SIMILAR_PAIRS_MAX)};
}

static Pb__SimilarComplaint *message_of(struct arena *arena, const struct query *rows, size_t row,
	const struct similar_candidate *candidate)
{
	static Pb__SimilarComplaint empty = PB__SIMILAR_COMPLAINT__INIT;
	Pb__SimilarComplaint *out = arena_new(arena, Pb__SimilarComplaint);

	if (out == NULL) {
		return &empty;
	}
	pb__similar_complaint__init(out);
	out->complaint = complaint_message(arena, rows, row);
	out->has_score = out->has_is_same_place = true;
	out->score = candidate->score;
	out->is_same_place = candidate->is_same_place;
	return out;
}

static size_t read_candidates(struct arena *arena, const struct query *rows,
	const struct similar_ask *ask, struct similar_candidate *out)
{
	size_t count = size_min(query_rows(rows), SIMILAR_CANDIDATES_MAX);

	for (size_t i = 0; i < count; i++) {
		out[i] = (struct similar_candidate){
			.pairs = pairs_at(arena, rows, i),
			.is_same_place = uuid_equal(row_uuid(rows, i, COLUMN_PLACE_ID), ask->place_id),
			.is_same_category = (uint32_t)row_int2(rows, i, COLUMN_CATEGORY) == ask->category,
		};
	}
	return count;
}

void similar_rows(struct arena *arena, const struct query *rows, const struct similar_ask *ask,
	Pb__ComplaintSimilarReply *out)
{
	struct similar_candidate candidates[SIMILAR_CANDIDATES_MAX];
	size_t best[SIMILAR_LIMIT_MAX];
	size_t count = read_candidates(arena, rows, ask, candidates);

	assert(ask->limit <= SIMILAR_LIMIT_MAX);
	if (arena->failed) {
		return;
	}
	similar_score(ask->typed, candidates, count);
	count = similar_best(candidates, count, best, ask->limit);
	out->similar = arena_alloc(arena, size_max(count, 1) * sizeof *out->similar);
	if (out->similar == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		out->similar[i] = message_of(arena, rows, best[i], &candidates[best[i]]);
	}
	out->n_similar = count;
}
