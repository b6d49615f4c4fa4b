/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole server as one value: nothing outside it is mutable; with several loops each is one, and what they share
 * is loops.h. Everything runs on its loop's thread, in the order of tick.c; the exceptions are the password hashes, in
 * threads, on their own memory.
 */
#pragma once

#include <uv.h>

#include "common/clock.h"
#include "common/id_map.h"
#include "common/list.h"
#include "common/log.h"
#include "common/tls.h"
#include "server/category_file.h"
#include "server/config.h"
#include "server/counters.h"
#include "server/db/embedded.h"
#include "server/db/file_lane.h"
#include "server/db/reader.h"
#include "server/db/writers.h"
#include "server/job/backup_job.h"
#include "server/job/clock_job.h"
#include "server/job/outgoing_job.h"
#include "server/job/portion_job.h"
#include "server/job/reading_job.h"
#include "server/job/seal_job.h"
#include "server/job/standby_job.h"
#include "server/metric.h"
#include "server/push/feed.h"
#include "server/push/roster.h"
#include "server/scrape.h"
#include "server/seal.h"
#include "server/supervisor.h"

struct loops;

enum server_life {
	SERVER_SERVING,
	SERVER_DRAINING, /* no new connections or requests; those in work are answered */
	SERVER_ENDING,   /* everything is being closed */
};

struct server {
	uv_loop_t loop;
	struct loops *loops; /* borrowed; this one among them, … */
	size_t loop_no;      /* … counted from 0: the first has what there is one of */
	struct config own;   /* settings, with this loop's part of limits; RELOAD rows change at SIGHUP */
	struct config *config;   /* = &own */
	const char *const *sets; /* --set of the command line, for the reload; borrowed */
	size_t set_count;
	struct category_file words; /* the company's own */
	struct log log;
	struct instant now; /* read once a tick */
	enum server_life life;
	int64_t life_mono_us; /* since when */
	int64_t started_us;
	int schema;
	uint8_t cursor_key[32];    /* authenticates list cursors; the same on every server */
	uint8_t request_key[32];   /* of the hash by which `applied` knows a request again; likewise */
	struct seal seal;          /* for what the database may not read */
	struct embedded *embedded; /* borrowed; NULL with a given database */
	const struct supervisor *supervisor; /* borrowed; NULL: nobody is told */

	/* The tick. */
	uv_prepare_t prepare;
	uv_idle_t idle;   /* active while something is left to do */
	uv_timer_t timer; /* the sweep, and what is due earlier */
	uv_signal_t signals[3];
	struct arena reloaded; /* texts of the settings read at the last SIGHUP */
	bool wants_reload;
	bool wants_stop;
	bool wants_certificate; /* the first loop has loaded another */
	int64_t swept_mono_us;
	int64_t tidied_mono_us; /* when old rows were last thrown out */
	uint64_t tidied_count;
	int64_t certificate_mono_us; /* when its end was last looked at; 0: now */

	/* Connections. */
	SSL_CTX *tls;
	uv_tcp_t listener;
	bool is_full; /* one connection waits to be accepted */
	int port;
	struct id_map conns_by_id;
	struct list conns;  /* all, oldest first */
	struct list guests; /* of them, not logged in */
	struct list dirty;  /* with bytes in or out */
	struct list closed; /* to be freed by the reaper */
	uint64_t conn_id_last;
	uint8_t *read_room; /* one piece for all: callbacks copy out of it at once */

	/* Requests. */
	struct list ready;    /* to be run in this tick */
	struct list requests; /* all, oldest first */
	struct id_map keys;   /* keys in work → the request that came first */
	size_t hashes_running;
	struct list hashes_waiting; /* requests, oldest first */

	struct source source; /* of all lanes */
	struct reader reader;
	struct writers writers;
	struct file_lane files;
	size_t file_checks_running; /* files that were sent, being looked at (file_check.h) */
	struct feed feed;
	struct outgoing_job outgoing;
	struct standby_job standby;
	struct backup_job backups;
	struct clock_job clocks;
	struct portion_job reminders;
	struct portion_job merged; /* owners of merged complaints */
	struct seal_job seals;
	struct reading_job readings;
	struct list watches;       /* of all connections */
	struct roster roster;      /* the same, by what they are about */
	struct counters counters;
	struct scrape scrape; /* where monitoring reads */
	struct metrics metrics;
};

/*
 * Opens everything, as the next of these loops: one that is not the first listens where the first does. ERR_CONFIG
 * with *out_fault where an address or certificate does not do.
 */
enum err server_init(struct server *server, struct loops *loops, const struct config *config,
	struct embedded *embedded, const char *conninfo, int log_fd, struct config_fault *out_fault);
/* Has it what there is one of (loops.h)? */
static inline bool server_is_first(const struct server *server)
{
	return server->loop_no == 0;
}
/* Before it ran: its address, or another loop's, does not do, so what was opened is closed again. */
void server_abandon(struct server *server);
/* Serves until it was told to stop and everything is closed. */
void server_run(struct server *server);
void server_fini(struct server *server);

/* Four times a second, from the tick: signals, the drain, the cap. */
void server_watch_over(struct server *server);

/* The private PostgreSQL, where there is one: whether it lives, and what brings it back. */
void server_mind_embedded(struct server *server);

/* Fills in the counters that are read elsewhere. */
void server_count(struct server *server);

/* tick.c */
void tick_init(struct server *server);
void tick_close(struct server *server);
/* Something became ready outside the tick's order: do not sleep before the next turn. */
void tick_again(struct server *server);
