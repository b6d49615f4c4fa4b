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
 * Everything here blocks: it runs before the loop does and after it has ended. Between those, a
 * postmaster that dies is seen by embedded_check and started again by the server.
 */
#pragma once

#include <sys/types.h>

#include "common/err.h"
#include "common/log.h"
#include "server/config.h"

struct embedded {
	const struct config *config;
	struct log *log;
	pid_t pid;            /* of the postmaster; 0: not running */
	char socket_dir[128]; /* DIR/pg-socket, or a short 0700 directory where DIR is long */
	char app[512];        /* connection strings, valid once started */
	char owner[512];
};

/* What failed, for the log and the person at the keyboard. */
struct embedded_fault {
	char text[512];
};

/* Steps 1–5. ERR_CONFIG (programs or directory unusable) or ERR_TRY_LATER (does not start). */
enum err embedded_start(struct embedded *embedded, const struct config *config, struct log *log,
	struct embedded_fault *out_fault);

/* True while the postmaster lives; reaps it where it died. Never blocks. */
bool embedded_check(struct embedded *embedded);

/* Starts it again after it died; blocks at most as long as a start takes. */
enum err embedded_restart(struct embedded *embedded, struct embedded_fault *out_fault);

/* Fast shutdown: clients are sent away, what is committed is kept. Waits for its end. */
void embedded_stop(struct embedded *embedded);
