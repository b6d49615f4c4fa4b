/* SPDX-License-Identifier: Apache-2.0 */
#include "server/seal.h"

#include <stdatomic.h>
#include <stdio.h>

#include <openssl/evp.h>

#include "common/random.h"
#include "common/sha256.h"

/* First bytes of what is sealed: a change of key or shape gets the next number. */
#define WRAP_ID_FIRST 1
#define TEXT_FORMAT 1
#define OUTGOING_FORMAT 1

#define TWO_IDS_BYTES (2 * UUID_BYTES)
#define DIGITS_END 1000000u
/* The largest multiple of DIGITS_END that 32 bits hold: what is drawn above it is drawn anew. */
#define DRAW_END (UINT32_MAX / DIGITS_END * DIGITS_END)

/* --- keys --- */

void seal_init(struct seal *seal, const struct keys *keys)
{
	*seal = (struct seal){.wrap_key_count = 1};
	seal->wrap_keys[0].id = WRAP_ID_FIRST;
	keys_derive(keys, "seal wrap 1", seal->wrap_keys[0].key);
	keys_derive(keys, "seal outgoing 1", seal->outgoing_key);
	keys_derive(keys, "seal phone index", seal->phone_index_key);
	keys_derive(keys, "seal receipt code", seal->receipt_code_key);
	keys_derive(keys, "seal one-time code", seal->one_time_code_key);
}

void seal_fini(struct seal *seal)
{
	if (seal != NULL) {
		explicit_bzero(seal, sizeof(*seal));
	}
}

static const struct seal_wrap_key *newest_wrap_key(const struct seal *seal)
{
	assert(seal->wrap_key_count > 0 && seal->wrap_key_count <= SEAL_WRAP_KEY_MAX);
	return &seal->wrap_keys[seal->wrap_key_count - 1];
}

static const struct seal_wrap_key *wrap_key_of(const struct seal *seal, uint8_t id)
{
	for (size_t i = 0; i < seal->wrap_key_count; i++) {
		if (seal->wrap_keys[i].id == id) {
			return &seal->wrap_keys[i];
		}
	}
	return NULL;
}

/* --- AES-256-GCM --- */

/* Looked up once: for a telephone that takes longer than to seal it. NULL where the library has no memory. */
static const EVP_CIPHER *aes_256_gcm(void)
{
	static _Atomic(EVP_CIPHER *)
		cipher; /* a constant of the process; several loops may want it first */
	EVP_CIPHER *found = atomic_load(&cipher);
	EVP_CIPHER *made;

	if (found != NULL) {
		return found;
	}
	made = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (made == NULL || atomic_compare_exchange_strong(&cipher, &found, made)) {
		return made;
	}
	EVP_CIPHER_free(made);
	return found;
}

/* out: nonce, ciphertext, tag. False where the library has no memory: then out holds nothing. */
static bool encrypt(
	const uint8_t key[SEAL_KEY_BYTES], struct span bound, struct span plain, uint8_t *out)
{
	uint8_t *cipher = out + SEAL_NONCE_BYTES;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len = 0;
	bool done;

	assert(plain.len <= SEAL_TEXT_BYTES_MAX);
	random_bytes(out, SEAL_NONCE_BYTES);
	done = context != NULL && aes_256_gcm() != NULL &&
	       EVP_EncryptInit_ex(context, aes_256_gcm(), NULL, key, out) == 1 &&
	       EVP_EncryptUpdate(context, NULL, &len, bound.ptr, (int)bound.len) == 1 &&
	       (plain.len == 0 ||
			   EVP_EncryptUpdate(context, cipher, &len, plain.ptr, (int)plain.len) == 1) &&
	       EVP_EncryptFinal_ex(context, cipher + plain.len, &len) == 1 &&
	       EVP_CIPHER_CTX_ctrl(
			   context, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, cipher + plain.len) == 1;
	EVP_CIPHER_CTX_free(context);
	return done;
}

/*
 * sealed: nonce, ciphertext, tag. False, and what was deciphered wiped, unless the tag fits; the arena
 * fails where that could not be found out for want of memory.
 */
static bool decrypt(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES], struct span bound,
	struct span sealed, uint8_t *out)
{
	size_t plain_len = sealed.len - SEAL_NONCE_BYTES - SEAL_TAG_BYTES;
	struct span cipher = span_after(sealed, SEAL_NONCE_BYTES);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t tag[SEAL_TAG_BYTES];
	uint8_t rest[1];
	int len = 0;
	bool done;
	bool fits;

	assert(plain_len <= SEAL_TEXT_BYTES_MAX);
	memcpy(tag, cipher.ptr + plain_len, SEAL_TAG_BYTES);
	done = context != NULL && aes_256_gcm() != NULL &&
	       EVP_DecryptInit_ex(context, aes_256_gcm(), NULL, key, sealed.ptr) == 1 &&
	       EVP_DecryptUpdate(context, NULL, &len, bound.ptr, (int)bound.len) == 1 &&
	       (plain_len == 0 ||
			   EVP_DecryptUpdate(context, out, &len, cipher.ptr, (int)plain_len) == 1) &&
	       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_BYTES, tag) == 1;
	fits = done && EVP_DecryptFinal_ex(context, rest, &len) == 1;
	arena->failed = arena->failed || !done;
	EVP_CIPHER_CTX_free(context);
	if (!fits) {
		explicit_bzero(out, plain_len);
	}
	return fits;
}

/* --- one shape for all that is sealed --- */

static bool has_shape(struct span sealed)
{
	return sealed.len >= SEAL_OVERHEAD_BYTES &&
	       sealed.len - SEAL_OVERHEAD_BYTES <= SEAL_TEXT_BYTES_MAX;
}

static struct span close_value(struct arena *arena, uint8_t first,
	const uint8_t key[SEAL_KEY_BYTES], struct span bound, struct span plain)
{
	uint8_t *out = arena_alloc(arena, plain.len + SEAL_OVERHEAD_BYTES);

	if (out == NULL) {
		return (struct span){NULL, 0};
	}
	out[0] = first;
	if (!encrypt(key, bound, plain, out + 1)) {
		arena->failed = true;
		return (struct span){NULL, 0};
	}
	return span_of(out, plain.len + SEAL_OVERHEAD_BYTES);
}

static bool open_text(struct arena *arena, uint8_t first, const uint8_t key[SEAL_KEY_BYTES],
	struct span bound, struct span sealed, struct str *out_text)
{
	uint8_t *plain;

	if (!has_shape(sealed) || sealed.ptr[0] != first) {
		return false;
	}
	plain = arena_alloc(arena, sealed.len - SEAL_OVERHEAD_BYTES);
	if (plain == NULL || !decrypt(arena, key, bound, span_after(sealed, 1), plain)) {
		return false;
	}
	*out_text = str_of((const char *)plain, sealed.len - SEAL_OVERHEAD_BYTES);
	return true;
}

static void put_two_ids(uint8_t out[TWO_IDS_BYTES], struct uuid first, struct uuid second)
{
	memcpy(out, first.bytes, UUID_BYTES);
	memcpy(out + UUID_BYTES, second.bytes, UUID_BYTES);
}

/* --- a subject's key --- */

struct span seal_subject_new(const struct seal *seal, struct arena *arena, struct uuid subject_id,
	uint8_t out_key[SEAL_KEY_BYTES])
{
	const struct seal_wrap_key *wrap = newest_wrap_key(seal);
	struct span bound = span_of(subject_id.bytes, UUID_BYTES);
	uint8_t key[SEAL_KEY_BYTES];
	struct span wrapped;

	random_bytes(key, sizeof(key));
	wrapped = close_value(arena, wrap->id, wrap->key, bound, span_of(key, sizeof(key)));
	if (wrapped.len > 0) {
		memcpy(out_key, key, sizeof(key));
	}
	explicit_bzero(key, sizeof(key));
	return wrapped;
}

bool seal_subject_open(const struct seal *seal, struct arena *arena, struct uuid subject_id,
	struct span wrapped, uint8_t out_key[SEAL_KEY_BYTES])
{
	struct span bound = span_of(subject_id.bytes, UUID_BYTES);
	const struct seal_wrap_key *wrap;
	uint8_t key[SEAL_KEY_BYTES];
	bool is_opened;

	if (wrapped.len != SEAL_WRAPPED_BYTES) {
		return false;
	}
	wrap = wrap_key_of(seal, wrapped.ptr[0]);
	if (wrap == NULL) {
		return false;
	}
	is_opened = decrypt(arena, wrap->key, bound, span_after(wrapped, 1), key);
	if (is_opened) {
		memcpy(out_key, key, sizeof(key));
	}
	explicit_bzero(key, sizeof(key));
	return is_opened;
}

/* --- values --- */

/* Ids first: of fixed length, so that no two places make the same bytes. */
struct bound {
	uint8_t bytes[TWO_IDS_BYTES + SEAL_COLUMN_BYTES_MAX];
	size_t len;
};

static struct span bound_span(const struct bound *bound)
{
	return span_of(bound->bytes, bound->len);
}

static struct bound bind_place(const struct seal_place *place)
{
	size_t column_bytes = strlen(place->column);
	struct bound bound = {.len = TWO_IDS_BYTES + column_bytes};

	assert(column_bytes > 0 && column_bytes <= SEAL_COLUMN_BYTES_MAX);
	put_two_ids(bound.bytes, place->community_id, place->record_id);
	memcpy(bound.bytes + TWO_IDS_BYTES, place->column, column_bytes);
	return bound;
}

struct span seal_text(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES],
	const struct seal_place *place, struct str text)
{
	struct bound bound = bind_place(place);

	return close_value(arena, TEXT_FORMAT, key, bound_span(&bound), span_from_str(text));
}

bool seal_text_open(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES],
	const struct seal_place *place, struct span sealed, struct str *out_text)
{
	struct bound bound = bind_place(place);

	return open_text(arena, TEXT_FORMAT, key, bound_span(&bound), sealed, out_text);
}

struct span seal_outgoing(const struct seal *seal, struct arena *arena, struct uuid community_id,
	struct uuid message_id, struct str text)
{
	uint8_t bound[TWO_IDS_BYTES];

	put_two_ids(bound, community_id, message_id);
	return close_value(arena, OUTGOING_FORMAT, seal->outgoing_key, span_of(bound, sizeof(bound)),
		span_from_str(text));
}

bool seal_outgoing_open(const struct seal *seal, struct arena *arena, struct uuid community_id,
	struct uuid message_id, struct span sealed, struct str *out_text)
{
	uint8_t bound[TWO_IDS_BYTES];

	put_two_ids(bound, community_id, message_id);
	return open_text(arena, OUTGOING_FORMAT, seal->outgoing_key, span_of(bound, sizeof(bound)),
		sealed, out_text);
}

/* --- keyed hashes --- */

static void hash(const uint8_t key[SEAL_KEY_BYTES], struct span bytes, uint8_t out[SEAL_HASH_BYTES])
{
	static_assert(SEAL_HASH_BYTES == SHA256_BYTES, "the hashes are HMAC-SHA-256");
	sha256_hmac(span_of(key, SEAL_KEY_BYTES), bytes, out);
}

void seal_phone_index(const struct seal *seal, struct str e164, uint8_t out[SEAL_HASH_BYTES])
{
	assert(e164.len > 1 && e164.ptr[0] == '+'); /* what was typed would be found by nobody */
	hash(seal->phone_index_key, span_from_str(e164), out);
}

void seal_receipt(const struct seal *seal, struct uuid community_id, struct uuid receipt_id,
	uint8_t out[SEAL_HASH_BYTES])
{
	uint8_t ids[TWO_IDS_BYTES];

	put_two_ids(ids, community_id, receipt_id);
	hash(seal->receipt_code_key, span_of(ids, sizeof(ids)), out);
}

void seal_one_time_digits(char out[SEAL_DIGITS_BYTES])
{
	uint8_t bytes[4];
	uint32_t number;

	do { /* ends at once but for one draw in 4,400 */
		random_bytes(bytes, sizeof(bytes));
		number = get_u32(bytes);
	} while (number >= DRAW_END);
	(void)snprintf(out, SEAL_DIGITS_BYTES, "%06u", (unsigned)(number % DIGITS_END));
	explicit_bzero(bytes, sizeof(bytes));
}

static bool are_digits(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9') {
			return false;
		}
	}
	return text.len == SEAL_DIGIT_COUNT;
}

bool seal_one_time_code(const struct seal *seal, struct uuid community_id, struct uuid code_id,
	int32_t purpose, struct str digits, uint8_t out[SEAL_HASH_BYTES])
{
	uint8_t bytes[TWO_IDS_BYTES + 4 + SEAL_DIGIT_COUNT];

	if (!are_digits(digits)) {
		return false;
	}
	put_two_ids(bytes, community_id, code_id);
	put_u32(bytes + TWO_IDS_BYTES, (uint32_t)purpose);
	memcpy(bytes + TWO_IDS_BYTES + 4, digits.ptr, SEAL_DIGIT_COUNT);
	hash(seal->one_time_code_key, span_of(bytes, sizeof(bytes)), out);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}
