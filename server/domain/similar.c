/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/similar.h"

#define WEIGHT_COUNT_MIN 16 /* of fewer candidates nobody can say what is rare */
#define SCORE_TEXT_MIN 60   /* the same place does not make another matter the same */
#define SCORE_PLACE 50
#define SCORE_CATEGORY 25

/* What each of the typed pairs weighs: the more, the fewer candidates have it. */
struct weights {
	struct search_pairs typed;
	uint32_t whole; /* of a pair that no candidate has; 1 more than the number of them */
	uint32_t held[SIMILAR_PAIRS_MAX]; /* by how many candidates */
	uint64_t sum;
};

/* Calls both ascending: how many they share, and what these weigh together. */
static uint64_t shared_weight(
	const struct weights *weights, struct search_pairs other, size_t *out_count)
{
	uint64_t weight = 0;
	size_t count = 0;

	for (size_t i = 0, k = 0; i < weights->typed.count && k < other.count;) {
		if (weights->typed.ptr[i] == other.ptr[k]) {
			weight += weights->whole - weights->held[i];
			count++;
			i++;
			k++;
		} else if (weights->typed.ptr[i] < other.ptr[k]) {
			i++;
		} else {
			k++;
		}
	}
	*out_count = count;
	return weight;
}

static void count_held(struct weights *weights, struct search_pairs other)
{
	for (size_t i = 0, k = 0; i < weights->typed.count && k < other.count;) {
		if (weights->typed.ptr[i] == other.ptr[k]) {
			weights->held[i]++;
			i++;
			k++;
		} else if (weights->typed.ptr[i] < other.ptr[k]) {
			i++;
		} else {
			k++;
		}
	}
}

static void weigh(struct weights *weights, struct search_pairs typed,
	const struct similar_candidate *candidates, size_t count)
{
	*weights = (struct weights){.typed = typed};
	weights->typed.count = size_min(typed.count, SIMILAR_PAIRS_MAX);
	weights->whole = (uint32_t)size_max(count, WEIGHT_COUNT_MIN) + 1;
	for (size_t i = 0; i < count; i++) {
		count_held(weights, candidates[i].pairs);
	}
	for (size_t i = 0; i < weights->typed.count; i++) {
		assert(weights->held[i] < weights->whole);
		weights->sum += weights->whole - weights->held[i];
	}
}

/* The whole part of the square root; bit by bit, from the highest. */
static uint64_t square_root(uint64_t square)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1) {
		if ((root | bit) * (root | bit) <= square) {
			root |= bit;
		}
	}
	return root;
}

static uint32_t score_of(const struct weights *weights, const struct similar_candidate *candidate)
{
	size_t shared_count;
	uint64_t shared = shared_weight(weights, candidate->pairs, &shared_count);
	/* What is not typed is held to be rare. */
	uint64_t other = shared + (candidate->pairs.count - shared_count) * weights->whole;
	uint64_t score;

	if (shared == 0) {
		return 0;
	}
	score = shared * SIMILAR_SCORE_MAX / square_root(weights->sum * other);
	assert(score <= SIMILAR_SCORE_MAX + 1); /* a root is rounded down */
	if (score < SCORE_TEXT_MIN) {
		return 0;
	}
	return (uint32_t)score + (candidate->is_same_place ? SCORE_PLACE : 0) +
	       (candidate->is_same_category ? SCORE_CATEGORY : 0);
}

void similar_score(struct search_pairs typed, struct similar_candidate *candidates, size_t count)
{
	struct weights weights;

	assert(count <= SIMILAR_CANDIDATES_MAX);
	weigh(&weights, typed, candidates, count);
	for (size_t i = 0; i < count; i++) {
		assert(candidates[i].pairs.count <= SIMILAR_PAIRS_MAX);
		candidates[i].score = score_of(&weights, &candidates[i]);
	}
}

size_t similar_best(
	const struct similar_candidate *candidates, size_t count, size_t *out, size_t max)
{
	size_t found = 0;

	for (size_t i = 0; i < count && max > 0; i++) {
		size_t at = found;

		if (candidates[i].score < SIMILAR_SCORE_MIN) {
			continue;
		}
		while (at > 0 && candidates[out[at - 1]].score < candidates[i].score) {
			at--;
		}
		if (at == max) {
			continue;
		}
		found = size_min(found + 1, max);
		for (size_t k = found - 1; k > at; k--) {
			out[k] = out[k - 1];
		}
		out[at] = i;
	}
	return found;
}
