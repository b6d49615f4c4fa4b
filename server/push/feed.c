/* SPDX-License-Identifier: Apache-2.0 */
#include "server/push/feed.h"

#include "server/push/watch.h"
#include "server/server.h"

#define FEED_BYTES_MAX 4096
#define ROWS_MAX 500 /* LIMIT of feed_read */

/* Of feed_read, behind what complaint_event.c reads. */
enum { COLUMN_TOPIC = 33, COLUMN_LEAD, COLUMN_RESPONDENT_ID, COLUMN_WORKER_ID };

static void on_done(struct errand *errand)
{
	struct feed *feed = container_of(errand, struct feed, errand);

	feed->is_reading = false;
	feed->is_answered = true;
}

void feed_init(struct feed *feed, struct server *server)
{
	*feed = (struct feed){.server = server};
	feed->errand.queries = &feed->query;
	feed->errand.query_count = 1;
	feed->errand.done = on_done;
	arena_init(&feed->arena, FEED_BYTES_MAX);
}

void feed_fini(struct feed *feed)
{
	query_fini(&feed->query);
	arena_fini(&feed->arena);
}

struct feed_position feed_position_of(const struct query *feed_start)
{
	/* Everything below xmin is seen already: a watcher begins behind its last possible row. */
	return (struct feed_position){
		.era = (uint64_t)row_int8(feed_start, 0, 0),
		.xid = row_xid(feed_start, 0, 1) - 1,
		.seq = INT64_MAX,
	};
}

int feed_position_compare(const struct feed_position *a, const struct feed_position *b)
{
	if (a->era != b->era) {
		return a->era < b->era ? -1 : 1;
	}
	if (a->xid != b->xid) {
		return a->xid < b->xid ? -1 : 1;
	}
	return (a->seq > b->seq) - (a->seq < b->seq);
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

static struct watch_event event_of(const struct feed *feed, size_t row)
{
	const struct query *query = &feed->query;

	return (struct watch_event){
		.query = query,
		.row = row,
		.position = {feed->position.era, row_xid(query, row, 0), row_int8(query, row, 1)},
		.topic = row_int2(query, row, COLUMN_TOPIC),
		.community_id = row_uuid(query, row, 3),
		.subject_id = row_uuid(query, row, 4),
		.team_id = row_uuid(query, row, 13),
		.crew_id = row_uuid(query, row, 14),
		.lead = row_int2(query, row, COLUMN_LEAD),
		.respondent_id = row_uuid(query, row, COLUMN_RESPONDENT_ID),
		.worker_id = row_uuid(query, row, COLUMN_WORKER_ID),
	};
}

static void take_rows(struct feed *feed)
{
	size_t count = query_rows(&feed->query);

	feed->server->counters.feed_reads++;
	feed->server->counters.feed_events += count;
	for (size_t i = 0; i < count; i++) {
		struct watch_event event = event_of(feed, i);

		watch_fan_out(feed->server, &event);
		feed->position = event.position;
	}
	if (count == ROWS_MAX) {
		feed->is_nudged = true; /* there is more */
		feed->fresh_utc_us = row_time(&feed->query, count - 1, 2);
	} else {
		feed->fresh_utc_us = feed->server->now.utc_us;
	}
}

/* Another cluster stands where ours was, or an earlier state of it: our position means nothing there. */
static void take_era(struct feed *feed)
{
	struct feed_position position = feed_position_of(&feed->query);

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
	} else if (feed->query.stmt == STMT_feed_start) {
		take_era(feed);
	} else {
		take_rows(feed);
	}
	query_fini(&feed->query);
}

static void read_on(struct feed *feed)
{
	struct server *server = feed->server;

	arena_fini(&feed->arena);
	query_init(&feed->query, feed->asks_era ? STMT_feed_start : STMT_feed_read, &feed->arena);
	if (!feed->asks_era) {
		query_xid(&feed->query, feed->position.xid);
		query_int8(&feed->query, feed->position.seq);
	}
	feed->is_nudged = false;
	feed->is_reading = true;
	feed->poll_mono_us = server->now.mono_us + server->config->feed_poll_ms * US_PER_MS;
	feed->errand.expires_mono_us = server->now.mono_us + 2 * US_PER_S;
	reader_submit(&server->reader, &feed->errand);
}

void feed_run(struct feed *feed)
{
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
	if (!feed->is_reading && feed->position.era != 0 &&
		(feed->is_nudged || feed->server->now.mono_us >= feed->poll_mono_us)) {
		read_on(feed);
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
