/* SPDX-License-Identifier: Apache-2.0 */
#include "server/record_key.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "server/data_file.h"

#define PEM_BYTES_MAX 4096
#define PUBLIC_BYTES_MAX ((size_t)RECORD_KEYS_MAX * RECORD_KEY_PEM_MAX)

static enum err fail(struct keys_fault *fault, const char *path, const char *what)
{
	(void)snprintf(fault->text, sizeof fault->text, "'%.300s' %s", path, what);
	return ERR_CONFIG;
}

static bool take(struct record_key *key, const EVP_PKEY *pkey)
{
	size_t private_len = RECORD_KEY_BYTES;
	size_t public_len = RECORD_KEY_BYTES;

	return EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 &&
	       EVP_PKEY_get_raw_private_key(pkey, key->private_key, &private_len) == 1 &&
	       EVP_PKEY_get_raw_public_key(pkey, key->public_key, &public_len) == 1;
}

static enum err read_key(struct record_key *key, const char *path, struct keys_fault *fault)
{
	uint8_t pem[PEM_BYTES_MAX];
	size_t len = 0;
	EVP_PKEY *pkey = NULL;
	BIO *bio;
	bool is_good;

	if (!data_file_read(path, pem, sizeof pem, &len)) {
		return fail(fault, path, strerror(errno));
	}
	bio = BIO_new_mem_buf(pem, (int)len);
	pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	is_good = pkey != NULL && take(key, pkey);
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	explicit_bzero(pem, sizeof pem);
	return is_good ? ERR_OK : fail(fault, path, "is not a private key of Ed25519");
}

/* Of servers that share a new directory and start at once, the first one's is everybody's. */
static enum err make(struct record_key *key, const char *path, struct keys_fault *fault)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	BIO *bio = BIO_new(BIO_s_secmem());
	char *pem = NULL;
	long len = 0;
	enum err err = ERR_OK;

	if (pkey == NULL || bio == NULL || !take(key, pkey) ||
		PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		err = fail(fault, path, "cannot be made");
	} else {
		len = BIO_get_mem_data(bio, &pem);
		if (!data_file_make(path, 0400, span_of(pem, (size_t)len))) {
			err = errno == EEXIST ? read_key(key, path, fault) : fail(fault, path, strerror(errno));
		}
	}
	BIO_free(bio); /* wipes it */
	EVP_PKEY_free(pkey);
	return err;
}

bool record_key_pem(const uint8_t public_key[RECORD_KEY_BYTES], char out[RECORD_KEY_PEM_MAX])
{
	EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, RECORD_KEY_BYTES);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;
	long len = 0;
	bool done = pkey != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, pkey) == 1;

	if (done) {
		len = BIO_get_mem_data(bio, &pem);
		done = len > 0 && len < RECORD_KEY_PEM_MAX;
	}
	if (done) {
		memcpy(out, pem, (size_t)len);
		out[len] = '\0';
	}
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return done;
}

/* What seal.pub has, behind our own; false where that is not there yet, or not the first. */
static bool take_earlier(struct record_key *key, const char *path)
{
	size_t len = 0;
	uint8_t there[PUBLIC_BYTES_MAX];
	struct record_keys keys;
	bool is_first;

	key->trusted = (struct record_keys){.count = 1};
	memcpy(key->trusted.keys[0], key->public_key, RECORD_KEY_BYTES);
	if (!data_file_read(path, there, sizeof there, &len) ||
		!record_keys_parse(str_of((const char *)there, len), &keys)) {
		return false;
	}
	is_first = memcmp(keys.keys[0], key->public_key, RECORD_KEY_BYTES) == 0;
	for (size_t i = 0; i < keys.count && key->trusted.count < RECORD_KEYS_MAX; i++) {
		if (memcmp(keys.keys[i], key->public_key, RECORD_KEY_BYTES) != 0) {
			memcpy(key->trusted.keys[key->trusted.count++], keys.keys[i], RECORD_KEY_BYTES);
		}
	}
	return is_first;
}

/* Whoever verifies takes a copy of it; it is made anew where it does not begin with that of the key. */
static enum err show(struct record_key *key, const char *dir, struct keys_fault *fault)
{
	char path[PATH_MAX];
	char text[PUBLIC_BYTES_MAX];
	size_t len = 0;

	(void)snprintf(path, sizeof path, "%s/keys/seal.pub", dir);
	if (take_earlier(key, path)) {
		return ERR_OK;
	}
	for (size_t i = 0; i < key->trusted.count; i++) {
		if (!record_key_pem(key->trusted.keys[i], text + len)) {
			return fail(fault, path, "cannot be made");
		}
		len += strlen(text + len);
	}
	if (data_file_make(path, 0444, span_of(text, len))) {
		return ERR_OK;
	}
	/* Another server has shown the same meanwhile; or it is of an earlier key. */
	if (errno == EEXIST &&
		(take_earlier(key, path) || data_file_write(path, 0444, span_of(text, len)))) {
		return ERR_OK;
	}
	return fail(fault, path, strerror(errno));
}

enum err record_key_open(struct record_key *key, const char *dir, struct keys_fault *out_fault)
{
	char path[PATH_MAX];
	enum err err;

	(void)snprintf(path, sizeof path, "%s/keys/seal.key", dir);
	if (data_file_is_private(path)) {
		err = read_key(key, path, out_fault);
	} else if (errno == ENOENT) {
		err = make(key, path, out_fault);
	} else {
		err = fail(out_fault, path,
			errno == EPERM ? "is open to other accounts, or not ours" : strerror(errno));
	}
	return err == ERR_OK ? show(key, dir, out_fault) : err;
}

void record_key_close(struct record_key *key)
{
	if (key != NULL) {
		explicit_bzero(key->private_key, sizeof key->private_key);
	}
}
