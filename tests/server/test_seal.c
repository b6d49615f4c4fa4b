/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what is sealed opens again, only with its key, at its place and unchanged to the last
 * bit; that another program, given the same root key, makes the same bytes; and that the digits of
 * one-time codes are evenly drawn.
 */
#include "server/seal.h"

#include "tests/check.h"

#define PLENTY (64 * 1024 * 1024)
#define HEX_BYTES_MAX 128

static const struct seal_place place = {
	{{0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE,
		0xCF}},
	{{0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E,
		0x1F}},
	"person.note",
};
static const struct uuid other = {{1}};
static struct arena untouched; /* fails only without memory */

/* The root key 00 01 … 1F, or with its first byte changed. */
static void make_seal(struct seal *out, uint8_t first)
{
	struct keys keys;

	for (size_t i = 0; i < KEYS_ROOT_BYTES; i++) {
		keys.root[i] = (uint8_t)i;
	}
	keys.root[0] = first;
	seal_init(out, &keys);
}

/* The data key 40 41 … 5F. */
static void make_key(uint8_t out[SEAL_KEY_BYTES])
{
	for (size_t i = 0; i < SEAL_KEY_BYTES; i++) {
		out[i] = (uint8_t)(0x40 + i);
	}
}

struct bytes {
	uint8_t at[HEX_BYTES_MAX];
	size_t len;
};

static struct bytes from_hex(const char *hex)
{
	struct bytes out = {.len = strlen(hex) / 2};

	assert(out.len <= HEX_BYTES_MAX);
	for (size_t i = 0; i < out.len; i++) {
		char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		out.at[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return out;
}

static bool is_hex(const uint8_t *bytes, size_t len, const char *hex)
{
	struct bytes expected = from_hex(hex);

	return len == expected.len && memcmp(bytes, expected.at, len) == 0;
}

/* --- what another program made from the same root: Python's hmac and cryptography --- */

static void test_hashes_are_the_same_for_ever(void)
{
	struct seal seal;
	uint8_t out[SEAL_HASH_BYTES];

	make_seal(&seal, 0);
	seal_phone_index(&seal, STR("+8613800001234"), out);
	CHECK(is_hex(
		out, sizeof(out), "b393a22a9630c0186f61ea3a6d113285f3085bc7d714e5a142ac277702c8c785"));
	seal_receipt(&seal, place.community_id, place.record_id, out);
	CHECK(is_hex(
		out, sizeof(out), "5a39e30a157a4c287f1f9128ca91430f3f62d7ba22c825f235ab1d328775a3f4"));
	CHECK(seal_one_time_code(&seal, place.community_id, place.record_id, 3, STR("042137"), out));
	CHECK(is_hex(
		out, sizeof(out), "4853b47e24d71eedf96f6ff6e5598d5d2f1fdf3df5a974da21ae4138870efc91"));
}

static void test_what_was_sealed_opens_for_ever(void)
{
	struct bytes wrapped =
		from_hex("01a0a1a2a3a4a5a6a7a8a9aaabb2530f6c4ba2ec6e1864f562614c8b0f263517"
				 "4c87e102e3dd9285981860d4e1c0df39529b7f0b36c5308d40bc072d61");
	struct bytes value =
		from_hex("01a0a1a2a3a4a5a6a7a8a9aaab3f05b7da7946749ad60ec92ab47a51c66b68036bc91ca1d5f0");
	struct bytes message =
		from_hex("01a0a1a2a3a4a5a6a7a8a9aaabe3bc6ffeff7c57274e9f889cc775dd87ed249458c975");
	uint8_t expected[SEAL_KEY_BYTES];
	uint8_t key[SEAL_KEY_BYTES];
	struct arena arena;
	struct seal seal;
	struct str text;

	make_seal(&seal, 0);
	make_key(expected);
	arena_init(&arena, PLENTY);
	CHECK(seal_subject_open(
		&seal, &untouched, place.record_id, span_of(wrapped.at, wrapped.len), key));
	CHECK(memcmp(key, expected, sizeof(key)) == 0);
	CHECK(seal_text_open(&arena, key, &place, span_of(value.at, value.len), &text));
	CHECK_STR_EQ(text, "花园路");
	CHECK(seal_outgoing_open(&seal, &arena, place.community_id, place.record_id,
		span_of(message.at, message.len), &text));
	CHECK_STR_EQ(text, "您好");
	arena_fini(&arena);
}

/* --- round trips --- */

static void test_every_text_comes_back(void)
{
	static const struct str texts[] = {{NULL, 0}, {"", 0}, {"x", 1}, {"\0\n", 2},
		{"阿卜杜拉·阿卜杜热依木", sizeof("阿卜杜拉·阿卜杜热依木") - 1}};
	uint8_t key[SEAL_KEY_BYTES];
	struct arena arena;
	struct seal seal;

	make_seal(&seal, 0);
	make_key(key);
	arena_init(&arena, PLENTY);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct span value = seal_text(&arena, key, &place, texts[i]);
		struct span message =
			seal_outgoing(&seal, &arena, place.community_id, place.record_id, texts[i]);
		struct str text;

		CHECK_INT_EQ(value.len, texts[i].len + SEAL_OVERHEAD_BYTES);
		CHECK(seal_text_open(&arena, key, &place, value, &text));
		CHECK_STR_EQ(text, texts[i]);
		CHECK(
			seal_outgoing_open(&seal, &arena, place.community_id, place.record_id, message, &text));
		CHECK_STR_EQ(text, texts[i]);
	}
	arena_fini(&arena);
}

static void test_the_longest_text_comes_back(void)
{
	char *longest = malloc(SEAL_TEXT_BYTES_MAX);
	uint8_t key[SEAL_KEY_BYTES];
	uint8_t *longer;
	struct arena arena;
	struct span value;
	struct str text;

	CHECK(longest != NULL);
	memset(longest, 'x', SEAL_TEXT_BYTES_MAX);
	make_key(key);
	arena_init(&arena, PLENTY);
	value = seal_text(&arena, key, &place, str_of(longest, SEAL_TEXT_BYTES_MAX));
	CHECK(seal_text_open(&arena, key, &place, value, &text));
	CHECK(str_equal(text, str_of(longest, SEAL_TEXT_BYTES_MAX)));
	longer = arena_alloc(&arena, value.len + 1);
	CHECK(longer != NULL);
	memcpy(longer, value.ptr, value.len);
	CHECK(!seal_text_open(&arena, key, &place, span_of(longer, value.len + 1), &text));
	CHECK(!arena.failed);
	arena_fini(&arena);
	free(longest);
}

static void test_no_two_sealed_values_are_alike(void)
{
	uint8_t keys[2][SEAL_KEY_BYTES];
	struct arena arena;
	struct span values[2];
	struct span wrapped[2];
	struct seal seal;

	make_seal(&seal, 0);
	arena_init(&arena, PLENTY);
	for (size_t i = 0; i < 2; i++) {
		wrapped[i] = seal_subject_new(&seal, &arena, place.record_id, keys[i]);
		values[i] = seal_text(&arena, keys[0], &place, STR("花园路"));
		CHECK_INT_EQ(wrapped[i].len, SEAL_WRAPPED_BYTES);
	}
	CHECK(memcmp(keys[0], keys[1], SEAL_KEY_BYTES) != 0);
	CHECK(!span_equal(wrapped[0], wrapped[1]));
	CHECK(!span_equal(values[0], values[1]));
	CHECK(memmem(wrapped[0].ptr, wrapped[0].len, keys[0], SEAL_KEY_BYTES) == NULL);
	CHECK(memmem(values[0].ptr, values[0].len, "花园路", strlen("花园路")) == NULL);
	arena_fini(&arena);
}

static void test_every_server_of_a_database_opens_it(void)
{
	uint8_t keys[2][SEAL_KEY_BYTES];
	struct seal seals[3];
	struct arena arena;
	struct span wrapped;

	make_seal(&seals[0], 0);
	make_seal(&seals[1], 0);
	make_seal(&seals[2], 1);
	arena_init(&arena, PLENTY);
	wrapped = seal_subject_new(&seals[0], &arena, place.record_id, keys[0]);
	CHECK(seal_subject_open(&seals[1], &untouched, place.record_id, wrapped, keys[1]));
	CHECK(memcmp(keys[0], keys[1], SEAL_KEY_BYTES) == 0);
	CHECK(!seal_subject_open(&seals[2], &untouched, place.record_id, wrapped, keys[1]));
	arena_fini(&arena);
}

/* --- changed, elsewhere, too short --- */

enum sealed_kind { KIND_SUBJECT, KIND_TEXT, KIND_OUTGOING, KIND_COUNT };

struct attempt {
	struct seal seal;
	uint8_t key[SEAL_KEY_BYTES];
	struct arena arena;
};

static void attempt_init(struct attempt *attempt)
{
	make_seal(&attempt->seal, 0);
	make_key(attempt->key);
	arena_init(&attempt->arena, PLENTY);
}

static struct span make_one(struct attempt *attempt, enum sealed_kind kind)
{
	uint8_t key[SEAL_KEY_BYTES];

	switch (kind) {
	case KIND_SUBJECT:
		return seal_subject_new(&attempt->seal, &attempt->arena, place.record_id, key);
	case KIND_TEXT:
		return seal_text(&attempt->arena, attempt->key, &place, STR("花园路"));
	default:
		return seal_outgoing(
			&attempt->seal, &attempt->arena, place.community_id, place.record_id, STR("花园路"));
	}
}

/* Does it open? What it would be put into must stay as it was if not. */
static bool opens(struct attempt *attempt, enum sealed_kind kind, struct span sealed)
{
	uint8_t key[SEAL_KEY_BYTES] = {7};
	struct str text = STR("untouched");
	bool is_open;

	switch (kind) {
	case KIND_SUBJECT:
		is_open = seal_subject_open(&attempt->seal, &untouched, place.record_id, sealed, key);
		assert(is_open || (key[0] == 7 && key[1] == 0));
		return is_open;
	case KIND_TEXT:
		is_open = seal_text_open(&attempt->arena, attempt->key, &place, sealed, &text);
		break;
	default:
		is_open = seal_outgoing_open(
			&attempt->seal, &attempt->arena, place.community_id, place.record_id, sealed, &text);
		break;
	}
	assert(is_open || str_equal(text, STR("untouched")));
	return is_open;
}

static void test_one_changed_bit_is_seen(void)
{
	struct attempt attempt;

	attempt_init(&attempt);
	for (enum sealed_kind kind = 0; kind < KIND_COUNT; kind++) {
		struct span sealed = make_one(&attempt, kind);
		uint8_t *bytes = arena_alloc(&attempt.arena, sealed.len);

		CHECK(bytes != NULL);
		memcpy(bytes, sealed.ptr, sealed.len);
		for (size_t bit = 0; bit < sealed.len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CHECK(!opens(&attempt, kind, span_of(bytes, sealed.len)));
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		CHECK(opens(&attempt, kind, span_of(bytes, sealed.len)));
	}
	arena_fini(&attempt.arena);
}

static void test_another_length_is_seen(void)
{
	struct attempt attempt;

	attempt_init(&attempt);
	for (enum sealed_kind kind = 0; kind < KIND_COUNT; kind++) {
		struct span sealed = make_one(&attempt, kind);
		uint8_t *bytes = arena_alloc(&attempt.arena, sealed.len + 1);

		CHECK(bytes != NULL);
		memcpy(bytes, sealed.ptr, sealed.len);
		for (size_t len = 0; len <= sealed.len + 1; len++) {
			CHECK_INT_EQ(opens(&attempt, kind, span_of(bytes, len)), len == sealed.len);
		}
		CHECK(!opens(&attempt, kind, span_of(NULL, 0)));
	}
	arena_fini(&attempt.arena);
}

static void test_no_kind_opens_as_another(void)
{
	struct attempt attempt;

	attempt_init(&attempt);
	for (enum sealed_kind made = 0; made < KIND_COUNT; made++) {
		struct span sealed = make_one(&attempt, made);

		for (enum sealed_kind taken = 0; taken < KIND_COUNT; taken++) {
			CHECK_INT_EQ(opens(&attempt, taken, sealed), made == taken);
		}
	}
	arena_fini(&attempt.arena);
}

static void test_another_place_does_not_open(void)
{
	const struct seal_place others[] = {
		{other, place.record_id, "person.note"},
		{place.community_id, other, "person.note"},
		{place.community_id, place.record_id, "person.notes"},
		{place.community_id, place.record_id, "person.not"},
		{place.record_id, place.community_id, "person.note"},
	};
	struct attempt attempt;
	struct span message, value, wrapped;
	uint8_t key[SEAL_KEY_BYTES];
	struct str text;

	attempt_init(&attempt);
	value = make_one(&attempt, KIND_TEXT);
	for (size_t i = 0; i < COUNT(others); i++) {
		CHECK(!seal_text_open(&attempt.arena, attempt.key, &others[i], value, &text));
	}
	wrapped = make_one(&attempt, KIND_SUBJECT);
	CHECK(!seal_subject_open(&attempt.seal, &untouched, other, wrapped, key));
	message = make_one(&attempt, KIND_OUTGOING);
	CHECK(
		!seal_outgoing_open(&attempt.seal, &attempt.arena, other, place.record_id, message, &text));
	CHECK(!seal_outgoing_open(
		&attempt.seal, &attempt.arena, place.community_id, other, message, &text));
	attempt.key[31] ^= 1;
	CHECK(!opens(&attempt, KIND_TEXT, value));
	arena_fini(&attempt.arena);
}

/* --- rotation --- */

static void test_old_keys_open_while_the_newest_wraps(void)
{
	uint8_t keys[3][SEAL_KEY_BYTES];
	struct attempt attempt;
	struct span of_first, of_second;

	attempt_init(&attempt);
	of_first = seal_subject_new(&attempt.seal, &attempt.arena, place.record_id, keys[0]);
	CHECK_INT_EQ(of_first.ptr[0], 1);
	attempt.seal.wrap_keys[1] = (struct seal_wrap_key){.id = 9, .key = {9, 9, 9}};
	attempt.seal.wrap_key_count = 2;
	of_second = seal_subject_new(&attempt.seal, &attempt.arena, place.record_id, keys[1]);
	CHECK_INT_EQ(of_second.ptr[0], 9);
	CHECK(seal_subject_open(&attempt.seal, &untouched, place.record_id, of_first, keys[2]));
	CHECK(memcmp(keys[0], keys[2], SEAL_KEY_BYTES) == 0);
	CHECK(seal_subject_open(&attempt.seal, &untouched, place.record_id, of_second, keys[2]));
	CHECK(memcmp(keys[1], keys[2], SEAL_KEY_BYTES) == 0);
	attempt.seal.wrap_key_count = 1; /* destroyed, or not here yet */
	CHECK(!seal_subject_open(&attempt.seal, &untouched, place.record_id, of_second, keys[2]));
	arena_fini(&attempt.arena);
}

/* --- keyed hashes --- */

static void test_hashes_depend_on_every_part(void)
{
	uint8_t outs[10][SEAL_HASH_BYTES];
	struct seal seals[2];

	make_seal(&seals[0], 0);
	make_seal(&seals[1], 1);
	CHECK(seal_one_time_code(
		&seals[0], place.community_id, place.record_id, 1, STR("000000"), outs[0]));
	CHECK(seal_one_time_code(
		&seals[1], place.community_id, place.record_id, 1, STR("000000"), outs[1]));
	CHECK(seal_one_time_code(&seals[0], other, place.record_id, 1, STR("000000"), outs[2]));
	CHECK(seal_one_time_code(&seals[0], place.community_id, other, 1, STR("000000"), outs[3]));
	CHECK(seal_one_time_code(
		&seals[0], place.community_id, place.record_id, 2, STR("000000"), outs[4]));
	CHECK(seal_one_time_code(
		&seals[0], place.community_id, place.record_id, 1, STR("000001"), outs[5]));
	seal_receipt(&seals[0], place.community_id, place.record_id, outs[6]);
	seal_receipt(&seals[0], place.record_id, place.community_id, outs[7]);
	seal_phone_index(&seals[0], STR("+8613800001234"), outs[8]);
	seal_phone_index(&seals[1], STR("+8613800001234"), outs[9]);
	for (size_t i = 0; i < COUNT(outs); i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(memcmp(outs[i], outs[k], SEAL_HASH_BYTES) != 0);
		}
	}
}

static void test_what_is_no_code_has_no_hash(void)
{
	static const char *const texts[] = {
		"", "12345", "1234567", "12345 ", "-12345", "12345a", "１２３４５６", "12345\xff"};
	struct seal seal;

	make_seal(&seal, 0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		uint8_t out[SEAL_HASH_BYTES] = {7};

		CHECK(!seal_one_time_code(
			&seal, place.community_id, place.record_id, 1, str_from_c(texts[i]), out));
		CHECK_INT_EQ(out[0], 7);
		CHECK_INT_EQ(out[1], 0);
	}
}

/*
 * 60,000 codes: at each place each digit 6,000 times, with a deviation of 73. Outside 5,400–6,600, eight
 * deviations, comes by chance less than once in 10^12 runs.
 */
static void test_digits_are_evenly_drawn(void)
{
	size_t counts[SEAL_DIGIT_COUNT][10] = {{0}};

	for (size_t i = 0; i < 60000; i++) {
		char digits[SEAL_DIGITS_BYTES];

		seal_one_time_digits(digits);
		CHECK_INT_EQ(strlen(digits), SEAL_DIGIT_COUNT);
		for (size_t k = 0; k < SEAL_DIGIT_COUNT; k++) {
			CHECK(digits[k] >= '0' && digits[k] <= '9');
			counts[k][digits[k] - '0']++;
		}
	}
	for (size_t k = 0; k < SEAL_DIGIT_COUNT; k++) {
		for (size_t digit = 0; digit < 10; digit++) {
			CHECK(counts[k][digit] > 5400 && counts[k][digit] < 6600);
		}
	}
}

/* --- memory --- */

static void test_without_memory_there_is_nothing(void)
{
	static const uint8_t zero[sizeof(struct seal)] = {0};
	uint8_t key[SEAL_KEY_BYTES] = {7};
	struct attempt attempt;
	struct span sealed;
	struct arena tight;
	struct str text;

	attempt_init(&attempt);
	sealed = make_one(&attempt, KIND_TEXT);
	arena_init(&tight, 8);
	CHECK_INT_EQ(seal_subject_new(&attempt.seal, &tight, place.record_id, key).len, 0);
	CHECK(key[0] == 7 && key[1] == 0);
	CHECK_INT_EQ(seal_text(&tight, attempt.key, &place, STR("x")).len, 0);
	CHECK_INT_EQ(
		seal_outgoing(&attempt.seal, &tight, place.community_id, place.record_id, STR("x")).len, 0);
	CHECK(!seal_text_open(&tight, attempt.key, &place, sealed, &text));
	CHECK(tight.failed);
	seal_fini(&attempt.seal);
	CHECK(memcmp(&attempt.seal, zero, sizeof(zero)) == 0);
	seal_fini(&attempt.seal);
	seal_fini(NULL);
	arena_fini(&attempt.arena);
}

static const struct test tests[] = {
	{"hashes_are_the_same_for_ever", test_hashes_are_the_same_for_ever},
	{"what_was_sealed_opens_for_ever", test_what_was_sealed_opens_for_ever},
	{"every_text_comes_back", test_every_text_comes_back},
	{"the_longest_text_comes_back", test_the_longest_text_comes_back},
	{"no_two_sealed_values_are_alike", test_no_two_sealed_values_are_alike},
	{"every_server_of_a_database_opens_it", test_every_server_of_a_database_opens_it},
	{"one_changed_bit_is_seen", test_one_changed_bit_is_seen},
	{"another_length_is_seen", test_another_length_is_seen},
	{"no_kind_opens_as_another", test_no_kind_opens_as_another},
	{"another_place_does_not_open", test_another_place_does_not_open},
	{"old_keys_open_while_the_newest_wraps", test_old_keys_open_while_the_newest_wraps},
	{"hashes_depend_on_every_part", test_hashes_depend_on_every_part},
	{"what_is_no_code_has_no_hash", test_what_is_no_code_has_no_hash},
	{"digits_are_evenly_drawn", test_digits_are_evenly_drawn},
	{"without_memory_there_is_nothing", test_without_memory_there_is_nothing},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
