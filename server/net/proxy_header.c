/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/proxy_header.h"

#include <netinet/in.h>
#include <string.h>

#define FIXED_BYTES 16
#define V4_BYTES (2 * 4 + 2 * 2)
#define V6_BYTES (2 * 16 + 2 * 2)

enum {
	LOCAL_V2 = 0x20,
	PROXY_V2 = 0x21,
	TCP_V4 = 0x11,
	TCP_V6 = 0x21,
};

static const uint8_t signature[] = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

static void take_v4(const uint8_t *address, const uint8_t *port, struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};

	memcpy(&v4.sin_addr, address, 4);
	memcpy(&v4.sin_port, port, 2); /* both are in network order there and here */
	memcpy(out, &v4, sizeof v4);
}

static void take_v6(const uint8_t *address, const uint8_t *port, struct sockaddr_storage *out)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	memcpy(&v6.sin6_addr, address, 16);
	memcpy(&v6.sin6_port, port, 2);
	memcpy(out, &v6, sizeof v6);
}

/* Both addresses, then both ports. */
static bool take_addresses(uint8_t family, struct span body, struct proxy_header *out)
{
	if (family == TCP_V4 && body.len >= V4_BYTES) {
		take_v4(body.ptr, body.ptr + 8, &out->source);
		take_v4(body.ptr + 4, body.ptr + 10, &out->target);
		return true;
	}
	if (family == TCP_V6 && body.len >= V6_BYTES) {
		take_v6(body.ptr, body.ptr + 32, &out->source);
		take_v6(body.ptr + 16, body.ptr + 34, &out->target);
		return true;
	}
	return false;
}

enum proxy_status proxy_decode(struct span in, struct proxy_header *out, size_t *out_bytes)
{
	struct proxy_header header = {0};
	size_t known = size_min(in.len, sizeof signature);
	size_t body_bytes;

	/* What is not one is refused with its first wrong byte: a client's TLS begins with 22. */
	if (known > 0 && memcmp(in.ptr, signature, known) != 0) {
		return PROXY_BAD;
	}
	if (in.len < FIXED_BYTES) {
		return PROXY_SHORT;
	}
	body_bytes = (size_t)in.ptr[14] << 8 | in.ptr[15];
	if ((in.ptr[12] != LOCAL_V2 && in.ptr[12] != PROXY_V2) ||
		body_bytes > PROXY_HEADER_BYTES_MAX - FIXED_BYTES) {
		return PROXY_BAD;
	}
	if (in.len - FIXED_BYTES < body_bytes) {
		return PROXY_SHORT;
	}
	header.is_own = in.ptr[12] == LOCAL_V2;
	if (!header.is_own &&
		!take_addresses(in.ptr[13], span_of(in.ptr + FIXED_BYTES, body_bytes), &header)) {
		return PROXY_BAD;
	}
	*out = header;
	*out_bytes = FIXED_BYTES + body_bytes;
	return PROXY_READY;
}
