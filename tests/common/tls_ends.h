/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends of a TLS connection in memory, and the network between them for tests to cut as they like.
 *
 *     ends_contexts(&ends, &certs);     a test may spoil a context here
 *     ends_open(&ends, "server.test");
 *     ends_carry_all(&ends, 1);         one byte at a time, until both are silent
 *     ends_close(&ends);
 *
 * What is only there to prepare a test is asserted, not checked.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"
#include "common/tls.h"
#include "tests/common/certs.h"

#define ENDS_PLAIN_MAX ((size_t)256 * 1024)

struct ends {
	SSL_CTX *server_context; /* owned, as all in here */
	SSL_CTX *client_context;
	struct tls server;
	struct tls client;
};

void ends_contexts(struct ends *ends, const struct certs *certs);
void ends_open(struct ends *ends, const char *host);
void ends_close(struct ends *ends);

/* All of the above and the handshake, for tests of what comes after it. */
void ends_agree(struct ends *ends, const struct certs *certs);

/* What `source` has to say reaches `target` in pieces. True where there was anything. */
bool ends_carry(struct tls *source, struct tls *target, size_t piece_bytes);

/* Both ways, until both are silent. */
void ends_carry_all(struct ends *ends, size_t piece_bytes);

/* What has arrived at an end. */
struct str ends_plain(const struct tls *tls);
