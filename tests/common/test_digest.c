/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that both hashes are the ones that others compute: published vectors, and each length up to some
 * blocks against the library's one-call functions; keys may change from call to call.
 */
#include "common/digest.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "tests/check.h"

#define LEN_MAX 300 /* a block is 64 */

static bool is_hex(const uint8_t hash[DIGEST_BYTES], const char *hex)
{
	char text[2 * DIGEST_BYTES + 1];

	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		(void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
	}
	return strcmp(text, hex) == 0;
}

static void test_published_vectors(void)
{
	uint8_t key[DIGEST_KEY_BYTES] = {0};
	uint8_t hash[DIGEST_BYTES];

	digest_sha256(span_from_str(STR("")), hash); /* FIPS 180-4's empty message and its "abc" */
	CHECK(is_hex(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	digest_sha256(span_from_str(STR("abc")), hash);
	CHECK(is_hex(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	memset(key, 0x0b, 20); /* RFC 4231 §4.2: a shorter key is padded with zeros */
	digest_hmac(key, span_from_str(STR("Hi There")), hash);
	CHECK(is_hex(hash, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
}

static void test_every_length_with_any_key(void)
{
	uint8_t bytes[LEN_MAX];
	uint8_t key[DIGEST_KEY_BYTES];
	uint8_t hash[DIGEST_BYTES];
	uint8_t expected[DIGEST_BYTES];

	for (size_t len = 0; len < LEN_MAX; len++) {
		bytes[len] = (uint8_t)(len * 7);
		memset(key, (int)len, sizeof key);
		digest_sha256(span_of(bytes, len), hash);
		CHECK(memcmp(hash, SHA256(bytes, len, expected), DIGEST_BYTES) == 0);
		digest_hmac(key, span_of(bytes, len), hash);
		(void)HMAC(EVP_sha256(), key, sizeof key, bytes, len, expected, NULL);
		CHECK(memcmp(hash, expected, DIGEST_BYTES) == 0);
	}
}

static const struct test tests[] = {
	{"published_vectors", test_published_vectors},
	{"every_length_with_any_key", test_every_length_with_any_key},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
