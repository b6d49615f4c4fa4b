/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "server/data_file.h"

/* Keeps our keys apart from whatever else might ever be derived from the same bytes. */
#define INFO_PREFIX "guanjia/1 "
#define INFO_BYTES_MAX 128

static enum err fail(struct keys_fault *fault, const char *path, const char *what)
{
	(void)snprintf(fault->text, sizeof(fault->text), "'%.300s' %s", path, what);
	return ERR_CONFIG;
}

static enum err read_key(struct keys *keys, const char *path, struct keys_fault *fault)
{
	size_t len = 0;

	if (!data_file_read(path, keys->root, KEYS_ROOT_BYTES, &len) || len != KEYS_ROOT_BYTES) {
		return fail(fault, path, "is not a key of 32 bytes");
	}
	return ERR_OK;
}

/* Of servers that share a new directory and start at once, the first one's is everybody's. */
static enum err make_key(struct keys *keys, const char *path, struct keys_fault *fault)
{
	if (RAND_bytes(keys->root, KEYS_ROOT_BYTES) != 1) {
		return fail(fault, path, "cannot be made: no random bytes");
	}
	if (data_file_make(path, 0400, span_of(keys->root, KEYS_ROOT_BYTES))) {
		return ERR_OK;
	}
	return errno == EEXIST ? read_key(keys, path, fault) : fail(fault, path, strerror(errno));
}

enum err keys_open(struct keys *keys, const char *dir, struct keys_fault *out_fault)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/keys", dir);
	if (!data_file_mkdir(path)) {
		return fail(out_fault, path, strerror(errno));
	}
	(void)snprintf(path, sizeof(path), "%s/keys/server.key", dir);
	if (data_file_is_private(path)) {
		return read_key(keys, path, out_fault);
	}
	if (errno == EPERM) {
		return fail(out_fault, path, "is open to other accounts, or not ours");
	}
	if (errno != ENOENT) {
		return fail(out_fault, path, strerror(errno));
	}
	return make_key(keys, path, out_fault);
}

enum err keys_open_given(struct keys *keys, const char *path, struct keys_fault *out_fault)
{
	if (data_file_is_private(path) || data_file_is_handed(path)) {
		return read_key(keys, path, out_fault);
	}
	return fail(out_fault, path,
		errno == EPERM ? "is open to other accounts, or neither ours nor root's" : strerror(errno));
}

void keys_close(struct keys *keys)
{
	if (keys != NULL) {
		explicit_bzero(keys->root, sizeof(keys->root));
	}
}

void keys_derive(const struct keys *keys, const char *purpose, uint8_t out[KEYS_DERIVED_BYTES])
{
	char digest[] = "SHA256";
	char info[INFO_BYTES_MAX];
	int info_len = snprintf(info, sizeof(info), INFO_PREFIX "%s", purpose);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)keys->root, KEYS_ROOT_BYTES),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, (size_t)info_len),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);

	assert(purpose[0] != '\0');
	assert(info_len > 0 && (size_t)info_len < sizeof(info));
	/* Fails only without memory, or where OpenSSL lacks HKDF: nothing could be served then. */
	if (context == NULL || EVP_KDF_derive(context, out, KEYS_DERIVED_BYTES, params) != 1) {
		abort();
	}
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}
