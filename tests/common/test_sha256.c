/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the hashes against the vectors of FIPS 180-4 and RFC 4231, and against the library's own HMAC
 * for every length around a block.
 */
#include "tests/check.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "common/sha256.h"

static void to_hex(const uint8_t hash[SHA256_BYTES], char out[2 * SHA256_BYTES + 1])
{
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
	}
}

static void test_sha256_of_published_texts(void)
{
	static const struct {
		const char *text;
		const char *hash;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t hash[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		sha256(span_from_str(str_from_c(rows[i].text)), hash);
		to_hex(hash, hex);
		CHECK_STR_EQ(hex, rows[i].hash);
	}
}

/* RFC 4231 §4.2 and §4.3. */
static void test_hmac_of_published_texts(void)
{
	static const struct {
		const char *key;
		const char *text;
		const char *hash;
	} rows[] = {
		{"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
			"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t hash[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		sha256_hmac(
			span_from_str(str_from_c(rows[i].key)), span_from_str(str_from_c(rows[i].text)), hash);
		to_hex(hash, hex);
		CHECK_STR_EQ(hex, rows[i].hash);
	}
}

static void test_hmac_agrees_with_the_library(void)
{
	uint8_t bytes[200];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 7);
	}
	for (size_t key_len = 1; key_len <= 64; key_len += 21) {
		for (size_t len = 0; len <= sizeof(bytes); len++) {
			uint8_t ours[SHA256_BYTES];
			uint8_t theirs[SHA256_BYTES];

			sha256_hmac(span_of(bytes, key_len), span_of(bytes, len), ours);
			CHECK(HMAC(EVP_sha256(), bytes, (int)key_len, bytes, len, theirs, NULL) != NULL);
			CHECK(memcmp(ours, theirs, sizeof(ours)) == 0);
		}
	}
}

static const struct test tests[] = {
	{"sha256_of_published_texts", test_sha256_of_published_texts},
	{"hmac_of_published_texts", test_hmac_of_published_texts},
	{"hmac_agrees_with_the_library", test_hmac_agrees_with_the_library},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
