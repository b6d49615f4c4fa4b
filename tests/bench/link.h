/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS connection of the load, made as cheap as it can be, for it shares the machine with what
 * it measures: what is asked within one callback goes out with one record and one write.
 *
 *     connect ─▶ TLS ─▶ hello ⇄ ─▶ session.resume ⇄ ─▶ on_ready, then on_answer for whatever comes
 *
 * on_end says why it ended, in static words; NULL after link_close.
 */
#pragma once

#include <uv.h>

#include "common/tls.h"
#include "tests/bench/answer.h"
#include "tests/bench/number.h"

struct link;

struct link_calls {
	void (*on_ready)(struct link *link);
	void (*on_answer)(struct link *link, const struct answer *answer);
	void (*on_end)(struct link *link, const char *why);
};

struct link {
	const struct link_calls *calls;
	uv_tcp_t tcp;
	uv_connect_t connect;
	struct tls tls;
	struct buf saying; /* frames that go out when the callback ends */
	struct buf out;    /* records that the socket had no room for */
	uv_write_t write;
	uint8_t *writing; /* in flight; owned */
	struct uuid account_id;
	bool was_greeted;
	bool is_ready;
	bool is_closing;
};

/* Begins to connect to 127.0.0.1; false where nothing could be begun. */
bool link_open(struct link *link, uv_loop_t *loop, SSL_CTX *context, uint16_t port,
	struct uuid account_id, const struct link_calls *calls) must_check;

/* A frame; it leaves when the callback that says it ends, or with link_flush. */
void link_say(struct link *link, struct span frame);
void link_flush(struct link *link);

/* Ends it; the loop has to run until its handle is closed. */
void link_close(struct link *link);
void link_fini(struct link *link);
