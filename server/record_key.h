/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that seals of the record are signed with (Ed25519): DIR/keys/seal.key, made with 0400 at first start, and the
 * public one beside it, DIR/keys/seal.pub, for whoever verifies, with those of earlier keys behind it: what they signed
 * is still ours. All PEM, as openssl reads and writes it. Never in the database, a log, an argument or the environment; all
 * servers of one database share it.
 */
#pragma once

#include "common/record_seal.h"
#include "server/keys.h"

struct record_key {
	uint8_t private_key[RECORD_KEY_BYTES]; /* zero until opened */
	uint8_t public_key[RECORD_KEY_BYTES];
	struct record_keys trusted; /* the public one, then those of earlier keys that seal.pub has */
};

/* ERR_CONFIG where the key cannot be trusted or made. DIR/keys is there. */
enum err record_key_open(struct record_key *key, const char *dir, struct keys_fault *out_fault);

/* Wipes it. */
void record_key_close(struct record_key *key);

/* The public key as PEM text, which a NUL ends. */
#define RECORD_KEY_PEM_MAX 256
bool record_key_pem(
	const uint8_t public_key[RECORD_KEY_BYTES], char out[RECORD_KEY_PEM_MAX]) must_check;
