/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS 1.3 over memory: bytes from the network in, bytes for the network out, plain text between.
 * No sockets, and no callback that acts: nothing here is ever re-entered. The struct stays where it is from
 * tls_init to tls_fini: the library knows its address.
 *
 *     tls_feed(tls, from_network)      → plain text gathers in tls->plain
 *     tls_write(tls, plain text)       → records gather inside
 *     tls_take(tls, &buf)              → records to send; call it after every feed and write
 *
 * The library's error queue is cleared before each of its calls (pitfall 18); reading goes on until
 * it wants more (16); what it wants to say by itself is drained with everything else (17).
 */
#pragma once

#include "common/base.h"
#include "common/buf.h"
#include "common/span.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct ssl_session_st SSL_SESSION;

#define TLS_ALPN "guanjia/1"
/* KeyUpdates a peer may send with no plain text between them; each costs us an answer. */
#define TLS_KEY_UPDATES_MAX 32

enum tls_state {
	TLS_HANDSHAKE, /* not yet agreed */
	TLS_OPEN,      /* plain text may flow; ALPN and version were checked */
	TLS_CLOSED,    /* the peer said goodbye properly */
	TLS_FAILED,    /* tls->reason says why; what is left to take is the alert */
};

struct tls {
	SSL *ssl; /* owned */
	enum tls_state state;
	bool is_server;
	struct buf plain;          /* decrypted, not yet consumed; its maximum is given at init */
	struct span from_network;  /* borrowed by tls_feed while it runs */
	struct buf to_network;     /* sealed, not yet taken */
	unsigned key_update_count; /* the peer's, since it last sent plain text */
	const char *reason;        /* static text, set with TLS_FAILED */
};

/* What a server remembers of those who were there, so that they come back sooner (tls_session.h). */
struct tls_cache {
	size_t count_max;    /* sessions, the oldest goes first; 0: none is kept */
	uint32_t lifetime_s; /* at most 7 days (RFC 8446 §4.6.1); 0: none is kept */
};

/* Contexts: TLS 1.3 only, the suites and groups of docs/security, no tickets, no early data. */
struct tls_files {
	const char *cert_path;  /* chain, PEM; server only */
	const char *key_path;   /* PEM; server only */
	const char *ca_path;    /* whom we trust; client only */
	struct tls_cache cache; /* server only */
};

/* NULL, and *out_reason static text, where a file is missing, malformed, or key and cert differ. */
SSL_CTX *tls_server_context(const struct tls_files *files, const char **out_reason) must_check;
SSL_CTX *tls_client_context(const struct tls_files *files, const char **out_reason) must_check;
/* One more who has it, and who gives it back by tls_context_free; in any thread. */
void tls_context_hold(SSL_CTX *context);
/* A server's sessions end with it, though connections may still be open, or others hold it. */
void tls_context_free(SSL_CTX *context);

/* `host` is what a client expects in the certificate (name or address); NULL for a server. */
bool tls_init(struct tls *tls, SSL_CTX *context, const char *host, size_t plain_max) must_check;
/*
 * The same for a client that may have been there before: offers *session and takes it, whether the
 * server still knows it or not. What it cannot be used for (other trust, another host) is a full
 * handshake too.
 */
bool tls_init_again(struct tls *tls, SSL_CTX *context, const char *host, size_t plain_max,
	SSL_SESSION **session) must_check;
void tls_fini(struct tls *tls);

/* Takes bytes from the network; returns the state afterwards. Over plain_max it is TLS_FAILED. */
enum tls_state tls_feed(struct tls *tls, struct span records);
/* Encrypts plain text; only in TLS_OPEN. False means TLS_FAILED. */
bool tls_write(struct tls *tls, struct span plain) must_check;
/*
 * What a client may offer the next time: the newest that the server has given, NULL where there is
 * none. The caller's, for tls_init_again or tls_session_free; of a connection that failed it is NULL.
 */
SSL_SESSION *tls_session(const struct tls *tls) must_check;
void tls_session_free(SSL_SESSION *session);
/* Whether the handshake was a short one. */
bool tls_is_resumed(const struct tls *tls);

/* Says goodbye; take what it leaves. */
void tls_shutdown(struct tls *tls);
/* Moves records for the network to the end of `out`; false where that is full. */
bool tls_take(struct tls *tls, struct buf *out) must_check;
