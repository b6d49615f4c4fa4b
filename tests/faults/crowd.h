/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load that remembers: workers, each a person with a connection and a thread, take complaints from
 * submission to close, several at once, and ask the same bytes again until each answer is known,
 * whatever happens to the server meanwhile. Each books time of its own; every second has an owner with a
 * telephone, and is signed by the code that is sent there, where it comes soon enough. What they were told is kept, and at the end everything is
 * read back, through the protocol, by SQL, and from what owners were told, and held against each other.
 *
 *     crowd_begin(&crowd, &server, …)  ─▶ crowd_await(&crowd, 100) ─▶ … ─▶ crowd_end(&crowd)
 *
 * An answer that should not be, or something that is not as it was acknowledged, is a violation: it is
 * printed and counted.
 */
#pragma once

#include <pthread.h>

#include "tests/live/told.h"
#include "tests/live/walk.h"

#define CROWD_WORKERS_MAX 16
#define CROWD_WALKS 4

struct crowd_worker;

struct crowd {
	struct live_server *server;
	const struct live_told *told;
	struct live_site site;
	int64_t first_us;             /* the first appointment of everybody */
	size_t other_complaints;      /* in the same community by somebody else, set before crowd_end */
	size_t other_steps;           /* … and their steps */
	struct crowd_worker *workers; /* owned */
	size_t worker_count;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t has_changed;
	bool is_up;          /* there is a server to connect to */
	bool is_over;        /* begin nothing new */
	size_t acknowledged; /* steps, by all workers */
	size_t wanted;       /* has_changed when so many are */
	size_t lost;         /* calls that ended with their connection */
	unsigned hang_ups;   /* so often everybody has had to hang up */
	size_t violations;
};

/* Makes people and begins to work. The server runs, and tells; nobody else uses its database, but for other_…. */
void crowd_begin(struct crowd *crowd, struct live_server *server, const struct live_told *told,
	size_t worker_count);

/* Waits for so many steps more; false where nothing goes on. */
bool crowd_await(struct crowd *crowd, size_t more) must_check;

/* The server is about to go, or is back. */
void crowd_set_up(struct crowd *crowd, bool is_up);

/* Every worker drops its connection without waiting for answers. */
void crowd_hang_up(struct crowd *crowd);

/* Each worker ends when what it has begun is acknowledged; then everything is read back. */
void crowd_end(struct crowd *crowd);

void crowd_violate(struct crowd *crowd, const char *what, const char *detail);

/* Results; after crowd_end. */
size_t crowd_repeated(const struct crowd *crowd); /* answers that said is_repeat */
size_t crowd_by_code(const struct crowd *crowd);  /* signatures by a code */
void crowd_fini(struct crowd *crowd);
