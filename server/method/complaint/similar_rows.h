/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of complaint_similar, scored, and the best of them as messages.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/db/query.h"
#include "server/domain/similar.h"

#define SIMILAR_LIMIT_MAX 20 /* field.def */

struct similar_ask {
	struct search_pairs typed;
	struct uuid place_id;
	uint32_t category;
	size_t limit; /* at most SIMILAR_LIMIT_MAX */
};

/* Sets the reply's list; empty where the arena failed. */
void similar_rows(struct arena *arena, const struct query *rows, const struct similar_ask *ask,
	Pb__ComplaintSimilarReply *out);
