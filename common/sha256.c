/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED /* these work on the caller's memory; see the header */

#include "common/sha256.h"

#include <openssl/sha.h>

#define BLOCK_BYTES 64
#define INNER_PAD 0x36
#define OUTER_PAD 0x5C

static_assert(SHA256_BYTES == SHA256_DIGEST_LENGTH, "the same hash");

void sha256_parts(const struct span *parts, size_t count, uint8_t out[SHA256_BYTES])
{
	SHA256_CTX context;
	int done = SHA256_Init(&context);

	for (size_t i = 0; i < count; i++) {
		done &= parts[i].len == 0 || SHA256_Update(&context, parts[i].ptr, parts[i].len) == 1;
	}
	done &= SHA256_Final(out, &context);
	assert(done == 1);
	explicit_bzero(&context, sizeof(context));
}

void sha256(struct span bytes, uint8_t out[SHA256_BYTES])
{
	sha256_parts(&bytes, 1, out);
}

void sha256_hmac(struct span key, struct span bytes, uint8_t out[SHA256_BYTES])
{
	uint8_t inner[BLOCK_BYTES] = {0};
	uint8_t outer[BLOCK_BYTES] = {0};
	uint8_t hash[SHA256_BYTES];

	assert(key.len > 0 && key.len <= BLOCK_BYTES);
	memcpy(inner, key.ptr, key.len);
	memcpy(outer, key.ptr, key.len);
	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		inner[i] ^= INNER_PAD;
		outer[i] ^= OUTER_PAD;
	}
	sha256_parts((const struct span[]){span_of(inner, sizeof(inner)), bytes}, 2, hash);
	sha256_parts(
		(const struct span[]){span_of(outer, sizeof(outer)), span_of(hash, sizeof(hash))}, 2, out);
	explicit_bzero(inner, sizeof(inner));
	explicit_bzero(outer, sizeof(outer));
	explicit_bzero(hash, sizeof(hash));
}
