/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client for programs that wait: a loop of its own, one connection, and calls that return when they
 * have ended. Nothing calls back.
 *
 *     client_loop_open(…)                          connected and greeted, or why not
 *     result = client_loop_call(loop, &ask)        one call, awaited
 *
 *     while (more) client_loop_submit(loop, &ask, …)      many at once: waits only while too many are
 *     while ((result = client_loop_next(loop, …)))        in flight; results in the order they came
 *
 * Results belong to whoever got them: client_result_free.
 */
#pragma once

#include <uv.h>

#include "client/core/client.h"
#include "client/loop/transport.h"

#define CLIENT_LOOP_FOREVER UINT32_MAX

struct client_loop {
	uv_loop_t loop; /* further handles of the caller may run on it: signals, say */
	struct transport transport;
	uv_timer_t timer;     /* of client_loop_next */
	SSL_CTX *context;     /* owned */
	struct list kept;     /* results that were polled while waiting for another; owned */
	size_t in_flight_max; /* of client_loop_submit; 0: as the server's hello says */
	bool is_open;         /* loop, timer and transport exist */
	bool is_timer_due;
	bool is_stopped; /* client_loop_stop was called */
};

/* All borrowed during the call. */
struct client_loop_target {
	const char *host; /* name or address; also what the certificate must say */
	uint16_t port;
	const char *ca_path;   /* PEM: whom to trust */
	const char *agent;     /* "guanjia/0.1.0" */
	SSL_SESSION **session; /* as for client_init; NULL, or must outlive the client_loop */
};

/*
 * Connects, and waits for the server's hello.
 *
 *   loop        zeroed, or closed before
 *   returns     ERR_OK | CONFIG (the CA file) | CONNECT | TLS | VERSION_OLD and what else the server
 *               says to a hello; nothing is left to close unless ERR_OK
 *   out_reason  more words, static, with anything but ERR_OK; may be set to NULL
 */
enum err client_loop_open(struct client_loop *loop, const struct client_loop_target *target,
	const char **out_reason) must_check;

/* Says goodbye and frees everything; handles that the caller put on the loop are closed before. */
void client_loop_close(struct client_loop *loop);

/*
 * Asks, and runs the loop until this call has ended; other results wait for client_loop_next.
 *
 *   returns  never NULL; where the ask itself was refused (client_ask), a REPLY with that err
 */
struct client_result *client_loop_call(
	struct client_loop *loop, const struct client_ask *ask) must_check;

/*
 * Asks; runs the loop only while in_flight_max calls have not ended. Results that come meanwhile wait
 * for client_loop_next, however many. Errors as client_ask.
 */
enum err client_loop_submit(
	struct client_loop *loop, const struct client_ask *ask, uint64_t *out_id) must_check;

/*
 * The next result: a reply, an event, or the connection's end.
 *
 *   wait_ms  0: only what is there already; CLIENT_LOOP_FOREVER
 *   returns  NULL after wait_ms, after client_loop_stop, or where nothing can come any more (the
 *            connection has ended and its CLIENT_CLOSED was taken)
 */
struct client_result *client_loop_next(struct client_loop *loop, uint32_t wait_ms) must_check;

/*
 * From a handle of the caller's on this loop (a signal): client_loop_next returns NULL, client_loop_call
 * cancels its call and returns ERR_CANCELLED. Holds until the next of them begins.
 */
void client_loop_stop(struct client_loop *loop);
