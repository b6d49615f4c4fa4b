/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody at the other end of a live server's connection who keeps no rules: a socket, TLS or not,
 * and bytes. It is not the client that people use, which could not do any of this wrong.
 *
 * What the server says is heard in order. Sending to a server that has hung up is no failure: what it
 * said before, and how it ended, is what tests look at.
 */
#pragma once

#include "common/arena.h"
#include "common/list.h"
#include "common/tls.h"
#include "proto/method.h"
#include "tests/live/client.h"

#include "envelope.pb-c.h"

struct peer {
	int fd;             /* -1: closed by us */
	struct tls tls;     /* owned; unused where is_plain */
	struct arena arena; /* of what was heard and said */
	bool is_plain;
	bool is_ended;             /* the server said goodbye, or the socket ended */
	bool was_reset;            /* … by a reset instead of an end */
	const Pb__Envelope *heard; /* the last envelope; NULL where none came when it was waited for */
	size_t heard_count;
};

/* From now on new ones take little at once: what they do not read stays with the server. */
void peers_narrow(bool are_narrow);

/* What a client needs to be taken for one; NULL aborts. tls_context_free. */
SSL_CTX *peer_context(const struct live_server *server);

/* Connects and says the first words of TLS; without a context no word at all. Nothing is heard yet. */
void peer_connect(struct peer *peer, const struct live_server *server, SSL_CTX *context);
/* Hears the rest of the handshake, however that ends; false where nothing more comes in so long. */
bool peer_shake(struct peer *peer, int64_t wait_ms);
/* Both. */
void peer_open(struct peer *peer, const struct live_server *server, SSL_CTX *context);
/* The same, and a hello answered with a hello. */
void peer_greet(struct peer *peer, const struct live_server *server, SSL_CTX *context);
/* The same, and the session of a client resumed. */
void peer_enter(struct peer *peer, const struct live_client *client, SSL_CTX *context);

/* Leaves without a word: the socket is closed. May be called twice. */
void peer_close(struct peer *peer);
/* Leaves by a reset: whatever was on its way is lost. */
void peer_reset(struct peer *peer);
/* No more from us, in TCP's words alone. */
void peer_half_close(struct peer *peer);

/* Bytes inside TLS; as they are on a plain connection. */
void peer_send(struct peer *peer, struct span bytes);
/* Bytes on the socket, whatever TLS thinks of them. */
void peer_send_raw(struct peer *peer, struct span bytes);
/* A header that says so many bytes, and these. */
void peer_send_frame(struct peer *peer, uint32_t says_bytes, struct span body);
void peer_say(struct peer *peer, const Pb__Envelope *envelope);

/* Envelopes, each complete and usual; they live as long as the peer. */
Pb__Envelope *peer_hello(struct peer *peer);
Pb__Envelope *peer_request(struct peer *peer, uint64_t id, enum method method,
	const ProtobufCMessage *message, const struct uuid *key);
Pb__Envelope *peer_ping(struct peer *peer, uint64_t token);
Pb__Envelope *peer_cancel(struct peer *peer, uint64_t id);

/* The whole frame of an envelope, in the peer's arena. */
struct span peer_frame(struct peer *peer, const Pb__Envelope *envelope);

/*
 * The next envelope from the server, kept in peer->heard too.
 *
 *   returns  NULL where the server has ended the connection, or says nothing for LIVE_WAIT_MS
 */
const Pb__Envelope *peer_hear(struct peer *peer);

/* As peer_hear; what is not of this kind is passed over. */
const Pb__Envelope *peer_hear_kind(struct peer *peer, Pb__Envelope__KindCase kind);

/* The code that a failure of this id says; "" where the connection ends without. 0: its own. */
const char *peer_hear_failure(struct peer *peer, uint64_t id);

/* Waits until the server has ended the connection, passing over what it says; false: it did not. */
bool peer_await_end(struct peer *peer) must_check;

/* The same, not longer than so; in the meantime nothing is sent. */
bool peer_ends_within(struct peer *peer, int64_t wait_ms);
