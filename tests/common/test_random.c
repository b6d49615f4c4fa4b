/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that no bytes are given out twice, whatever the sizes asked for, and that each length is filled to
 * its end and no further. That they are random is the library's matter.
 */
#include "common/random.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

#define WORD_BYTES 16
#define LEN_MAX 1100 /* twice what is drawn at once, and more */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, WORD_BYTES);
}

/* Pieces of all sizes: no 16 bytes of them are alike. */
static void test_no_bytes_come_twice(void)
{
	static uint8_t words[40000][WORD_BYTES];
	size_t count = 0;

	for (size_t bytes = WORD_BYTES; count + bytes / WORD_BYTES < COUNT(words);
		 bytes += WORD_BYTES) {
		random_bytes(words[count], bytes % LEN_MAX / WORD_BYTES * WORD_BYTES);
		count += bytes % LEN_MAX / WORD_BYTES;
	}
	CHECK(count > 30000);
	qsort(words, count, WORD_BYTES, compare);
	for (size_t i = 1; i < count; i++) {
		CHECK(compare(words[i - 1], words[i]) != 0);
	}
}

static void test_each_length_is_filled_and_no_more(void)
{
	static uint8_t bytes[LEN_MAX + 1];

	for (size_t len = 0; len < LEN_MAX; len++) {
		bool is_last_set = false;

		for (int tries = 0; len > 0 && tries < 64 && !is_last_set; tries++) {
			memset(bytes, 0, sizeof bytes);
			random_bytes(bytes, len);
			is_last_set = bytes[len - 1] != 0;
			CHECK_INT_EQ(bytes[len], 0);
		}
		CHECK(is_last_set || len == 0);
	}
}

static const struct test tests[] = {
	{"no_bytes_come_twice", test_no_bytes_come_twice},
	{"each_length_is_filled_and_no_more", test_each_length_is_filled_and_no_more},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
