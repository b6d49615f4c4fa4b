/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/clock_job.h"

#include "server/loops.h"
#include "server/server.h"

#define EVERY_MS 1000 /* for what other servers did, and what time did */
#define APART_MS 20   /* looks gather what is committed meanwhile */
#define LOOK_ROWS 100 /* LIMIT of each question: with as many there may be more */
#define EXPIRES_MS 5000
#define JOB_BYTES_MAX (4 * 1024 * 1024)

/* Of clock_turn. */
enum {
	TURN_TURN,
	TURN_ERA,
	TURN_ERA_NOW,
	TURN_XID,
	TURN_SEQ,
	TURN_ALMANAC,
	TURN_XMIN,
	TURN_RECKONED
};

static void on_done(struct errand *errand)
{
	container_of(errand, struct clock_job, errand)->is_answered = true;
}

void clock_job_init(struct clock_job *job, struct server *server)
{
	*job = (struct clock_job){.server = server};
	job->errand.queries = job->queries;
	job->errand.done = on_done;
	arena_init(&job->arena, JOB_BYTES_MAX);
}

static void clear(struct clock_job *job)
{
	for (size_t i = 0; i < job->errand.query_count; i++) {
		query_fini(&job->queries[i]);
	}
	job->errand.query_count = 0;
	arena_fini(&job->arena);
}

void clock_job_fini(struct clock_job *job)
{
	clear(job);
	almanac_fini(&job->almanac);
}

void clock_job_nudge(struct clock_job *job)
{
	job->is_nudged = true;
}

static void hand_over(struct clock_job *job, enum clock_phase phase, size_t query_count)
{
	struct server *server = job->server;

	job->phase = phase;
	job->errand.query_count = query_count;
	job->errand.expires_mono_us = server->now.mono_us + EXPIRES_MS * US_PER_MS;
	if (phase == CLOCK_WRITING) {
		writers_submit(&server->writers, &job->errand);
	} else {
		reader_submit(&server->reader, &job->errand);
	}
}

/* Done for now; the next look soon where there is more to do, else in a second. */
static void rest(struct clock_job *job, bool has_more)
{
	clear(job);
	job->phase = CLOCK_IDLE;
	job->is_nudged = job->is_nudged || has_more;
	job->due_mono_us = job->server->now.mono_us + EVERY_MS * US_PER_MS;
}

static void look(struct clock_job *job)
{
	static const enum stmt stmts[CLOCK_QUERY_COUNT] = {
		[CLOCK_QUERY_TURN] = STMT_clock_turn,
		[CLOCK_QUERY_EVENTS] = STMT_clock_events,
		[CLOCK_QUERY_DUE] = STMT_clock_due,
		[CLOCK_QUERY_RUNNING] = STMT_clock_running,
	};
	size_t count = job->reckons ? CLOCK_QUERY_COUNT : CLOCK_QUERY_RUNNING;

	for (size_t i = 0; i < count; i++) {
		query_init(&job->queries[i], stmts[i], &job->arena);
	}
	query_time(&job->queries[CLOCK_QUERY_DUE], job->server->now.utc_us);
	if (job->reckons) {
		query_uuid(&job->queries[CLOCK_QUERY_RUNNING], job->reckoned.community_id);
		query_uuid(&job->queries[CLOCK_QUERY_RUNNING], job->reckoned.complaint_id);
	}
	job->is_nudged = false;
	job->not_before_mono_us = job->server->now.mono_us + APART_MS * US_PER_MS;
	hand_over(job, CLOCK_READING, count);
}

static void learn(struct clock_job *job)
{
	clear(job);
	almanac_ask(job->queries, &job->arena, job->server->now.utc_us);
	hand_over(job, CLOCK_LEARNING, ALMANAC_QUERY_COUNT);
}

/* The version was read before the rows, in an earlier look: where they are newer they are read once more. */
static void take_almanac(struct clock_job *job, int64_t version)
{
	if (almanac_take(&job->almanac, job->queries, version, job->server->now.utc_us)) {
		job->reckons = false; /* what was done of it, was done by another almanac */
	}
	rest(job, true);
}

/* After dump and restore transaction ids begin low again: events are followed from this moment on. */
static void take_turn(struct clock_job *job)
{
	const struct query *query = &job->queries[CLOCK_QUERY_TURN];
	int64_t era_now = row_int8(query, 0, TURN_ERA_NOW);

	job->turn = (struct clock_turn){.turn = row_int8(query, 0, TURN_TURN),
		.era = row_int8(query, 0, TURN_ERA),
		.xid = row_xid(query, 0, TURN_XID),
		.seq = row_int8(query, 0, TURN_SEQ),
		.reckoned = row_int8(query, 0, TURN_RECKONED)};
	if (job->turn.era != era_now) {
		bool is_first = job->turn.era == 0;

		job->turn.era = era_now;
		job->turn.xid = is_first ? job->turn.xid : row_xid(query, 0, TURN_XMIN) - 1;
		job->turn.seq = is_first ? job->turn.seq : INT64_MAX;
	}
}

/* This look brought a portion of what is reckoned again. */
static bool has_portion(const struct clock_job *job)
{
	return job->reckons && job->errand.query_count == CLOCK_QUERY_COUNT;
}

static bool is_last_portion(const struct clock_job *job)
{
	return has_portion(job) && query_rows(&job->queries[CLOCK_QUERY_RUNNING]) < LOOK_ROWS;
}

/* Where the portion ends: there the next one begins, once this one is written or had nothing to write. */
static void note_portion(struct clock_job *job)
{
	const struct query *query = &job->queries[CLOCK_QUERY_RUNNING];
	size_t count = has_portion(job) ? query_rows(query) : 0;

	job->portion = job->reckoned;
	if (count > 0) {
		job->portion =
			(struct clock_place){row_uuid(query, count - 1, 0), row_uuid(query, count - 1, 1)};
	}
}

/* Does it have to be gone through all that runs? Another server may have done it meanwhile. */
static void plan_reckoning(struct clock_job *job)
{
	bool is_behind = job->turn.reckoned < job->almanac.version;

	if (is_behind && !job->reckons) {
		job->reckoned = (struct clock_place){uuid_nil, uuid_nil};
	}
	job->reckons = is_behind;
}

static bool has_more(const struct clock_job *job)
{
	return query_rows(&job->queries[CLOCK_QUERY_EVENTS]) == LOOK_ROWS ||
	       query_rows(&job->queries[CLOCK_QUERY_DUE]) == LOOK_ROWS || job->reckons;
}

static struct clock_cards *reckon(struct clock_job *job)
{
	bool follows = job->turn.era == row_int8(&job->queries[CLOCK_QUERY_TURN], 0, TURN_ERA) ||
	               row_int8(&job->queries[CLOCK_QUERY_TURN], 0, TURN_ERA) == 0;
	size_t cards_max = query_rows(&job->queries[CLOCK_QUERY_EVENTS]) +
	                   query_rows(&job->queries[CLOCK_QUERY_DUE]) +
	                   (has_portion(job) ? query_rows(&job->queries[CLOCK_QUERY_RUNNING]) : 0);
	struct clock_cards *cards = clock_cards_new(&job->arena, &job->almanac, &job->turn, cards_max);

	if (cards == NULL) {
		return NULL;
	}
	if (follows) {
		clock_cards_follow(cards, &job->queries[CLOCK_QUERY_EVENTS]);
	}
	clock_cards_look_up(cards, &job->queries[CLOCK_QUERY_DUE]);
	if (has_portion(job)) {
		clock_cards_reckon(cards, &job->queries[CLOCK_QUERY_RUNNING]);
	}
	if (is_last_portion(job)) {
		cards->turn.reckoned = job->almanac.version;
	}
	clock_cards_fire(cards, job->server->now.utc_us);
	return cards;
}

static bool has_moved(const struct clock_job *job, const struct clock_cards *cards)
{
	const struct query *query = &job->queries[CLOCK_QUERY_TURN];

	return cards->held_count > 0 || cards->turn.xid != row_xid(query, 0, TURN_XID) ||
	       cards->turn.seq != row_int8(query, 0, TURN_SEQ) ||
	       cards->turn.era != row_int8(query, 0, TURN_ERA) ||
	       cards->turn.reckoned != row_int8(query, 0, TURN_RECKONED);
}

static void write_down(struct clock_job *job, const struct clock_cards *cards)
{
	struct query query;
	bool more = has_more(job);

	query_init(&query, STMT_clock_write, &job->arena);
	clock_cards_write(cards, &query, job->turn.turn, job->server->now.utc_us);
	for (size_t i = 0; i < job->errand.query_count; i++) {
		query_fini(&job->queries[i]);
	}
	job->queries[0] = query;
	job->is_nudged = job->is_nudged || more;
	job->errand.key = (struct errand_key){uuid_nil, uuid_nil};
	hand_over(job, CLOCK_WRITING, 1);
}

static void take_look(struct clock_job *job)
{
	struct clock_cards *cards;
	int64_t almanac;

	if (query_rows(&job->queries[CLOCK_QUERY_TURN]) != 1) {
		rest(job, false);
		return;
	}
	almanac = row_int8(&job->queries[CLOCK_QUERY_TURN], 0, TURN_ALMANAC);
	if (almanac != job->almanac.version || job->server->now.utc_us >= job->almanac.stale_us) {
		job->wanted_almanac = almanac;
		learn(job);
		return;
	}
	take_turn(job);
	plan_reckoning(job);
	cards = reckon(job);
	if (cards != NULL && cards->is_behind) {
		job->wanted_almanac = almanac;
		learn(job); /* a community came meanwhile */
		return;
	}
	note_portion(job);
	if (cards == NULL || !has_moved(job, cards)) {
		job->reckoned = cards == NULL ? job->reckoned : job->portion;
		rest(job, has_more(job));
		return;
	}
	write_down(job, cards);
}

/* Without a row another server was faster, and the next look finds what is left: the same portion too. */
static void take_write(struct clock_job *job)
{
	if (job->errand.outcome == ERRAND_DONE && query_rows(&job->queries[0]) > 0) {
		job->reckoned = job->portion;
		job->server->counters.clock_writes++;
		feed_nudge(&job->server->feed);
		loops_tell(job->server, WORD_COMMITTED);
	}
	rest(job, false);
}

static void take_answer(struct clock_job *job)
{
	job->is_answered = false;
	if (job->phase == CLOCK_WRITING) {
		take_write(job);
		return;
	}
	if (job->errand.outcome != ERRAND_DONE) {
		rest(job, false);
		return;
	}
	switch (job->phase) {
	case CLOCK_READING:
		take_look(job);
		return;
	case CLOCK_LEARNING:
		take_almanac(job, job->wanted_almanac);
		return;
	case CLOCK_WRITING:
	case CLOCK_IDLE:
		break;
	}
	unreachable();
}

/*
 * Not without a database: nothing is due then, or the loop would not sleep until it is back. Nor while
 * commits wait for a standby that is missing, or may be: ours would hold up a lane that people wait for.
 */
static bool can_look(const struct clock_job *job)
{
	const struct server *server = job->server;

	return job->phase == CLOCK_IDLE && server->life == SERVER_SERVING &&
	       server->standby.standby != STANDBY_UNKNOWN &&
	       server->standby.standby != STANDBY_MISSING && writers_are_up(&server->writers) &&
	       reader_is_up(&server->reader);
}

void clock_job_run(struct clock_job *job)
{
	if (job->is_answered) {
		take_answer(job);
	}
	if (can_look(job) && job->server->now.mono_us >= clock_job_due(job)) {
		look(job);
	}
}

int64_t clock_job_due(const struct clock_job *job)
{
	if (job->is_answered) {
		return 0;
	}
	if (!can_look(job)) {
		return INT64_MAX;
	}
	return job->is_nudged && job->not_before_mono_us < job->due_mono_us ? job->not_before_mono_us
	                                                                    : job->due_mono_us;
}

bool clock_job_is_idle(const struct clock_job *job)
{
	return job->phase == CLOCK_IDLE;
}
