/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a receipt's code is the same for ever and another for every receipt, that what people make
 * of it on paper is read back, and that no bytes at all break the reader or are read in two ways.
 */
#include "server/receipt_code.h"

#include "tests/check.h"

static const struct uuid community = {{0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9,
	0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF}};
static const struct uuid receipt = {{0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
	0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F}};

static void make_seal(struct seal *out)
{
	struct keys keys;

	for (size_t i = 0; i < KEYS_ROOT_BYTES; i++) {
		keys.root[i] = (uint8_t)i;
	}
	seal_init(out, &keys);
}

static bool is_same(const struct receipt_code *a, const struct receipt_code *b)
{
	return a->community_no == b->community_no && strcmp(a->text, b->text) == 0 &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

/* Made once by another program (Python) from the root key 00 01 … 1F. */
static void test_the_code_is_the_same_for_ever(void)
{
	static const uint8_t hash[RECEIPT_CODE_HASH_BYTES] = {0x7a, 0xc9, 0x7c, 0x7c, 0x79, 0x2f, 0x7e,
		0x53, 0x12, 0x57, 0x2a, 0xa8, 0x7d, 0x37, 0x76, 0x62, 0xd2, 0xf5, 0x84, 0x70, 0xa7, 0x21,
		0xe8, 0x0e, 0x08, 0x7b, 0xb0, 0x6d, 0x73, 0xce, 0x7f, 0xef};
	struct receipt_code code;
	struct seal seal;

	make_seal(&seal);
	receipt_code_make(&seal, 12, community, receipt, &code);
	CHECK_STR_EQ(code.text, "12-B8WY-62GN-F962-GZRZ");
	CHECK_INT_EQ(code.community_no, 12);
	CHECK(memcmp(code.hash, hash, sizeof(hash)) == 0);
}

static void test_the_largest_number_fits(void)
{
	struct receipt_code code, read;
	struct seal seal;

	make_seal(&seal);
	receipt_code_make(&seal, UINT32_MAX, community, receipt, &code);
	CHECK_STR_EQ(code.text, "4294967295-B8WY-62GN-F962-GZRZ");
	CHECK(receipt_code_parse(str_from_c(code.text), &read));
	CHECK(is_same(&read, &code));
}

static void test_every_receipt_has_another_code(void)
{
	struct receipt_code codes[256];
	struct seal seal;

	make_seal(&seal);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct uuid id = receipt;
		struct receipt_code read;

		id.bytes[i % UUID_BYTES] ^= (uint8_t)(i / UUID_BYTES + 1);
		receipt_code_make(&seal, 1, community, id, &codes[i]);
		CHECK(receipt_code_parse(str_from_c(codes[i].text), &read));
		CHECK(is_same(&read, &codes[i]));
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(codes[i].text, codes[k].text) != 0);
		}
	}
	seal.receipt_code_key[0] ^= 1;
	receipt_code_make(&seal, 1, community, receipt, &codes[0]);
	seal.receipt_code_key[0] ^= 1;
	receipt_code_make(&seal, 1, community, receipt, &codes[1]);
	CHECK(strcmp(codes[0].text, codes[1].text) != 0);
	receipt_code_make(&seal, 1, receipt, community, &codes[0]);
	CHECK(strcmp(codes[0].text, codes[1].text) != 0);
}

static const struct {
	const char *typed;
	const char *expected; /* NULL: cannot be a code */
} rows[] = {
	{"12-B8WY-62GN-F962-GZRZ", "12-B8WY-62GN-F962-GZRZ"},
	{"12-b8wy-62gn-f962-gzrz", "12-B8WY-62GN-F962-GZRZ"},
	{"12B8WY62GNF962GZRZ", "12-B8WY-62GN-F962-GZRZ"},
	{" 12 b8wy 62gn f962 gzrz\n", "12-B8WY-62GN-F962-GZRZ"},
	{"1 2-B8-WY6-2GNF-962GZR-Z", "12-B8WY-62GN-F962-GZRZ"},
	{"１２－Ｂ８ＷＹ－６２ＧＮ－Ｆ９６２－ｇｚｒｚ", "12-B8WY-62GN-F962-GZRZ"},
	{"12\u2014B8WY\u201362GN\u2011F962\u2212GZRZ", "12-B8WY-62GN-F962-GZRZ"},
	{"l2-oOiI-lL01-0000-0000", "12-0011-1101-0000-0000"},
	{"1O-0000-0000-0000-0000", "10-0000-0000-0000-0000"},
	{"I-0000-0000-0000-0000", "1-0000-0000-0000-0000"},
	{"7-0000-0000-0000-0000", "7-0000-0000-0000-0000"},
	{"99999-0000-0000-0000-0000", "99999-0000-0000-0000-0000"},
	{"4294967295-ZZZZ-ZZZZ-ZZZZ-ZZZZ", "4294967295-ZZZZ-ZZZZ-ZZZZ-ZZZZ"},
	{"4294967296-ZZZZ-ZZZZ-ZZZZ-ZZZZ", NULL},
	{"9999999999-ZZZZ-ZZZZ-ZZZZ-ZZZZ", NULL},
	{"10000000000-ZZZZ-ZZZZ-ZZZZ-ZZZZ", NULL},
	{"0-0000-0000-0000-0000", NULL},
	{"01-0000-0000-0000-0000", NULL},
	{"O1-0000-0000-0000-0000", NULL},
	{"0000-0000-0000-0000", NULL}, /* the number is missing */
	{"1-0000-0000-0000-000", NULL},
	{"A-0000-0000-0000-0000", NULL},
	{"12-B8WY-62GN-F962-GZRU", NULL}, /* U is nobody's letter */
	{"12-B8WY-62GN-F962-GZR+", NULL},
	{"12-B8WY-62GN-F962-GZR*", NULL},
	{"12-B8WY-62GN-F962-GZR号", NULL},
	{"回执码12-B8WY-62GN-F962-GZRZ", NULL},
	{"12-B8WY-62GN-F962-GZR\xff", NULL},
	{"", NULL},
	{"----", NULL},
};

static void test_what_is_typed_is_read(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct receipt_code code = {.text = "untouched"};
		bool is_code = receipt_code_parse(str_from_c(rows[i].typed), &code);

		CHECK_STR_EQ(code.text, rows[i].expected == NULL ? "untouched" : rows[i].expected);
		CHECK_INT_EQ(is_code, rows[i].expected != NULL);
	}
}

/* A small generator of its own, so that a failure comes back: xorshift. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Mostly letters that are allowed, so that many come through; now and then any byte at all. */
static size_t random_text(uint32_t *state, char out[64])
{
	static const char likely[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijklmnopqrstvwxyz- ";
	size_t len = next_random(state) % 64;

	for (size_t i = 0; i < len; i++) {
		uint32_t draw = next_random(state);

		out[i] = draw % 64 == 0 ? (char)(draw >> 8) : likely[(draw >> 8) % (sizeof(likely) - 1)];
	}
	if (len > 0) {
		out[0] = (char)('1' + next_random(state) % 9);
	}
	return len;
}

static void test_random_bytes_are_read_in_one_way_or_not(void)
{
	uint32_t state = 0x9E3779B9;
	size_t read_count = 0;

	for (size_t i = 0; i < 200000; i++) {
		char text[64];
		size_t len = random_text(&state, text);
		char *exact = malloc(len + 1); /* so that reading past its end is seen */
		struct receipt_code code, again;

		CHECK(exact != NULL);
		memcpy(exact, text, len);
		if (receipt_code_parse(str_of(exact, len), &code)) {
			read_count++;
			CHECK(code.community_no > 0);
			CHECK(receipt_code_parse(str_from_c(code.text), &again));
			CHECK(is_same(&code, &again));
		}
		free(exact);
	}
	CHECK(read_count > 1000 && read_count < 100000);
}

static const struct test tests[] = {
	{"the_code_is_the_same_for_ever", test_the_code_is_the_same_for_ever},
	{"the_largest_number_fits", test_the_largest_number_fits},
	{"every_receipt_has_another_code", test_every_receipt_has_another_code},
	{"what_is_typed_is_read", test_what_is_typed_is_read},
	{"random_bytes_are_read_in_one_way_or_not", test_random_bytes_are_read_in_one_way_or_not},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
