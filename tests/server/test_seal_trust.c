/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves which last seal the next one may stand on: one of ours, or of an earlier key of ours, in its place. Each thing
 * that an owner of the database can write there without the key is told from that.
 */
#include "server/job/seal_trust.h"

#include <openssl/evp.h>

#include "tests/check.h"

#define NUMBER 7

struct hand {
	uint8_t private_key[RECORD_KEY_BYTES];
	uint8_t public_key[RECORD_KEY_BYTES];
};

static struct arena arena;
static struct hand ours, earlier, stranger;
static struct record_keys keys;
static uint8_t before[SHA256_BYTES] = {1, 2, 3};
static uint8_t list[RECORD_ITEM_BYTES];

static void make(struct hand *hand)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t private_len = RECORD_KEY_BYTES;
	size_t public_len = RECORD_KEY_BYTES;

	assert(EVP_PKEY_get_raw_private_key(key, hand->private_key, &private_len) == 1);
	assert(EVP_PKEY_get_raw_public_key(key, hand->public_key, &public_len) == 1);
	EVP_PKEY_free(key);
}

static void begin(void)
{
	struct record_item item = {.xid = 900, .seq = 41};

	arena_init(&arena, 1024 * 1024);
	make(&ours);
	make(&earlier);
	make(&stranger);
	keys = (struct record_keys){.count = 2};
	memcpy(keys.keys[0], ours.public_key, RECORD_KEY_BYTES);
	memcpy(keys.keys[1], earlier.public_key, RECORD_KEY_BYTES);
	record_item_put(&item, list);
}

/* Whole: seal `number` of one entry, by that hand. */
static struct seal_end end_by(const struct hand *hand, int64_t number)
{
	struct seal_end end = {
		.seal = {.number = number, .form = 1, .era = 1, .count = 1, .sealed_us = 5},
		.is_seal = true,
		.before = span_of(before, sizeof before),
	};

	end.seal.list = span_of(list, sizeof list);
	if (number > 1) {
		memcpy(end.seal.previous, before, SHA256_BYTES);
	}
	assert(record_seal_sign(&end.seal, &arena, hand->private_key, hand->public_key));
	end.first = record_seal_first(&end.seal);
	end.last = record_seal_last(&end.seal);
	return end;
}

static const char *judged(const struct seal_end *end)
{
	return record_fault_name(seal_trust_end(end, &keys, &arena));
}

static void test_what_is_ours_is_built_on(void)
{
	struct seal_end end = end_by(&ours, NUMBER);

	CHECK_STR_EQ(judged(&end), "WHOLE");
	end = end_by(&earlier, NUMBER);
	CHECK_STR_EQ(judged(&end), "WHOLE");
	end = end_by(&ours, 1);
	end.before = (struct span){NULL, 0};
	CHECK_STR_EQ(judged(&end), "WHOLE");
}

static void test_what_somebody_wrote_is_not(void)
{
	struct seal_end end = end_by(&stranger, NUMBER);

	CHECK_STR_EQ(judged(&end), "SEAL_STRANGE");
	memcpy(end.seal.key_id, end_by(&ours, NUMBER).seal.key_id, RECORD_KEY_ID_BYTES);
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED"); /* the hash knows better */
	end = end_by(&ours, NUMBER);
	end.seal.signature[9] ^= 1;
	CHECK_STR_EQ(judged(&end), "SEAL_FORGED");
	end = end_by(&ours, NUMBER);
	end.seal.sealed_us++;
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED");
	end.is_seal = false;
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED");
}

/* A true seal whose columns, which nobody signs, say that it has sealed what is to come. */
static void test_a_place_that_is_not_signed_is_no_place(void)
{
	struct seal_end end = end_by(&ours, NUMBER);

	end.last.seq++;
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED");
	end = end_by(&ours, NUMBER);
	end.last.xid = UINT64_MAX;
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED");
	end = end_by(&ours, NUMBER);
	end.first.seq--;
	CHECK_STR_EQ(judged(&end), "SEAL_CHANGED");
}

static void test_a_true_seal_in_another_chain_is_none(void)
{
	struct seal_end end = end_by(&ours, NUMBER);
	uint8_t other[SHA256_BYTES] = {4};

	end.before = span_of(other, sizeof other);
	CHECK_STR_EQ(judged(&end), "SEAL_UNCHAINED");
	end.before = (struct span){NULL, 0};
	CHECK_STR_EQ(judged(&end), "SEAL_REMOVED");
}

static const struct test tests[] = {
	{"what_is_ours_is_built_on", test_what_is_ours_is_built_on},
	{"what_somebody_wrote_is_not", test_what_somebody_wrote_is_not},
	{"a_place_that_is_not_signed_is_no_place", test_a_place_that_is_not_signed_is_no_place},
	{"a_true_seal_in_another_chain_is_none", test_a_true_seal_in_another_chain_is_none},
};

int main(void)
{
	int failed;

	begin();
	failed = check_main(tests, COUNT(tests));
	arena_fini(&arena);
	return failed;
}
