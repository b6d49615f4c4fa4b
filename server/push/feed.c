/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/feed.h"

#include "server/push/watch.h"
#include "server/server.h"

#define FEED_BYTES_MAX 4096
#define ROWS_MAX 500 /* LIMIT of feed_read */
#define MARK_MS 15000
#define HELD_MS 10 /* the first time; each time twice as long */

static void on_done(struct errand *errand)
{
	struct feed *feed = container_of(errand, struct feed, errand);

	feed->is_reading = false;
	feed->is_answered = true;
}

void feed_init(struct feed *feed, struct server *server)
{
	*feed = (struct feed){.server = server};
	feed->errand.queries = feed->queries;
	feed->errand.done = on_done;
	list_init(&feed->replays);
	arena_init(&feed->arena, FEED_BYTES_MAX);
}

static void finish(struct feed *feed)
{
	for (size_t i = 0; i < FEED_QUERIES; i++) {
		query_fini(&feed->queries[i]);
	}
}

void feed_fini(struct feed *feed)
{
	finish(feed);
	arena_fini(&feed->arena);
}

void feed_begin(struct feed *feed, struct feed_position position)
{
	if (feed->position.era == 0) {
		feed->position = position;
		feed->fresh_utc_us = feed->server->now.utc_us;
		feed->poll_mono_us = feed->server->now.mono_us;
	}
}

void feed_nudge(struct feed *feed)
{
	feed->is_nudged = true;
}

/* The last event that was there behind the rows that were read has not been told. */
static bool is_held(const struct feed *feed)
{
	const struct query *last = &feed->queries[FEED_LAST];
	struct feed_position position = {.era = feed->position.era};

	if (query_rows(last) == 0) {
		return false;
	}
	position.xid = row_xid(last, 0, 0);
	position.seq = row_int8(last, 0, 1);
	return feed_position_compare(&position, &feed->position) > 0;
}

static void look_again_soon(struct feed *feed)
{
	int64_t poll_ms = feed->server->config->feed_poll_ms;

	feed->held_ms = feed->held_ms == 0 ? HELD_MS : 2 * feed->held_ms;
	feed->held_ms = feed->held_ms < poll_ms ? feed->held_ms : poll_ms;
	feed->poll_mono_us = feed->server->now.mono_us + feed->held_ms * US_PER_MS;
}

static void take_rows(struct feed *feed)
{
	const struct query *query = &feed->queries[FEED_READ];
	size_t count = query_rows(query);

	feed->server->counters.feed_reads++;
	feed->server->counters.feed_events += count;
	for (size_t i = 0; i < count; i++) {
		struct watch_event event =
			watch_event_of(query, i, feed->position.era, feed->server->now.utc_us);

		watch_fan_out(feed->server, &event);
		feed->position = event.position;
		feed->held_ms = 0;
	}
	if (count == ROWS_MAX) {
		feed->is_nudged = true; /* there is more */
		feed->fresh_utc_us = row_time(query, count - 1, 2);
	} else if (is_held(feed)) {
		look_again_soon(feed);
	} else {
		feed->held_ms = 0;
		feed->fresh_utc_us = feed->server->now.utc_us;
	}
}

/* Another cluster stands where ours was, or an earlier state of it: our position means nothing there. */
static void take_era(struct feed *feed)
{
	struct feed_position position = feed_position_of(&feed->queries[FEED_READ]);

	if (position.era != feed->position.era || position.xid < feed->position.xid) {
		feed->position = position;
		watch_resync_all(feed->server);
	}
	feed->asks_era = false;
	feed->is_nudged = true;
}

static void take_answer(struct feed *feed)
{
	feed->is_answered = false;
	if (feed->errand.outcome != ERRAND_DONE) {
		feed->asks_era = true;
		if (feed->errand.outcome == ERRAND_REFUSED) {
			replay_fail(feed); /* else what it asks for might hold up everybody again */
		}
	} else if (feed->queries[FEED_READ].stmt == STMT_feed_start) {
		take_era(feed);
	} else {
		replay_take(feed);
		take_rows(feed);
	}
	feed->replay_from.era = 0;
	finish(feed);
}

static void ask_rows(struct feed *feed, const struct watch *behind)
{
	struct query *read = &feed->queries[FEED_READ];
	struct query *replay = &feed->queries[FEED_REPLAY];

	query_init(read, STMT_feed_read, &feed->arena);
	query_xid(read, feed->position.xid);
	query_int8(read, feed->position.seq);
	query_time(read, feed->server->now.utc_us);
	query_init(&feed->queries[FEED_LAST], STMT_feed_last, &feed->arena);
	feed->errand.query_count = FEED_REPLAY; /* those before it */
	if (behind == NULL) {
		return;
	}
	feed->replay_from = behind->from;
	feed->errand.query_count = FEED_QUERIES;
	query_init(replay, STMT_feed_replay, &feed->arena);
	query_xid(replay, behind->from.xid);
	query_int8(replay, behind->from.seq);
	query_time(replay, feed->server->now.utc_us);
	query_xid(replay, feed->position.xid);
	query_int8(replay, feed->position.seq);
}

static void read_on(struct feed *feed, const struct watch *behind)
{
	struct server *server = feed->server;

	arena_fini(&feed->arena);
	feed->errand.query_count = 1;
	if (feed->asks_era) {
		query_init(&feed->queries[FEED_READ], STMT_feed_start, &feed->arena);
	} else {
		ask_rows(feed, behind);
	}
	feed->is_nudged = false;
	feed->is_reading = true;
	feed->poll_mono_us = server->now.mono_us + server->config->feed_poll_ms * US_PER_MS;
	feed->errand.expires_mono_us = server->now.mono_us + 2 * US_PER_S;
	reader_submit(&server->reader, &feed->errand);
}

static void mark(struct feed *feed)
{
	int64_t mono_us = feed->server->now.mono_us;

	if (feed->position.era != 0 && mono_us >= feed->mark_mono_us) {
		feed->mark_mono_us = mono_us + MARK_MS * US_PER_MS;
		watch_mark_all(feed->server);
	}
}

void feed_run(struct feed *feed)
{
	const struct watch *behind;

	if (feed->is_answered) {
		take_answer(feed);
	}
	if (feed->loss_count != feed->server->reader.loss_count) {
		feed->loss_count = feed->server->reader.loss_count;
		feed->asks_era = feed->asks_era || feed->position.era != 0; /* who answers now? */
	}
	if (list_empty(&feed->server->watches)) {
		feed->position.era = feed->is_reading ? feed->position.era : 0;
		return;
	}
	watch_refresh_stale(feed->server);
	mark(feed);
	if (feed->is_reading || feed->position.era == 0) {
		return;
	}
	behind = feed->asks_era ? NULL : replay_next(feed); /* nothing is told before that is known */
	if (behind != NULL || feed->is_nudged || feed->server->now.mono_us >= feed->poll_mono_us) {
		read_on(feed, behind);
	}
}

int64_t feed_due(const struct feed *feed)
{
	if (feed->is_answered) {
		return 0;
	}
	if (feed->is_reading || feed->position.era == 0) {
		return INT64_MAX;
	}
	return feed->is_nudged ? 0 : feed->poll_mono_us;
}

int64_t feed_lag_us(const struct feed *feed)
{
	int64_t lag_us = feed->server->now.utc_us - feed->fresh_utc_us;

	return feed->position.era == 0 || lag_us < 0 ? 0 : lag_us;
}
