/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the database must not be able to read, guess or forge: personal values, words on their way out,
 * and the keyed hashes of phones, receipt codes and one-time codes. Every key is derived from the root
 * key (keys.h), so all servers of one database make the same; none is ever stored or logged.
 *
 *     wrap key (by id) ──wraps──▶ a subject's data key ──seals──▶ that person's or household's values
 *     outgoing key     ──seals──▶ messages that wait to be sent
 *
 * Whoever erases a subject destroys the wrapped key: what it sealed is then lost, wherever it lies.
 *
 *   shape    of everything sealed: 1 byte of key id or format, 12 bytes of random nonce, the value in
 *            AES-256-GCM, 16 bytes of tag. The place it belongs to is additional data, so a value that
 *            was copied to another row, column or subject does not open.
 *   source   NIST SP 800-38D; random nonces are safe for 2^32 values a key
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "common/uuid.h"
#include "server/keys.h"

#define SEAL_KEY_BYTES 32
#define SEAL_HASH_BYTES 32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES 16
#define SEAL_OVERHEAD_BYTES (1 + SEAL_NONCE_BYTES + SEAL_TAG_BYTES)
#define SEAL_WRAPPED_BYTES (SEAL_OVERHEAD_BYTES + SEAL_KEY_BYTES)
#define SEAL_TEXT_BYTES_MAX (4 * 1024 * 1024)
#define SEAL_WRAP_KEY_MAX 8
#define SEAL_COLUMN_BYTES_MAX 64
#define SEAL_DIGIT_COUNT 6
#define SEAL_DIGITS_BYTES (SEAL_DIGIT_COUNT + 1) /* and a NUL */

struct seal_wrap_key {
	uint8_t id; /* in front of what it wrapped; never 0, never used twice */
	uint8_t key[SEAL_KEY_BYTES];
};

struct seal {
	struct seal_wrap_key wrap_keys[SEAL_WRAP_KEY_MAX]; /* oldest first; the last one wraps */
	size_t wrap_key_count;                             /* at least 1 */
	uint8_t outgoing_key[SEAL_KEY_BYTES];
	uint8_t phone_index_key[SEAL_KEY_BYTES];
	uint8_t receipt_code_key[SEAL_KEY_BYTES];
	uint8_t one_time_code_key[SEAL_KEY_BYTES];
};

/* Where a sealed value stands. */
struct seal_place {
	struct uuid community_id; /* nil for what is company-wide */
	struct uuid record_id;
	const char *column; /* "complaint.contact"; ours, 1 to SEAL_COLUMN_BYTES_MAX bytes */
};

void seal_init(struct seal *seal, const struct keys *keys);
/* Wipes every key. */
void seal_fini(struct seal *seal);

/*
 * A new random data key for a person or household, and the same wrapped, to be stored.
 *
 *   out_key   wipe it after use; untouched where the arena failed
 *   returns   SEAL_WRAPPED_BYTES; empty where the arena failed
 */
struct span seal_subject_new(const struct seal *seal, struct arena *arena, struct uuid subject_id,
	uint8_t out_key[SEAL_KEY_BYTES]);

/*
 * False, and out_key untouched: not this subject's, changed, or wrapped by a key we do not have; or
 * there was no memory to find out: then the arena, which is used for nothing else, has failed.
 */
bool seal_subject_open(const struct seal *seal, struct arena *arena, struct uuid subject_id,
	struct span wrapped, uint8_t out_key[SEAL_KEY_BYTES]) must_check;

/*
 * Seals one value with its subject's key.
 *
 *   text      at most SEAL_TEXT_BYTES_MAX; the empty text is a value, too
 *   returns   text.len + SEAL_OVERHEAD_BYTES; empty where the arena failed, and only there
 */
struct span seal_text(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES],
	const struct seal_place *place, struct str text);

/* False, and out_text untouched: another key or place, changed, or the arena failed (see its flag). */
bool seal_text_open(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES],
	const struct seal_place *place, struct span sealed, struct str *out_text) must_check;

/* The same for a message to somebody outside, which belongs to no single subject. */
struct span seal_outgoing(const struct seal *seal, struct arena *arena, struct uuid community_id,
	struct uuid message_id, struct str text);
bool seal_outgoing_open(const struct seal *seal, struct arena *arena, struct uuid community_id,
	struct uuid message_id, struct span sealed, struct str *out_text) must_check;

/* By which a phone is found without being readable: HMAC-SHA256 of its E.164 form (phone.h). */
void seal_phone_index(const struct seal *seal, struct str e164, uint8_t out[SEAL_HASH_BYTES]);

/* What a receipt's code is made of (receipt_code.h): HMAC-SHA256 of both ids. */
void seal_receipt(const struct seal *seal, struct uuid community_id, struct uuid receipt_id,
	uint8_t out[SEAL_HASH_BYTES]);

/* Six random digits for an owner, each of the million equally likely. */
void seal_one_time_digits(char out[SEAL_DIGITS_BYTES]);

/*
 * What is stored of a one-time code: HMAC-SHA256, since a plain hash of six digits could be tried out.
 *
 *   purpose   the number of what it is good for: a code for one purpose is none for another
 *   returns   false, and out untouched, where `digits` is not six ASCII digits
 */
bool seal_one_time_code(const struct seal *seal, struct uuid community_id, struct uuid code_id,
	int32_t purpose, struct str digits, uint8_t out[SEAL_HASH_BYTES]) must_check;
