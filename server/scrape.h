/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where monitoring reads: HTTP on an address of this machine and of no other.
 *
 *   GET /metrics   every measurement, OpenMetrics (metric_text.h)
 *   GET /health    200 or 503, one line of JSON
 *
 * The protocol is libmicrohttpd's, without threads of its own: its epoll descriptor is one more handle of our loop, its
 * work is done in the tick. A few connections with short deadlines, and one text for all who ask in the same moment:
 * whoever is on this machine can make it busy only that far.
 */
#pragma once

#include <uv.h>

#include "common/base.h"

struct config_fault;
struct server;

struct scrape {
	struct server *server;
	struct MHD_Daemon *daemon; /* owned; NULL: the setting is empty, or it is closed */
	struct MHD_Response *text; /* owned; the last one made */
	int64_t text_mono_us;      /* … when */
	uv_poll_t poll;
	bool is_marked;      /* the descriptor has something: the tick looks */
	int64_t due_mono_us; /* a deadline of the library's; INT64_MAX: none */
	int port;            /* as bound */
};

/* Listens where the setting `metrics` says; false, with *out_fault, where that is no loopback or taken. */
bool scrape_open(
	struct scrape *scrape, struct server *server, struct config_fault *out_fault) must_check;
/* Ends all connections; its handle closes in the loop. */
void scrape_close(struct scrape *scrape);

/* In the tick. */
void scrape_run(struct scrape *scrape);
/* When it wants to be run again without a mark. */
int64_t scrape_due(const struct scrape *scrape);
