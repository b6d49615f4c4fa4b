/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much alike two texts are that tell of a matter at one place: by the pairs of characters (search.h) that
 * they have in common, as the cosine of the two sets. A pair that many of the candidates have says less than
 * one that few have, so each is weighed by how many have it. Pure integers: the same texts always give the
 * same score.
 *
 * Measured on 827 real messages against twenty others of their kind; tests/domain/similar_report.c has the figures.
 */
#pragma once

#include "server/domain/search.h"

/* Of a text the lowest of its pairs are looked at, so many: a text of about 600 characters has no more. */
#define SIMILAR_PAIRS_MAX 512
#define SIMILAR_CANDIDATES_MAX 64
#define SIMILAR_SCORE_MAX 1000 /* of the texts alone */

/* Below it nothing is suggested. Four in a thousand that tell of something else reach it. */
#define SIMILAR_SCORE_MIN 110

struct similar_candidate {
	struct search_pairs pairs; /* at most SIMILAR_PAIRS_MAX, the lowest */
	bool is_same_place;        /* the place itself, not only the building */
	bool is_same_category;     /* the category itself, not only the group */
	uint32_t score;            /* set by similar_score */
};

/*
 * Sets the score of each candidate.
 *
 *   typed   the pairs of what was written so far; more than SIMILAR_PAIRS_MAX are not looked at
 *   count   at most SIMILAR_CANDIDATES_MAX
 *   score   per mille of the texts, and a little more at the same place or in the same category: where the texts
 *           have too little in common, 0
 */
void similar_score(struct search_pairs typed, struct similar_candidate *candidates, size_t count);

/* Indices of those that reach SIMILAR_SCORE_MIN, the best first, of equal ones the first; how many. */
size_t similar_best(
	const struct similar_candidate *candidates, size_t count, size_t *out, size_t max);
