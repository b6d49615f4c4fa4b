/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seal: what a stretch of the record was, once, with the seal before it, signed. As a line of text it stands in the
 * file that only grows, and is verified with sha256sum and openssl as well as here (docs/record.md).
 *
 *   line    guanjia-seal-1 NUMBER FORM ERA COUNT XID:SEQ XID:SEQ SEALED_US KEY PREVIOUS LIST HASH SIGNATURE
 *           ├──────────────────────── head: what is hashed and signed ──────────────────┤
 *   list    48 bytes an entry, in order of (xid, seq): u64 xid, u64 seq, SHA-256 of the entry (record.h); base64
 *   key     the first 8 bytes of the SHA-256 of the public key, hexadecimal
 *   hash    SHA-256 of the head; previous is that of the seal before, zeros in the first
 *   signature  Ed25519 (RFC 8032) of the head; base64
 */
#pragma once

#include "common/record.h"

#define RECORD_ITEM_BYTES (8 + 8 + SHA256_BYTES)
#define RECORD_SEAL_ENTRIES_MAX 1000
#define RECORD_KEY_BYTES 32 /* of Ed25519, public and private alike */
#define RECORD_KEY_ID_BYTES 8
#define RECORD_SIGNATURE_BYTES 64
#define RECORD_SEAL_LINE_MAX 66560 /* 64 characters an entry, and the rest */
#define RECORD_KEYS_MAX 16

struct record_seal {
	int64_t number; /* 1, 2, 3 … */
	int form;       /* of its entries */
	int64_t era;
	uint32_t count; /* of entries, at least 1 */
	int64_t sealed_us;
	uint8_t key_id[RECORD_KEY_ID_BYTES];
	uint8_t previous[SHA256_BYTES];
	struct span list; /* count × RECORD_ITEM_BYTES; borrowed */
	uint8_t hash[SHA256_BYTES];
	uint8_t signature[RECORD_SIGNATURE_BYTES];
};

/* One entry of the list. */
struct record_item {
	uint64_t xid;
	int64_t seq;
	uint8_t hash[SHA256_BYTES];
};

/* Public keys that seals may be signed by. */
struct record_keys {
	size_t count;
	uint8_t keys[RECORD_KEYS_MAX][RECORD_KEY_BYTES];
};

void record_item_put(const struct record_item *item, uint8_t out[RECORD_ITEM_BYTES]);
struct record_item record_seal_item(const struct record_seal *seal, size_t i);
struct record_place record_seal_first(const struct record_seal *seal);
struct record_place record_seal_last(const struct record_seal *seal);

void record_key_id(const uint8_t public_key[RECORD_KEY_BYTES], uint8_t out[RECORD_KEY_ID_BYTES]);

/* Sets key_id, hash and signature; false where memory is out. */
bool record_seal_sign(struct record_seal *seal, struct arena *arena,
	const uint8_t private_key[RECORD_KEY_BYTES],
	const uint8_t public_key[RECORD_KEY_BYTES]) must_check;

/* Is the hash that of the head? */
bool record_seal_is_whole(const struct record_seal *seal, struct arena *arena) must_check;

enum record_signed { RECORD_SIGNED, RECORD_KEY_UNKNOWN, RECORD_NOT_SIGNED };
enum record_signed record_seal_signed(
	const struct record_seal *seal, struct arena *arena, const struct record_keys *keys) must_check;

/* Without a line feed; empty where the arena failed. */
struct str record_seal_line(const struct record_seal *seal, struct arena *arena);

/* The list lies in the arena. False, and *out is nothing to be used, for any other text than record_seal_line gives. */
bool record_seal_parse(struct str line, struct arena *arena, struct record_seal *out) must_check;

/* Public keys of PEM text, one behind the other; false where one is no Ed25519 key, there is none, or there are too many. */
bool record_keys_parse(struct str pem, struct record_keys *out) must_check;
