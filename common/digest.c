/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

/* Constants of the process, from their first use on. */
static EVP_MD *sha256;
static EVP_MAC *hmac;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Begun anew, with another key, for every text. */
static _Thread_local EVP_MAC_CTX *context;

/* These calls fail only without memory, or where OpenSSL lacks SHA-256: no reason to go on. */
static void must(int result)
{
	if (result != 1) {
		abort();
	}
}

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(sha256 != NULL && hmac != NULL);
}

void digest_sha256(struct span bytes, uint8_t out[DIGEST_BYTES])
{
	unsigned len = 0;

	(void)pthread_once(&once, fetch);
	must(EVP_Digest(bytes.ptr, bytes.len, out, &len, sha256, NULL));
	assert(len == DIGEST_BYTES);
}

static EVP_MAC_CTX *new_context(void)
{
	char name[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *made;

	(void)pthread_once(&once, fetch);
	made = EVP_MAC_CTX_new(hmac);
	must(made != NULL && EVP_MAC_CTX_set_params(made, params) == 1);
	return made;
}

void digest_hmac(const uint8_t key[DIGEST_KEY_BYTES], struct span bytes, uint8_t out[DIGEST_BYTES])
{
	size_t len = 0;

	if (context == NULL) {
		context = new_context();
	}
	must(EVP_MAC_init(context, key, DIGEST_KEY_BYTES, NULL));
	must(EVP_MAC_update(context, bytes.ptr, bytes.len));
	must(EVP_MAC_final(context, out, &len, DIGEST_BYTES));
	assert(len == DIGEST_BYTES);
}
