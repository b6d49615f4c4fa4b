/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several loops in one process: each is a whole `struct server` in a thread of its own, with its own listener
 * (SO_REUSEPORT), connections, lanes to the database and feed. They are to each other what two servers on one
 * database are, and share nothing but what stands here:
 *
 *   words    by which one wakes another
 *   figures  that each puts down four times a second, for whoever of them is asked
 *   tls      the context and the sessions in it, so that whoever comes back need not find the same loop
 *
 * What there is one of is the first one's, which runs in the thread of main: signals, the jobs, the port of
 * monitoring, the care for the certificate, and the private PostgreSQL (it would die with the thread that forked it).
 * With one loop there is no thread, nothing is put down or added up, and no request meets a lock.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include <uv.h>

#include "common/tls.h"
#include "server/figures.h"

struct config;
struct server;

/* What one loop has to say to the others. */
enum word {
	WORD_STOP = 1 << 0,
	WORD_RELOAD = 1 << 1,      /* the first one has read good settings */
	WORD_CERTIFICATE = 1 << 2, /* there is a new one, in `tls` */
	WORD_COMMITTED = 1 << 3,   /* the feed, and the first one's jobs, look at once */
	WORD_OUTGOING = 1 << 4,    /* a message to an owner among it */
	WORD_DATABASE = 1 << 5,    /* the private PostgreSQL is back */
};

/* One loop as the others see it. */
struct loop_seat {
	struct server *server; /* borrowed */
	uv_async_t async;
	_Atomic unsigned words; /* told and not taken yet */
	pthread_t thread;       /* not of the first */
	struct metrics sum;     /* this loop's own: where it adds up what it is asked for */

	pthread_mutex_t lock; /* over what follows */
	bool is_open;         /* the handle may be woken */
	struct figures figures;
	struct metrics metrics;
};

struct loops {
	size_t count;
	size_t joined_count;
	struct loop_seat *seats; /* owned; `count` */
	pthread_mutex_t lock;    /* over what follows */
	SSL_CTX *tls;            /* a reference */
};

void loops_init(struct loops *loops, size_t count);
void loops_fini(struct loops *loops);

/* In server_init: takes its seat, the next; its own loop exists. */
void loops_join(struct server *server);
/* The server ends: it is woken no more. */
void loops_leave(struct server *server);

/* Runs all of them, the first in this thread; returns when every one has ended. */
void loops_run(struct loops *loops);

/* To every other loop. */
void loops_tell(struct server *server, unsigned words);

/* The first loop has made it, in place of what was there; takes it over. */
void loops_put_tls(struct loops *loops, SSL_CTX *context);
/* One that is the caller's, too. */
SSL_CTX *loops_take_tls(struct loops *loops);

/* Puts this loop's figures down for the others. */
void loops_put(struct server *server);
/*
 * Of all loops together: this one's as they are, the others' as they put them down.
 *
 *   returns  the metrics; borrowed until the loop asks again or goes on
 */
const struct metrics *loops_figures(struct server *server, struct figures *out);

/* This loop's part of what a process may have. */
void loops_share_limits(struct config *config, size_t count);
