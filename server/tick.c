/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heartbeat. Library callbacks only move bytes into queues and mark what is ready; once a turn of
 * the loop, before it sleeps, everything that is ready is acted on here, in this order and no other.
 */
#include "server/chore.h"
#include "server/net/conn.h"
#include "server/request.h"
#include "server/server.h"

#define SWEEP_MS 250 /* deadlines are kept to this */

static void on_idle(uv_idle_t *idle)
{
	(void)idle; /* active while something is left: the loop then does not sleep */
}

static void on_timer(uv_timer_t *timer)
{
	(void)timer; /* it only wakes the loop; the tick looks at the clock */
}

void tick_again(struct server *server)
{
	int failed = uv_idle_start(&server->idle, on_idle);

	assert(failed == 0);
}

/* 1: bytes become requests. Those marked meanwhile come next turn. */
static void receive(struct server *server)
{
	struct list now;

	list_init(&now);
	list_splice(&now, &server->dirty);
	while (!list_empty(&now)) {
		struct conn *conn = container_of(list_shift(&now), struct conn, dirty_node);

		conn_receive(conn);
		conn_mark(conn); /* step 6 looks at it too */
	}
}

/* 3: each request runs until it waits or ends. */
static void run_requests(struct server *server)
{
	struct list *node;

	while ((node = list_shift(&server->ready)) != NULL) {
		request_run(container_of(node, struct request, node));
	}
}

/* 6: what was said this turn is encrypted and written, once a connection. */
static void flush_conns(struct server *server)
{
	struct list now;

	list_init(&now);
	list_splice(&now, &server->dirty);
	while (!list_empty(&now)) {
		struct conn *conn = container_of(list_shift(&now), struct conn, dirty_node);

		conn_flush(conn);
		if (conn->is_held && conn_may_receive(conn)) {
			conn_mark(conn); /* it goes on next turn, after the others had theirs */
		}
	}
}

/* Deadlines of requests: the client is told, the work goes on to its end. */
static void sweep_requests(struct server *server)
{
	list_each (node, after, &server->requests) {
		struct request *r = container_of(node, struct request, all_node);

		if (server->now.mono_us >= r->deadline_mono_us && !r->is_answered) {
			request_answer(r, ERR_DEADLINE);
		}
	}
}

static void sweep(struct server *server)
{
	if (server->now.mono_us - server->swept_mono_us < SWEEP_MS * US_PER_MS) {
		return;
	}
	server->swept_mono_us = server->now.mono_us;
	list_each (node, after, &server->conns) {
		conn_sweep(container_of(node, struct conn, node));
	}
	sweep_requests(server);
	server_watch_over(server);
	if (server_is_first(server)) {
		chore_tidy(server);
	}
}

static bool is_something_left(struct server *server)
{
	return !list_empty(&server->ready) || !list_empty(&server->dirty) ||
	       !list_empty(&server->closed);
}

/* Sleeps until something happens, or the earliest thing is due. */
static void set_timer(struct server *server)
{
	int64_t due = server->swept_mono_us + SWEEP_MS * US_PER_MS;
	int64_t others[] = {reader_due(&server->reader), writers_due(&server->writers),
		file_lane_due(&server->files), feed_due(&server->feed), scrape_due(&server->scrape),
		server_is_first(server) ? clock_job_due(&server->clocks) : INT64_MAX,
		server_is_first(server) ? seal_job_due(&server->seals) : INT64_MAX};
	int64_t wait_us;

	for (size_t i = 0; i < COUNT(others); i++) {
		due = others[i] < due ? others[i] : due;
	}
	if (server->embedded != NULL && server->life == SERVER_SERVING &&
		embedded_due(server->embedded) < due) {
		due = embedded_due(server->embedded);
	}
	wait_us = due - server->now.mono_us;
	wait_us = wait_us <= 0 ? 0 : (wait_us / US_PER_MS + 1) * US_PER_MS;
	server->metrics.armed_mono_us = server->now.mono_us + wait_us;
	(void)uv_timer_start(&server->timer, on_timer, (uint64_t)(wait_us / US_PER_MS), 0);
}

/* There is one of each in a process, whatever its loops; other servers' are kept apart by the database. */
static void run_jobs(struct server *server)
{
	outgoing_job_run(&server->outgoing); /* messages → the program */
	backup_job_run(&server->backups);    /* when it was backed up */
	portion_job_run(&server->reminders); /* whose owners are reminded … */
	portion_job_run(&server->merged);    /* … or told with a master's */
	clock_job_run(&server->clocks);      /* clocks behind their events … */
	seal_job_run(&server->seals);        /* … which are sealed */
	reading_job_run(&server->readings);  /* who read too much */
}

static void tick(struct server *server)
{
	server->now = clock_now();
	server->log.utc_us = server->now.utc_us;
	server->counters.ticks++;
	metric_tick_begins(&server->metrics, server->now.mono_us);
	(void)uv_idle_stop(&server->idle);

	receive(server);                                        /* 1 conns: bytes → requests */
	reader_collect(&server->reader, server->now.mono_us);   /* 2 db: finished groups … */
	writers_collect(&server->writers, server->now.mono_us); /*   … and batches → requests */
	file_lane_collect(&server->files, server->now.mono_us);
	run_requests(server);              /* 3 requests → errands, frames */
	feed_run(&server->feed);           /* 4 push: committed events → frames */
	standby_job_run(&server->standby); /*   … and what commits wait for */
	if (server_is_first(server)) {
		run_jobs(server);
	}
	reader_flush(&server->reader, server->now.mono_us);   /* 5 db: this tick's reads … */
	writers_flush(&server->writers, server->now.mono_us); /*   … and the next batch */
	file_lane_flush(&server->files, server->now.mono_us); /*   … and chunks of files */
	sweep(server);                                        /*   deadlines */
	server_mind_embedded(server);                         /*   the private PostgreSQL */
	flush_conns(server);                                  /* 6 conns: frames → bytes */
	conn_reap(server);                                    /* 7 free what is finished */
	scrape_run(&server->scrape);                          /*   … and show how it all is */
	if (is_something_left(server)) {                      /* 8 no sleep before the next turn */
		tick_again(server);
	}
	(void)log_flush(&server->log);
	if (server->embedded != NULL) {
		(void)log_flush(server->embedded->log);
	}
	set_timer(server);
	metric_tick_ends(&server->metrics, server->now.mono_us);
}

static void on_prepare(uv_prepare_t *prepare)
{
	tick(prepare->data);
}

void tick_init(struct server *server)
{
	int failed = uv_prepare_init(&server->loop, &server->prepare) != 0 ||
	             uv_idle_init(&server->loop, &server->idle) != 0 ||
	             uv_timer_init(&server->loop, &server->timer) != 0;

	assert(!failed);
	server->prepare.data = server;
	failed = uv_prepare_start(&server->prepare, on_prepare);
	assert(!failed);
}

void tick_close(struct server *server)
{
	uv_close((uv_handle_t *)&server->prepare, NULL);
	uv_close((uv_handle_t *)&server->idle, NULL);
	uv_close((uv_handle_t *)&server->timer, NULL);
}
