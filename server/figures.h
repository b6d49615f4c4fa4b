/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that is told of one loop, as plain numbers: what another thread may have a copy of, and what several loops'
 * can be made one of. Only how the answers are spread (struct metrics) is beside it, since it is a hundred times as
 * large, and a single loop's is told from where it lies.
 */
#pragma once

#include "common/histogram.h"
#include "server/census.h"
#include "server/counters.h"
#include "server/metric.h"
#include "server/push/feed_position.h"

enum {
#define VALUE(kind, name, value, text)
#define EACH(kind, name, labels, walk, text)
#define SPREAD(name, histogram, text) +1
	FIGURES_SPREADS =
#include "server/metric.def"
#undef VALUE
#undef EACH
#undef SPREAD
};

struct figures {
	struct counters counters;
	struct census census;
	struct histogram spreads[FIGURES_SPREADS]; /* a SPREAD row each, in their order */
	struct feed_position feed; /* up to where the feed was read; era 0: nobody watches */
};

/* As they are now. */
void figures_take(struct server *server, struct figures *out);

/* Another loop's beside what is there: counters and spreads added up, the rest as each means it. */
void figures_join(struct figures *sum, const struct figures *more);
void figures_join_metrics(struct metrics *sum, const struct metrics *more);
