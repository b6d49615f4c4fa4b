/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding words in Chinese text: after NFKC and case folding, each two neighbouring characters are one
 * number. A word of two characters or more is found by its pairs; what the pairs find is then checked
 * with LIKE. Pure; memory from the arena.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

struct search_pairs {
	const int64_t *ptr; /* ascending, each once */
	size_t count;
};

/* NFKC, case folded; breaks and tabs become spaces, other controls vanish; empty: arena failed. */
struct str search_normalise(struct arena *arena, struct str text);

/* The pairs of normalised text: first << 21 | second; pairs with a space are left out. */
struct search_pairs search_pairs_of(struct arena *arena, struct str normalised);

/* %word% for LIKE, with \ before each of \ % _. */
struct str search_like(struct arena *arena, struct str normalised);
