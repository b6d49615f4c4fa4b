/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the server, by hand: a blocking socket, TLS, and frames as the script wants them.
 * It is not the client that people use, so that the server is held against the contract and not
 * against our own client.
 *
 * What the server says is heard in order; a step takes the first envelope it is looking for and leaves
 * the others for later steps. Sending to a server that has hung up is no failure: what it said
 * before, and that it closed, is what scripts look at.
 */
#pragma once

#include "common/list.h"
#include "common/tls.h"
#include "tests/wire/run.h"

#include "envelope.pb-c.h"

struct link {
	char name[RUN_NAME_MAX];
	int fd;             /* -1: closed by us */
	struct tls tls;     /* owned; unused where is_plain */
	bool is_plain;      /* no TLS */
	bool is_ended;      /* the server said goodbye, or the socket ended */
	struct list heard;  /* envelopes not yet taken, oldest first; in the run's arena */
	size_t piece_bytes; /* of a record and of a write; 0: all at once */
	bool is_holding;    /* what is sent gathers in `held` */
	struct buf held;    /* owned */
	uint64_t next_id;
};

/* Whether this is what a step is looking for. */
typedef bool (*link_wanted)(const Pb__Envelope *envelope, uint64_t number);

/* Connects; with a context also the TLS handshake, however that ends. NULL after run_fail. */
struct link *link_new(struct run *run, const char *name, SSL_CTX *context);
void link_free(struct link *link);

/* Bytes inside TLS, or as they are on a plain link. */
void link_send(struct link *link, struct span plain);
/* A frame with this body, whatever it is. */
void link_send_frame(struct link *link, struct span body);
void link_send_envelope(struct run *run, struct link *link, const Pb__Envelope *envelope);

/*
 * The oldest envelope that is wanted; waits for it.
 *
 *   returns  NULL where the server closes without saying it, or after run_fail where it takes too long
 */
const Pb__Envelope *link_hear(
	struct run *run, struct link *link, link_wanted wanted, uint64_t number);

/* The oldest that is wanted of what was heard so far; NULL where there is none. */
const Pb__Envelope *link_heard(struct link *link, link_wanted wanted, uint64_t number);

/* Waits until the server has closed; false after run_fail. */
bool link_await_end(struct run *run, struct link *link);

/* From now on nothing leaves; and then all of it in one record and one write. */
void link_hold(struct link *link);
void link_release(struct link *link);

/* Our goodbye, or none. */
void link_close(struct link *link, bool is_polite);
