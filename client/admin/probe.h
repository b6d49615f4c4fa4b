/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a server step by step, each with its own reason of failure: look the name up, connect,
 * shake hands. It waits, has no loop, and speaks no protocol above TLS; doctor is its only user.
 */
#pragma once

#include "common/tls.h"

struct addrinfo;

struct probe {
	struct addrinfo *addresses; /* owned; after probe_lookup */
	char address[64];           /* the one that answered, after probe_connect */
	int fd;                     /* owned; -1: none */
	SSL_CTX *context;           /* owned */
	struct tls tls;             /* owned, after probe_handshake */
};

void probe_init(struct probe *probe);
void probe_fini(struct probe *probe);

/* NULL, or why not: static, or the system's own words. */
const char *probe_lookup(struct probe *probe, const char *host, uint16_t port) must_check;

/* The first address that answers within wait_ms in all. */
const char *probe_connect(struct probe *probe, uint32_t wait_ms) must_check;

/*
 * The TLS handshake; afterwards probe->tls.state says how it ended.
 *
 *   returns  NULL where it came to an end, good or bad (probe->tls.reason); else why it could not
 */
const char *probe_handshake(
	struct probe *probe, const char *ca_path, const char *host, uint32_t wait_ms) must_check;

/* Whole days until the server's certificate ends; false where there was none. */
bool probe_days_left(const struct probe *probe, int *out_days) must_check;
