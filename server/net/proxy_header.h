/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proxy says before anything else: whose connection it carries (PROXY protocol, version 2). It knows
 * nothing of who may say so; that is conn.c's to decide, and only those of the setting proxy_from may.
 *
 * Strict: version 1, datagrams, paths, and a proxy that does not know who connects are refused. What follows
 * the addresses (TLVs) is passed over.
 */
#pragma once

#include <sys/socket.h>

#include "common/span.h"

#define PROXY_HEADER_BYTES_MAX \
	2048 /* its length could say 64 KiB; what proxies add are some hundred */

enum proxy_status {
	PROXY_SHORT, /* more has to come */
	PROXY_BAD,
	PROXY_READY,
};

struct proxy_header {
	bool is_own; /* LOCAL: the proxy's own connection, to see whether we live; no addresses */
	struct sockaddr_storage source; /* who connected to the proxy … */
	struct sockaddr_storage target; /* … and where */
};

/*
 * Decodes the header at the beginning of a connection.
 *
 *   in         borrowed bytes, any length
 *   out        set only on PROXY_READY
 *   out_bytes  the same: what is to be consumed
 *   shape      12 bytes of signature; u8 version and command; u8 family; u16 length, big-endian; addresses
 *   source     haproxy.org/download/2.6/doc/proxy-protocol.txt, 2.2
 */
enum proxy_status proxy_decode(
	struct span in, struct proxy_header *out, size_t *out_bytes) must_check;
