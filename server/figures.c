/* SPDX-License-Identifier: Apache-2.0 */
#include "server/figures.h"

#include "server/server.h"

void figures_take(struct server *server, struct figures *out)
{
	const struct histogram *spreads[] = {
#define VALUE(kind, name, value, text)
#define EACH(kind, name, labels, walk, text)
#define SPREAD(name, histogram, text) &(histogram),
#include "server/metric.def"
#undef VALUE
#undef EACH
#undef SPREAD
	};

	static_assert(COUNT(spreads) == FIGURES_SPREADS, "one a row");
	server_count(server);
	out->counters = server->counters;
	census_take(server, &out->census);
	for (size_t i = 0; i < COUNT(spreads); i++) {
		out->spreads[i] = *spreads[i];
	}
	out->feed = server->feed.position;
}

/* GAUGE rows too: each is of what a loop has itself, or of what only the first one's jobs look at. */
static void join_counters(struct counters *sum, const struct counters *more)
{
#define COUNTER(member, name, text) sum->member += more->member;
#define GAUGE COUNTER
#include "server/counter.def"
#undef COUNTER
#undef GAUGE
}

void figures_join(struct figures *sum, const struct figures *more)
{
	join_counters(&sum->counters, &more->counters);
	census_join(&sum->census, &more->census);
	for (size_t i = 0; i < FIGURES_SPREADS; i++) {
		histogram_join(&sum->spreads[i], &more->spreads[i]);
	}
	if (feed_position_compare(&more->feed, &sum->feed) > 0) {
		sum->feed = more->feed;
	}
}

void figures_join_metrics(struct metrics *sum, const struct metrics *more)
{
	for (size_t method = 0; method < COUNT(sum->requests); method++) {
		for (size_t outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
			histogram_join(&sum->requests[method][outcome], &more->requests[method][outcome]);
		}
	}
	for (size_t i = 0; i < COUNT(sum->errors); i++) {
		sum->errors[i] += more->errors[i];
	}
}
