/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event rows of a complaint (complaint_events and feed_read of stmt.def) as lines of its timeline.
 */
#pragma once

#include "complaint.pb-c.h"
#include "server/db/query.h"

/* What was said with it; borrowed. */
struct str complaint_event_words(const struct query *query, size_t row);

/* In the arena. Never NULL: where the arena failed it is an empty message, and the flag says so. */
Pb__ComplaintEvent *complaint_event_of(
	struct arena *arena, const struct query *query, size_t row, uint64_t era);
