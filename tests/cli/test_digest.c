/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of bytes and of files, against the examples of FIPS 180-4; a file that is empty, missing or
 * none is refused.
 */
#include "client/admin/digest.h"

#include <errno.h>
#include <unistd.h>

#include "tests/check.h"

static char path[] = "/tmp/test_cli_digest_XXXXXX";

/* The file with this text in it, so many times. */
static void fill(const char *text, size_t times)
{
	FILE *file = fopen(path, "w");

	assert(file != NULL);
	for (size_t i = 0; i < times; i++) {
		(void)fputs(text, file);
	}
	(void)fclose(file);
}

struct digest_case {
	const char *text;
	size_t times;
	const char *expected;
};

static const struct digest_case digest_cases[] = {
	{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void test_files_have_their_digest(void)
{
	for (size_t i = 0; i < COUNT(digest_cases); i++) {
		uint8_t digest[DIGEST_BYTES];
		char text[DIGEST_TEXT_LEN + 1];

		fill(digest_cases[i].text, digest_cases[i].times);
		CHECK_INT_EQ(digest_file(path, digest), 0);
		digest_format(digest, text);
		CHECK_STR_EQ(text, digest_cases[i].expected);
	}
}

static void test_bytes_have_their_digest(void)
{
	uint8_t digest[DIGEST_BYTES];
	char text[DIGEST_TEXT_LEN + 1];

	digest_bytes(span_of("abc", 3), digest);
	digest_format(digest, text);
	CHECK_STR_EQ(text, digest_cases[0].expected);
}

static void test_what_holds_nothing_is_refused(void)
{
	uint8_t digest[DIGEST_BYTES];

	fill("", 0);
	CHECK_INT_EQ(digest_file(path, digest), ENODATA);
	CHECK_INT_EQ(digest_file("/tmp/there/is/no/such/file", digest), ENOENT);
	CHECK_INT_EQ(digest_file("/tmp", digest), EISDIR);
}

static const struct test tests[] = {
	{"files_have_their_digest", test_files_have_their_digest},
	{"bytes_have_their_digest", test_bytes_have_their_digest},
	{"what_holds_nothing_is_refused", test_what_holds_nothing_is_refused},
};

int main(void)
{
	int fd = mkstemp(path);
	int code;

	assert(fd >= 0);
	(void)close(fd);
	code = check_main(tests, COUNT(tests));
	(void)unlink(path);
	return code;
}
