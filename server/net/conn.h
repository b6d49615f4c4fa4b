/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's connection: bytes in, TLS, frames; frames, TLS, bytes out. Callbacks only fill queues
 * and put the connection on server->dirty; the tick receives (step 1) and flushes (step 6). Reading
 * stops while too many of its requests are in work or too much output waits.
 *
 *   HANDSHAKE ─▶ HELLO ─▶ GUEST ─▶ MEMBER          any ─▶ CLOSING ─▶ CLOSED (the reaper frees it)
 *   until TLS    until    until     principal set
 *   is agreed    hello    a login
 *
 * conn_close is the only way out, may be called at any time and twice: the first reason wins.
 */
#pragma once

#include <netinet/in.h>
#include <uv.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/list.h"
#include "common/tls.h"
#include "proto/codec.h"

struct principal;
struct proxy_header;
struct server;

#define CONN_IN_BYTES_MAX (256 * 1024) /* received, not yet decrypted */
#define CONN_FEED_BYTES (16 * 1024)    /* decrypted at a time: a TLS record */

enum conn_state {
	CONN_HANDSHAKE,
	CONN_HELLO,
	CONN_GUEST,
	CONN_MEMBER,
	CONN_CLOSING, /* nothing is read; what waits goes out */
	CONN_CLOSED,  /* the handle is closed */
};

struct conn {
	struct list node;       /* server->conns; after its end server->closed */
	struct list guest_node; /* server->guests until it is a MEMBER */
	struct list dirty_node; /* server->dirty */
	struct server *server;
	uint64_t id;
	enum conn_state state;
	uv_tcp_t tcp;
	char peer[INET6_ADDRSTRLEN];
	bool is_local;     /* the peer is this machine */
	bool wants_header; /* a proxy's: its first bytes have to say who the peer is */

	struct tls tls;
	struct buf in;        /* from the network, not yet decrypted */
	struct buf out;       /* frames, not yet encrypted */
	struct buf sealed;    /* for the network, not yet written */
	size_t writing_bytes; /* of the one write in flight; 0: none */
	bool is_eof;
	bool is_reading;
	bool is_held; /* frames may be left that it was not their turn or there was no room for */

	bool had_session;            /* somebody was logged in here */
	struct principal *principal; /* one reference; NULL for a guest */
	struct list requests;        /* in work, by conn_node */
	size_t request_count;
	struct list watches; /* by conn_node */
	size_t watch_count;
	int64_t refresh_mono_us; /* not to be read anew for its watches before */
	bool is_refreshing;      /* its principal is being read anew, for its watches */

	enum err close_err;
	int64_t opened_mono_us;
	int64_t state_mono_us;  /* since when it is in its state */
	int64_t heard_mono_us;  /* last whole frame */
	int64_t frame_mono_us;  /* since when a frame is incomplete; 0: none is */
	size_t frame_bytes;     /* of that frame, as far as known */
	int64_t stuck_mono_us;  /* since when too much output waits; 0: it does not */
	int64_t minute_mono_us; /* start of the minute that pings are counted in */
	int64_t minute_pings;
};

/* Accepts one connection of the listener. */
void conn_accept(struct server *server, uv_stream_t *listener);

/* A proxy has said who the peer is; closes where that address has too many guests. */
void conn_set_peer(struct conn *conn, const struct proxy_header *header);

/* Step 1: decrypts, takes at most frames_per_tick frames, answers or makes requests of them. */
void conn_receive(struct conn *conn);
/* More output waits than out_bytes_soft. */
bool conn_is_full(const struct conn *conn);
/* Neither too many requests in work nor too much output. */
bool conn_may_receive(const struct conn *conn);
/* Step 6: encrypts and writes; ends it where it is CLOSING and everything is out. */
void conn_flush(struct conn *conn);
/* Closes it where it has been slow or silent for too long. */
void conn_sweep(struct conn *conn);
/* Step 7: frees what is CLOSED. */
void conn_reap(struct server *server);

/* Queues one envelope; closes the connection where its output is full. */
void conn_send(struct conn *conn, const ProtobufCMessage *envelope);
/* The same for a frame that is made already, in two pieces: what is said to many. */
void conn_send_frame(struct conn *conn, struct span head, struct span rest);
/* Queues a failure; id 0 is the connection's own. */
void conn_send_failure(struct conn *conn, uint64_t id, enum err err, const char *allowed);

/*
 * ERR_OK: no reason to complain (the peer left, the server stops). Anything else is told to the peer,
 * where there is still a way to, and counted.
 */
void conn_close(struct conn *conn, enum err err, const char *why);

/* Sends no further requests here: GoAway with this reason; the connection stays until it is closed. */
void conn_go_away(struct conn *conn, enum err err);

/* A login or resume succeeded, or the rights were read anew; NULL: logged out. Takes the reference. */
void conn_set_principal(struct conn *conn, struct principal *principal);

/* Roles that count on this connection: an administrator's only from the server's own machine. */
uint32_t conn_roles(const struct conn *conn);

/* One of its requests ended. */
void conn_request_ended(struct conn *conn);

/* NULL where it is gone, or closing. */
struct conn *conn_find(struct server *server, uint64_t id);

void conn_mark(struct conn *conn); /* onto server->dirty */

/* Between conn.c, conn_io.c and frames.c: the only mover; the handle is closed, at once or drained. */
void conn_set_state(struct conn *conn, enum conn_state state);
void conn_end(struct conn *conn);
void conn_end_if_drained(struct conn *conn);
