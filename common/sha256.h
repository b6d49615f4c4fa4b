/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA-256 that cannot fail. The library's present interface asks for memory at every
 * call: what identifies a session or a code must not depend on whether there was some.
 *
 *   source  FIPS 180-4; RFC 2104
 */
#pragma once

#include "common/span.h"

#define SHA256_BYTES 32

void sha256(struct span bytes, uint8_t out[SHA256_BYTES]);
/* Of the parts one behind the other. */
void sha256_parts(const struct span *parts, size_t count, uint8_t out[SHA256_BYTES]);

/* A key of at most 64 bytes: ours all have 32. */
void sha256_hmac(struct span key, struct span bytes, uint8_t out[SHA256_BYTES]);
