/* SPDX-License-Identifier: Apache-2.0 */
#include "server/receipt_code.h"

#include <stdio.h>

#include "common/sha256.h"
#include "common/utf8.h"
#include "server/domain/typed.h"

#define SYMBOL_COUNT 16 /* 80 bits */
#define SYMBOL_BITS 5
#define GROUP_SYMBOLS 4
#define NUMBER_DIGITS_MAX 10

/* Crockford's base32: without I, L, O, which look like digits, and U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(sizeof(alphabet) == (1 << SYMBOL_BITS) + 1, "a letter for every five bits");

/* The letter that is meant, or '\0' where none is. */
static char symbol_of(char c)
{
	if (c >= 'a' && c <= 'z') {
		c = (char)(c - 'a' + 'A');
	}
	switch (c) {
	case '\0':
		return '\0';
	case 'O':
		return '0';
	case 'I':
	case 'L':
		return '1';
	}
	return strchr(alphabet, c) == NULL ? '\0' : c;
}

/* Writes number and symbols in groups, and hashes the text. */
static void put_code(
	uint32_t community_no, const char symbols[SYMBOL_COUNT], struct receipt_code *out)
{
	struct receipt_code code = {.community_no = community_no};
	size_t len = (size_t)snprintf(code.text, sizeof(code.text), "%u", (unsigned)community_no);

	assert(community_no > 0);
	for (size_t i = 0; i < SYMBOL_COUNT; i += GROUP_SYMBOLS) {
		code.text[len++] = '-';
		memcpy(code.text + len, symbols + i, GROUP_SYMBOLS);
		len += GROUP_SYMBOLS;
	}
	assert(len < sizeof(code.text));
	code.text[len] = '\0';
	sha256(span_of(code.text, len), code.hash);
	*out = code;
}

void receipt_code_make(const struct seal *seal, uint32_t community_no, struct uuid community_id,
	struct uuid receipt_id, struct receipt_code *out)
{
	uint8_t hash[SEAL_HASH_BYTES];
	char symbols[SYMBOL_COUNT];
	uint32_t bits = 0;
	int bit_count = 0;
	size_t next = 0;

	seal_receipt(seal, community_id, receipt_id, hash);
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		if (bit_count < SYMBOL_BITS) {
			bits = bits << 8 | hash[next++];
			bit_count += 8;
		}
		bit_count -= SYMBOL_BITS;
		symbols[i] = alphabet[bits >> bit_count & ((1 << SYMBOL_BITS) - 1)];
	}
	assert(next == SYMBOL_COUNT * SYMBOL_BITS / 8 && bit_count == 0);
	put_code(community_no, symbols, out);
	explicit_bzero(hash, sizeof(hash));
}

/* What was typed, gaps left out. */
struct typed {
	char symbols[NUMBER_DIGITS_MAX + SYMBOL_COUNT];
	size_t count;
};

static bool read_symbols(struct str text, struct typed *out)
{
	size_t points;

	if (utf8_check(span_from_str(text), &points) != UTF8_OK) {
		return false;
	}
	while (text.len > 0) {
		char c = typed_char(utf8_next(&text));
		char symbol = symbol_of(c);

		if (c == ' ') {
			continue;
		}
		if (symbol == '\0' || out->count == sizeof(out->symbols)) {
			return false;
		}
		out->symbols[out->count++] = symbol;
	}
	return out->count > SYMBOL_COUNT;
}

/* The community's number is what stands before the last 16 symbols, hyphen or not. */
static bool read_number(const struct typed *typed, uint32_t *out)
{
	size_t digit_count = typed->count - SYMBOL_COUNT;
	uint64_t number = 0;

	assert(digit_count > 0 && digit_count <= NUMBER_DIGITS_MAX);
	for (size_t i = 0; i < digit_count; i++) {
		if (typed->symbols[i] > '9') {
			return false;
		}
		number = number * 10 + (uint64_t)(typed->symbols[i] - '0');
	}
	if (typed->symbols[0] == '0' || number > UINT32_MAX) {
		return false;
	}
	*out = (uint32_t)number;
	return true;
}

bool receipt_code_parse(struct str text, struct receipt_code *out)
{
	struct typed typed = {.count = 0};
	uint32_t community_no;

	if (!read_symbols(text, &typed) || !read_number(&typed, &community_no)) {
		return false;
	}
	put_code(community_no, typed.symbols + typed.count - SYMBOL_COUNT, out);
	return true;
}
