/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place in the feed. It says from where, never what may be seen: a client may name any.
 */
#pragma once

#include "common/base.h"

struct query;

struct feed_position {
	uint64_t era; /* 0: none */
	uint64_t xid;
	int64_t seq;
};

/* Where feed_start's row says that a new watcher begins. */
struct feed_position feed_position_of(const struct query *feed_start);
/* Below 0, 0 or above, as strcmp. */
int feed_position_compare(const struct feed_position *a, const struct feed_position *b);
