/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network between clients and a server, with what networks do: it lies on a loop of the caller's, has a port
 * for every client, and passes bytes on, TLS and all, as a plan says.
 *
 *     client ──▶ port of the client ──▶ link, one a connection: plan ──▶ server->port of the moment
 *
 * A new connection begins with a plan that is drawn from the seed, the client and how many it had before; so the
 * same seed gives the same plans. Another one may be put in its place while it lasts (proxy_arm): what a plan
 * counts is counted from there.
 */
#pragma once

#include <uv.h>

#include "common/list.h"
#include "tests/faults/dice.h"
#include "tests/live/server.h"

#define PROXY_CLIENTS_MAX 32

enum proxy_fault {
	PROXY_PASS,
	PROXY_DELAY,      /* each piece of bytes comes pause_ms later, both ways */
	PROXY_SLICE,      /* in pieces of at most `bytes`, for a while */
	PROXY_CUT_UP,     /* so many bytes more from the client, then both ends are gone */
	PROXY_CUT_DOWN,   /* the same, of what the server says */
	PROXY_LOSE_REPLY, /* what the server says is swallowed; with its first word both ends are gone */
	PROXY_HOLE,       /* nobody says anything any more, for pause_ms; then both ends are gone */
	PROXY_FAULT_COUNT
};

extern const char *const proxy_fault_names[PROXY_FAULT_COUNT];

struct proxy_plan {
	enum proxy_fault fault;
	uint32_t bytes;
	uint32_t pause_ms;
	bool is_reset; /* ends are closed by a reset */
};

struct proxy;

struct proxy_port {
	struct proxy *proxy;
	uv_tcp_t listener;
	uint16_t port;
	uint64_t link_count; /* so far */
};

struct proxy {
	uv_loop_t *loop; /* borrowed */
	const struct live_server *server;
	uint64_t seed;
	size_t client_count;
	struct proxy_port ports[PROXY_CLIENTS_MAX];
	struct list links;
	bool is_quiet;                      /* new connections pass, whatever the seed says */
	uint64_t counts[PROXY_FAULT_COUNT]; /* how often each came to pass */
};

/* One connection through it. Its fields are proxy_link.c's. */
struct proxy_link;

/* Listens. The server may come and go; its port is looked up for each connection. */
void proxy_open(struct proxy *proxy, uv_loop_t *loop, const struct live_server *server,
	size_t client_count, uint64_t seed);

uint16_t proxy_port_of(const struct proxy *proxy, size_t client);

/* From now on, for all connections that this client has. */
void proxy_arm(struct proxy *proxy, size_t client, const struct proxy_plan *plan);

/* Every connection ends, by a reset. */
void proxy_cut_all(struct proxy *proxy);

/* Everything passes, and new connections do: the weather clears. False: it may rage again. */
void proxy_calm(struct proxy *proxy, bool is_calm);

/* Closes everything; memory returns when the loop has run out. */
void proxy_close(struct proxy *proxy);

/* A plan for a connection that begins, and one for a call on it. */
struct proxy_plan proxy_draw_link(struct dice *dice);
struct proxy_plan proxy_draw_call(struct dice *dice);

/* ---- inside: proxy_link.c ------------------------------------------------------------------- */

void proxy_link_open(struct proxy *proxy, size_t client, uv_stream_t *listener);
void proxy_link_arm(struct proxy_link *link, const struct proxy_plan *plan);
void proxy_link_close(struct proxy_link *link, bool is_reset);
struct proxy_link *proxy_link_of(struct list *node);
size_t proxy_link_client(const struct proxy_link *link);
