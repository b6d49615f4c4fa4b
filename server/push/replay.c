/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What watches that are behind the feed have missed: portions of the event table, each told to all who stand within
 * it. feed.h says how they join the others again.
 */
#include "server/net/conn.h"
#include "server/push/watch.h"
#include "server/server.h"

#define PORTION_ROWS 200 /* LIMIT of feed_replay */

/* It has been told everything, and goes on with the others. */
static void join(struct feed *feed, struct watch *watch)
{
	list_remove(&watch->replay_node);
	if (watch->wish.with_marks && watch->conn->state < CONN_CLOSING) {
		push_mark(watch, feed->position);
	}
}

/* Too much has come meanwhile; or the database it looked at is not the one that the feed reads by now. */
static bool is_hopeless(const struct feed *feed, const struct watch *watch)
{
	uint64_t missed = feed->server->counters.feed_events - watch->held_count;

	return missed > (uint64_t)feed->server->config->replay_events_max ||
	       watch->from.era < feed->position.era;
}

struct watch *replay_next(struct feed *feed)
{
	struct watch *first = NULL;
	struct watch *oldest = NULL;

	list_each (node, after, &feed->replays) {
		struct watch *watch = container_of(node, struct watch, replay_node);

		if (watch->conn->state >= CONN_CLOSING) {
			list_remove(node);
		} else if (is_hopeless(feed, watch)) {
			watch_give_up(watch);
		} else if (watch_is_ready(watch)) {
			watch->is_paused = false;
			if (feed_position_compare(&watch->from, &feed->position) >= 0) {
				join(feed, watch);
				continue;
			}
			first = first == NULL ? watch : first;
			if (oldest == NULL || feed_position_compare(&watch->from, &oldest->from) < 0) {
				oldest = watch;
			}
		}
	}
	/* By turns: the oldest serves most on its way, and the first keeps whoever comes with an old one from going before. */
	feed->is_oldest_next = !feed->is_oldest_next;
	return feed->is_oldest_next ? oldest : first;
}

/* Those who stood within the portion are told up to its end now. */
static void advance(struct feed *feed, struct feed_position end)
{
	struct list done;

	list_init(&done);
	list_each (node, after, &feed->replays) {
		struct watch *watch = container_of(node, struct watch, replay_node);

		if (watch->is_paused || feed_position_compare(&watch->from, &feed->replay_from) < 0 ||
			feed_position_compare(&watch->from, &end) >= 0) {
			continue;
		}
		watch->from = end;
		list_remove(node);
		list_append(&done, node); /* behind whoever had no part in it */
	}
	list_splice(&feed->replays, &done);
}

void replay_take(struct feed *feed)
{
	const struct query *query = &feed->queries[FEED_REPLAY];
	struct feed_position told = feed->replay_from;
	size_t count;

	if (feed->replay_from.era == 0) {
		return;
	}
	count = query_rows(query);
	feed->server->counters.replay_events += count;
	for (size_t i = 0; i < count; i++) {
		struct watch_event event =
			watch_event_of(query, i, feed->position.era, feed->server->now.utc_us);

		watch_fan_out_again(feed->server, &event, feed->replay_from, told);
		told = event.position;
	}
	advance(feed, count == PORTION_ROWS ? told : feed->position);
	list_each (node, after, &feed->replays) {
		struct watch *watch = container_of(node, struct watch, replay_node);

		if (feed_position_compare(&watch->from, &feed->position) >= 0) {
			join(feed, watch);
		}
	}
}

void replay_fail(struct feed *feed)
{
	list_each (node, after, &feed->replays) {
		struct watch *watch = container_of(node, struct watch, replay_node);

		if (feed->replay_from.era != 0 &&
			feed_position_compare(&watch->from, &feed->replay_from) == 0) {
			watch_give_up(watch);
		}
	}
}
