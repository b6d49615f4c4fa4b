/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries one client's bytes over TCP on a libuv loop: looks the host up, connects, reads, writes, and
 * keeps the timer of the client's next deadline. It knows nothing of methods and sessions.
 *
 *     transport_open() ─▶ lookup ─▶ connect (each address in turn) ─▶ bytes ⇄ transport->client
 *
 * Callbacks of libuv feed the client and return; uv_prepare then acts, once a turn of the loop: it
 * calls on_results where there are results, writes, and sets the timer. Nothing is called back from
 * inside a call of ours. Where another loop drives this one (GLib), every entry point first refreshes
 * loop->time, which would be stale there.
 *
 * Lifetime: when the client has ended, by itself or by transport_close, every handle is closed; when
 * is_closed says that nothing is left in the loop, transport_fini may free the rest. Until then
 * client_poll keeps working.
 */
#pragma once

#include <uv.h>

#include "client/core/client.h"

#define TRANSPORT_READ_BYTES (64 * 1024)
#define TRANSPORT_WRITE_BYTES_MAX (4 * 1024 * 1024) /* in one write; what is more waits its turn */

struct transport;

/* Results may be polled from transport->client now; asking more from here is fine. */
typedef void (*transport_on_results)(struct transport *transport, void *user);

/* Whom to call. All borrowed until transport_open returns, but for the context, which must stay. */
struct transport_target {
	const char *host; /* name or address; also what the certificate must say */
	uint16_t port;
	const char *agent;     /* "guanjia/0.1.0" */
	SSL_CTX *context;      /* of tls_client_context */
	SSL_SESSION **session; /* as for client_init; NULL, or stays like the context */
};

struct transport {
	struct client client;            /* poll and ask it directly; then transport_wake() */
	uv_loop_t *loop;                 /* borrowed */
	transport_on_results on_results; /* NULL: somebody polls by himself */
	void *user;                      /* of on_results */
	uv_tcp_t tcp;
	uv_timer_t timer;     /* client_deadline_us */
	uv_prepare_t prepare; /* the tick */
	uv_getaddrinfo_t lookup;
	uv_connect_t connect;
	uv_write_t write;
	struct addrinfo *addresses; /* owned; NULL before the lookup and after connecting */
	struct addrinfo *address;   /* being tried, in addresses */
	uint8_t *writing;           /* the bytes of the write in flight; owned; NULL: none */
	uint8_t *reading;           /* TRANSPORT_READ_BYTES; owned */
	unsigned handles_open;      /* whose closed callback has not come */
	bool has_client;            /* client_init succeeded */
	bool has_tcp;               /* tcp is an open handle */
	bool is_lookup_pending;     /* its callback has not come: memory must stay */
	bool is_connected;
	bool is_reading;
	bool is_closing;
	bool is_closed; /* nothing of ours is left in the loop */
};

/*
 * Begins to connect. Failures of the network come as results: CLIENT_CLOSED with ERR_CONNECT.
 *
 *   transport  zeroed, or after transport_fini
 *   returns    ERR_OK | ERR_CONNECT where libuv or the memory has no more; nothing is left to close
 */
enum err transport_open(struct transport *transport, uv_loop_t *loop,
	const struct transport_target *target, transport_on_results on_results, void *user) must_check;

/*
 * After client_ask, client_cancel or client_close from outside this loop's callbacks: the loop acts at
 * its next turn, even if it is another loop (GLib) that decides when that is.
 */
void transport_wake(struct transport *transport);

/*
 * Says goodbye as far as the network takes it at once, and closes every handle. on_results is not
 * called any more. May be called at any time, also from on_results, and twice.
 */
void transport_close(struct transport *transport);

/* Frees what is left, the unpolled results too; only when is_closed, or never opened. */
void transport_fini(struct transport *transport);

/* What the clocks say, with loop->time refreshed: the `now` for client_ask. */
struct instant transport_now(struct transport *transport);
