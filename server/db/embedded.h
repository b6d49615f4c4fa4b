/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private PostgreSQL of a server that was given no database: made, started, watched and stopped by
 * us, reached over a unix socket in the data directory only. Architecture §10 says why each step is as
 * it is; the order matters:
 *
 *   1 the caller holds the data directory's lock, so a postmaster that is alive there is an orphan
 *   2 the orphan is stopped first, by its pid file and only if that process is ours
 *   3 initdb on first use (UTF8, C.UTF-8), durable settings, no network, terse log without values
 *   4 start, detached from our terminal, with a death signal (INT) that the child arms itself, so that
 *     it shuts down cleanly when we are killed; it keeps nothing of our lock
 *   5 roles and database on first use: guanjia_owner (owns, migrates), guanjia_app (serves)
 *
 * Starting and stopping block: they run before the loop does and after it has ended. Between those the
 * server calls embedded_run, which sees a postmaster that died and brings it back step by step: the log
 * since the last checkpoint may take minutes to replay, and clients are answered meanwhile.
 */
#pragma once

#include <sys/types.h>

#include "common/err.h"
#include "common/log.h"
#include "server/config.h"

enum embedded_step {
	EMBEDDED_RUNNING,
	EMBEDDED_CLEARING, /* what is left of the dead one goes */
	EMBEDDED_STARTING, /* a new one replays the log */
};

/* How long what stood there before has been told to go; monotonic, 0: not yet. */
struct embedded_clearing {
	int64_t asked_us; /* the postmaster, to shut down */
	int64_t quit_us;  /* its children, to drop everything */
};

struct embedded {
	const struct config *config;
	struct log *log;
	pid_t pid;            /* of the postmaster; 0: not running */
	char socket_dir[128]; /* DIR/pg-socket, or a short 0700 directory where DIR is long */
	char app[512];        /* connection strings, valid once started */
	char owner[512];
	char super[512];
	enum embedded_step step;
	struct embedded_clearing clearing;
	const char *const *more; /* settings of this start besides ours, "name=value"; NULL: none */
	int64_t begun_mono_us;   /* STARTING: since when */
	int64_t look_mono_us;    /* when embedded_run looks again */
	uint64_t death_count;
};

/* Settings that one start may have besides. */
#define EMBEDDED_MORE_MAX 8
/* Its presence in the data directory: server/restore.c has not come to its end there. */
#define EMBEDDED_RESTORING "restoring"

/* What failed, for the log and the person at the keyboard. */
struct embedded_fault {
	char text[512];
};

/* Steps 1–5. ERR_CONFIG (programs or directory unusable) or ERR_TRY_LATER (does not start). */
enum err embedded_start(struct embedded *embedded, const struct config *config, struct log *log,
	struct embedded_fault *out_fault);

/*
 * For who works beside a server: where its PostgreSQL is reached, by app, owner and, as the superuser,
 * `super`. Starts nothing, and nothing is to be stopped.
 *
 *   returns  whether it runs and takes connections
 */
bool embedded_find(struct embedded *embedded, const struct config *config) must_check;

/*
 * Steps 2–5 with a cluster that is there, and which begins by recovering as these settings say: from a
 * backup, however long that takes.
 *
 *   more  NULL-terminated, at most EMBEDDED_MORE_MAX; lives as long as the PostgreSQL runs
 */
enum err embedded_recover(struct embedded *embedded, const struct config *config, struct log *log,
	const char *const *more, struct embedded_fault *out_fault);

/* True while the postmaster lives; reaps it where it died. Never blocks. */
bool embedded_check(struct embedded *embedded);

/* In every turn of the loop: whether it lives, and what is to be done next where not. Never blocks. */
void embedded_run(struct embedded *embedded, int64_t mono_us);
/* When it wants to be run again. */
int64_t embedded_due(const struct embedded *embedded);

/* Starts it again after it died, and waits for it: for tests, which have no loop. */
enum err embedded_restart(struct embedded *embedded, struct embedded_fault *out_fault);

/* Fast shutdown: clients are sent away, what is committed is kept. Waits for its end. */
void embedded_stop(struct embedded *embedded);
