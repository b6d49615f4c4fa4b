/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guanjiad as people run it: a process with a data directory of its own, which a test starts, stops,
 * kills and starts again. What it says on standard error is kept in a file, and read there: how its
 * port is found, and how a test waits for what the server has done.
 *
 *     live_begin();                              first thing in main(): leaves root
 *     live_server_init(&server, sets, NULL);     guanjiad init
 *     live_server_start(&server);                until it is ready
 *     …
 *     live_server_stop(&server);                 SIGTERM; its exit code
 *
 * What is only there to prepare a test is asserted, not checked. A server ends with the thread that
 * started it.
 */
#pragma once

#include <stdatomic.h>
#include <sys/types.h>

#include "common/base.h"
#include "tests/live/wait.h"

#define LIVE_PATH_MAX 320
#define LIVE_SETS_MAX 40
#define LIVE_HOST "127.0.0.1"
#define LIVE_ADMIN "admin"
#define LIVE_PASSWORD "wolke-am-herbsthimmel-7"

struct live_server {
	char dir[LIVE_PATH_MAX];       /* its data directory, removed when the test ends */
	char log_path[LIVE_PATH_MAX];  /* standard error of every start, one behind the other */
	char ca_path[LIVE_PATH_MAX];   /* whom clients trust */
	char cluster[LIVE_PATH_MAX];   /* of its private PostgreSQL */
	char super[2 * LIVE_PATH_MAX]; /* connection string of that PostgreSQL's superuser */
	char *sets[LIVE_SETS_MAX];     /* --set of every start; owned */
	size_t set_count;
	size_t loop_count;     /* as it is told; the environment's LIVE_LOOPS, else 1 */
	pid_t pid;             /* 0: it does not run */
	int pid_fd;            /* while it runs */
	int exit_code;         /* of its last end; 128 + the signal where it was killed */
	_Atomic uint16_t port; /* of the present start */
	long log_from;         /* where the present start's words begin in the log */
};

/* Leaves root, for good: neither PostgreSQL nor the server stays root, and all is one account's then. */
void live_begin(void);
/* The same, with another program in guanjiad's place. */
void live_begin_with(const char *program);

/* For servers that start programs of ours: copies them side by side to where our account reaches them. */
void live_programs_together(void);

/*
 * Makes a data directory, and all that a first start needs, with an administrator LIVE_ADMIN of
 * LIVE_PASSWORD. A server that is given a database gets its administrator only if nobody has one there.
 *
 *   sets   "name=value", for every start; NULL-terminated, copied. The address, and hashes that cost
 *          nothing, are set already. "database=…" and "database_owner=…": no PostgreSQL of its own
 */
void live_server_init(struct live_server *server, const char *const *sets);

/* Gives it the key of another server, as servers of one database must have; before its first start. */
void live_server_share_key(struct live_server *server, const struct live_server *other);

/*
 * A server on a data directory that is there already, made by something else than guanjiad init. Its log
 * is DIR.log.
 */
void live_server_adopt(struct live_server *server, const char *dir, const char *const *sets);

/*
 * Runs another command of guanjiad beside it, with its settings, to its end.
 *
 *   arguments  NULL-terminated: "backup", …
 *   out        what it said on standard output and error, cut at `max`
 *   returns    its exit code
 */
int live_server_run(const struct live_server *server, const char *const *arguments, char *out,
	size_t max) must_check;

/* Stops it where it runs, and frees. */
void live_server_fini(struct live_server *server);

/* True when it serves; false where it ended instead, with exit_code set. */
bool live_server_start(struct live_server *server) must_check;

void live_server_signal(struct live_server *server, int number);

/* Its exit code; -1 where it did not end in time, and was killed. */
int live_server_wait(struct live_server *server, int64_t wait_ms);

/* SIGTERM, then live_server_wait. */
int live_server_stop(struct live_server *server);

/* kill -9, and reaped. Its PostgreSQL may still be there for a moment. */
void live_server_kill(struct live_server *server);

/* Writes DIR/guanjia.conf, "name = value" a line, over which the settings of live_server_init win. */
void live_server_configure(const struct live_server *server, const char *settings);

/* The same, and has it read by SIGHUP; waits until that is done. */
void live_server_reload(struct live_server *server, const char *settings);

/* How often the words stand in the log of the present start. */
size_t live_server_log_count(const struct live_server *server, const char *words);

/* Waits until they stand there so often; false where that takes too long, or the server ends before. */
bool live_server_log_await(
	const struct live_server *server, const char *words, size_t count) must_check;

/* The private PostgreSQL's postmaster; 0 where there is none. */
pid_t live_server_postmaster(const struct live_server *server);

/* False where a sanitizer has found something in any of its starts; its words are printed. */
bool live_server_is_sound(const struct live_server *server) must_check;
