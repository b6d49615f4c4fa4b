/* SPDX-License-Identifier: Apache-2.0 */
#include "common/record_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#define WORD "guanjia-seal-1"
#define FIELD_COUNT 13
#define HEX_HASH (2 * SHA256_BYTES)
#define HEX_KEY (2 * RECORD_KEY_ID_BYTES)
#define BASE64_BYTES(bytes) (((bytes) + 2) / 3 * 4)

enum field {
	FIELD_WORD,
	FIELD_NUMBER,
	FIELD_FORM,
	FIELD_ERA,
	FIELD_ENTRIES,
	FIELD_FIRST,
	FIELD_LAST,
	FIELD_SEALED,
	FIELD_KEY,
	FIELD_PREVIOUS,
	FIELD_LIST,
	FIELD_HASH,
	FIELD_SIGNATURE,
};

/* --- the list --- */

void record_item_put(const struct record_item *item, uint8_t out[RECORD_ITEM_BYTES])
{
	put_u64(out, item->xid);
	put_u64(out + 8, (uint64_t)item->seq);
	memcpy(out + 16, item->hash, SHA256_BYTES);
}

struct record_item record_seal_item(const struct record_seal *seal, size_t i)
{
	const uint8_t *at = seal->list.ptr + i * RECORD_ITEM_BYTES;
	struct record_item item = {.xid = get_u64(at), .seq = (int64_t)get_u64(at + 8)};

	assert(i < seal->count);
	memcpy(item.hash, at + 16, SHA256_BYTES);
	return item;
}

static struct record_place place_of(const struct record_seal *seal, size_t i)
{
	struct record_item item = record_seal_item(seal, i);

	return (struct record_place){seal->era, item.xid, item.seq};
}

struct record_place record_seal_first(const struct record_seal *seal)
{
	return place_of(seal, 0);
}

struct record_place record_seal_last(const struct record_seal *seal)
{
	return place_of(seal, seal->count - 1);
}

/* --- text --- */

static void put_hex(const uint8_t *bytes, size_t count, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * count] = '\0';
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct str text, uint8_t *out, size_t count)
{
	if (text.len != 2 * count) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		int high = digit_of(text.ptr[2 * i]);
		int low = digit_of(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static struct str base64(struct arena *arena, struct span bytes)
{
	uint8_t *out = arena_alloc(arena, BASE64_BYTES(bytes.len) + 1);

	if (out == NULL) {
		return (struct str){NULL, 0};
	}
	(void)EVP_EncodeBlock(out, bytes.ptr, (int)bytes.len);
	return str_of((const char *)out, BASE64_BYTES(bytes.len));
}

/* Exactly `count` bytes. */
static bool take_base64(struct str text, uint8_t *out, size_t count)
{
	if (text.len != BASE64_BYTES(count)) {
		return false;
	}
	/* It writes whole threes: the caller's room is that large. */
	return EVP_DecodeBlock(out, (const uint8_t *)text.ptr, (int)text.len) ==
	       (int)(text.len / 4 * 3);
}

static struct str head_of(const struct record_seal *seal, struct arena *arena)
{
	struct record_place first = record_seal_first(seal);
	struct record_place last = record_seal_last(seal);
	char key[HEX_KEY + 1];
	char previous[HEX_HASH + 1];
	struct str list = base64(arena, seal->list);

	put_hex(seal->key_id, RECORD_KEY_ID_BYTES, key);
	put_hex(seal->previous, SHA256_BYTES, previous);
	return arena_printf(arena,
		WORD " %" PRId64 " %d %" PRId64 " %" PRIu32 " %" PRIu64 ":%" PRId64 " %" PRIu64 ":%" PRId64
			 " %" PRId64 " %s %s %.*s",
		seal->number, seal->form, seal->era, seal->count, first.xid, first.seq, last.xid, last.seq,
		seal->sealed_us, key, previous, STR_ARG(list));
}

struct str record_seal_line(const struct record_seal *seal, struct arena *arena)
{
	struct str head = head_of(seal, arena);
	struct str signature = base64(arena, span_of(seal->signature, RECORD_SIGNATURE_BYTES));
	char hash[HEX_HASH + 1];

	put_hex(seal->hash, SHA256_BYTES, hash);
	return arena_printf(arena, "%.*s %s %.*s", STR_ARG(head), hash, STR_ARG(signature));
}

static bool split(struct str line, struct str fields[FIELD_COUNT])
{
	size_t count = 0;
	size_t from = 0;

	for (size_t i = 0; i <= line.len; i++) {
		if (i == line.len || line.ptr[i] == ' ') {
			if (count == FIELD_COUNT) {
				return false;
			}
			fields[count++] = str_of(line.ptr + from, i - from);
			from = i + 1;
		}
	}
	return count == FIELD_COUNT;
}

/* Decimal digits, as many as int64 surely holds. */
static bool take_number(struct str text, int64_t max, int64_t *out)
{
	int64_t value = 0;

	if (text.len == 0 || text.len > 18) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9') {
			return false;
		}
		value = value * 10 + (text.ptr[i] - '0');
	}
	if (value > max) {
		return false;
	}
	*out = value;
	return true;
}

static bool take_list(struct str text, struct arena *arena, struct record_seal *out)
{
	size_t bytes = (size_t)out->count * RECORD_ITEM_BYTES;
	uint8_t *list = arena_alloc(arena, bytes + 3);

	static_assert(RECORD_ITEM_BYTES % 3 == 0, "a list has no padding");
	if (list == NULL || !take_base64(text, list, bytes)) {
		return false;
	}
	out->list = span_of(list, bytes);
	return true;
}

bool record_seal_parse(struct str line, struct arena *arena, struct record_seal *out)
{
	struct str fields[FIELD_COUNT];
	uint8_t signature[RECORD_SIGNATURE_BYTES + 3];
	int64_t form;
	int64_t count;

	if (!split(line, fields) || !take_number(fields[FIELD_NUMBER], INT64_MAX, &out->number) ||
		!take_number(fields[FIELD_FORM], UINT8_MAX, &form) ||
		!take_number(fields[FIELD_ERA], INT64_MAX, &out->era) ||
		!take_number(fields[FIELD_ENTRIES], RECORD_SEAL_ENTRIES_MAX, &count) ||
		!take_number(fields[FIELD_SEALED], INT64_MAX, &out->sealed_us) || out->number == 0 ||
		form == 0 || count == 0) {
		return false;
	}
	out->form = (int)form;
	out->count = (uint32_t)count;
	if (!take_hex(fields[FIELD_KEY], out->key_id, RECORD_KEY_ID_BYTES) ||
		!take_hex(fields[FIELD_PREVIOUS], out->previous, SHA256_BYTES) ||
		!take_list(fields[FIELD_LIST], arena, out) ||
		!take_hex(fields[FIELD_HASH], out->hash, SHA256_BYTES) ||
		!take_base64(fields[FIELD_SIGNATURE], signature, RECORD_SIGNATURE_BYTES)) {
		return false;
	}
	memcpy(out->signature, signature, RECORD_SIGNATURE_BYTES);
	/* One seal has one text: places that are not the list's, a zero in front, all of that is none. */
	return str_equal(record_seal_line(out, arena), line);
}

/* --- hash and signature --- */

void record_key_id(const uint8_t public_key[RECORD_KEY_BYTES], uint8_t out[RECORD_KEY_ID_BYTES])
{
	uint8_t hash[SHA256_BYTES];

	sha256(span_of(public_key, RECORD_KEY_BYTES), hash);
	memcpy(out, hash, RECORD_KEY_ID_BYTES);
}

static bool sign(struct str head, const uint8_t *private_key, uint8_t *out)
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private_key, RECORD_KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t len = RECORD_SIGNATURE_BYTES;
	bool done = key != NULL && context != NULL &&
	            EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
	            EVP_DigestSign(context, out, &len, (const uint8_t *)head.ptr, head.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return done;
}

bool record_seal_sign(struct record_seal *seal, struct arena *arena,
	const uint8_t private_key[RECORD_KEY_BYTES], const uint8_t public_key[RECORD_KEY_BYTES])
{
	struct str head;

	record_key_id(public_key, seal->key_id);
	head = head_of(seal, arena);
	if (arena->failed) {
		return false;
	}
	sha256(span_from_str(head), seal->hash);
	return sign(head, private_key, seal->signature);
}

bool record_seal_is_whole(const struct record_seal *seal, struct arena *arena)
{
	struct str head = head_of(seal, arena);
	uint8_t hash[SHA256_BYTES];

	sha256(span_from_str(head), hash);
	return !arena->failed && memcmp(hash, seal->hash, SHA256_BYTES) == 0;
}

static bool is_signed_by(struct str head, const uint8_t *public_key, const uint8_t *signature)
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, RECORD_KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool fits = key != NULL && context != NULL &&
	            EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	            EVP_DigestVerify(context, signature, RECORD_SIGNATURE_BYTES,
					(const uint8_t *)head.ptr, head.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return fits;
}

enum record_signed record_seal_signed(
	const struct record_seal *seal, struct arena *arena, const struct record_keys *keys)
{
	struct str head = head_of(seal, arena);

	for (size_t i = 0; i < keys->count; i++) {
		uint8_t id[RECORD_KEY_ID_BYTES];

		record_key_id(keys->keys[i], id);
		if (memcmp(id, seal->key_id, sizeof id) == 0) {
			return !arena->failed && is_signed_by(head, keys->keys[i], seal->signature)
			           ? RECORD_SIGNED
			           : RECORD_NOT_SIGNED;
		}
	}
	return RECORD_KEY_UNKNOWN;
}

bool record_keys_parse(struct str pem, struct record_keys *out)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	EVP_PKEY *key = NULL;
	bool is_good = bio != NULL;

	*out = (struct record_keys){.count = 0};
	while (is_good && (key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL)) != NULL) {
		size_t len = RECORD_KEY_BYTES;

		is_good = out->count < RECORD_KEYS_MAX && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
		          EVP_PKEY_get_raw_public_key(key, out->keys[out->count], &len) == 1;
		out->count += is_good ? 1 : 0;
		EVP_PKEY_free(key);
	}
	BIO_free(bio);
	return is_good && out->count > 0;
}
