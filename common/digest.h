/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and HMAC-SHA256. The library looks an algorithm up by name in each of its one-call functions,
 * which costs several times what hashing a short text does: here it is looked up once.
 */
#pragma once

#include "common/span.h"

#define DIGEST_BYTES 32
#define DIGEST_KEY_BYTES 32

void digest_sha256(struct span bytes, uint8_t out[DIGEST_BYTES]);

/* RFC 2104. */
void digest_hmac(const uint8_t key[DIGEST_KEY_BYTES], struct span bytes, uint8_t out[DIGEST_BYTES]);
