/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that a client resumes: who comes back within the hour pays a quarter of a handshake
 * (RFC 8446 §2.2). Inside common/tls only; others use tls_init_again() and tls_session().
 *
 * The server keeps them itself, in its context, and sends nothing but their names: no key encrypts
 * what a stolen ticket would open, and a new context (another certificate) knows none of the old.
 * A resumed session proves that it is the same client program as before, and nothing about who sits
 * there: people log in or resume their session of the protocol, on every connection.
 */
#pragma once

#include "common/tls.h"

/* Makes a server's context keep so many sessions for so long; 0 of either: none is resumed. */
void tls_session_keep(SSL_CTX *context, const struct tls_cache *cache);

/*
 * Offers *session, which may be NULL, in the handshake that `ssl` is about to begin with `host`, and
 * takes it: it is used once (RFC 8446 §C.4). One that was made under other trust, or with another
 * host, or whose certificate has ended, is thrown away: its handshake would check none of these.
 *
 *   returns  false without memory
 */
bool tls_session_offer(SSL *ssl, const char *host, SSL_SESSION **session) must_check;
