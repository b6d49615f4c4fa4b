/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the root key is made once, kept closed, and refused where it cannot be trusted, and that
 * what is derived from it never changes.
 */
#include "server/keys.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/server/scratch.h"

static void path_of(const char *dir, char out[SCRATCH_PATH_MAX + 32])
{
	(void)snprintf(out, SCRATCH_PATH_MAX + 32, "%s/keys/server.key", dir);
}

static void test_first_start_makes_a_closed_key(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 32];
	struct keys_fault fault = {""};
	struct keys first = {{0}};
	struct keys again = {{0}};
	struct keys zero = {{0}};
	struct stat stat_of;

	scratch_dir(dir);
	path_of(dir, path);
	CHECK_INT_EQ(keys_open(&first, dir, &fault), ERR_OK);
	CHECK_INT_EQ(stat(path, &stat_of), 0);
	CHECK_INT_EQ(stat_of.st_mode & 07777, 0400);
	CHECK_INT_EQ(stat_of.st_size, 32);
	CHECK(memcmp(&first, &zero, sizeof(zero)) != 0);
	CHECK_INT_EQ(keys_open(&again, dir, &fault), ERR_OK);
	CHECK(memcmp(&first, &again, sizeof(first)) == 0);
	keys_close(&first);
	CHECK(memcmp(&first, &zero, sizeof(zero)) == 0);
	keys_close(&first);
	keys_close(NULL);
}

static void test_two_installations_differ(void)
{
	char dirs[2][SCRATCH_PATH_MAX];
	struct keys_fault fault = {""};
	struct keys keys[2];

	for (size_t i = 0; i < 2; i++) {
		scratch_dir(dirs[i]);
		CHECK_INT_EQ(keys_open(&keys[i], dirs[i], &fault), ERR_OK);
	}
	CHECK(memcmp(&keys[0], &keys[1], sizeof(keys[0])) != 0);
}

static void test_a_key_that_others_can_read_is_refused(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 32];
	struct keys_fault fault = {""};
	struct keys keys;

	scratch_dir(dir);
	path_of(dir, path);
	CHECK_INT_EQ(keys_open(&keys, dir, &fault), ERR_OK);
	CHECK_INT_EQ(chmod(path, 0440), 0);
	CHECK_INT_EQ(keys_open(&keys, dir, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "open to other accounts") != NULL);
}

static void test_a_key_of_another_length_is_refused(void)
{
	static const char *const texts[] = {
		"", "short", "0123456789012345678901234567890", "012345678901234567890123456789012"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		char dir[SCRATCH_PATH_MAX];
		char path[SCRATCH_PATH_MAX + 32];
		struct keys_fault fault = {""};
		struct keys keys;

		scratch_dir(dir);
		path_of(dir, path);
		CHECK_INT_EQ(keys_open(&keys, dir, &fault), ERR_OK);
		CHECK_INT_EQ(unlink(path), 0);
		scratch_write(path, texts[i]);
		CHECK_INT_EQ(keys_open(&keys, dir, &fault), ERR_CONFIG);
		CHECK(strstr(fault.text, "is not a key of 32 bytes") != NULL);
	}
}

static void test_a_folder_that_cannot_be_made_is_a_fault(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 32];
	struct keys_fault fault = {""};
	struct keys keys;

	scratch_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/keys", dir);
	scratch_write(path, "a file");
	CHECK_INT_EQ(keys_open(&keys, dir, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, strerror(ENOTDIR)) != NULL);
}

static void test_a_given_key_is_read_and_never_made(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 32];
	struct keys_fault fault = {""};
	struct keys made = {{0}};
	struct keys given = {{0}};

	scratch_dir(dir);
	path_of(dir, path);
	CHECK_INT_EQ(keys_open_given(&given, path, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, strerror(ENOENT)) != NULL);
	CHECK_INT_EQ(access(path, F_OK), -1);
	CHECK_INT_EQ(keys_open(&made, dir, &fault), ERR_OK);
	CHECK_INT_EQ(keys_open_given(&given, path, &fault), ERR_OK);
	CHECK(memcmp(&made, &given, sizeof(made)) == 0);
	for (mode_t mode = 0001; mode <= 0040; mode *= 2) { /* each bit of group and others */
		CHECK_INT_EQ(chmod(path, 0400 | mode), 0);
		CHECK_INT_EQ(keys_open_given(&given, path, &fault), ERR_CONFIG);
		CHECK(strstr(fault.text, "neither ours nor root's") != NULL);
	}
	/* Root's, and open to all: whoever may read it is not for root to say here. */
	CHECK_INT_EQ(keys_open_given(&given, "/etc/passwd", &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "neither ours nor root's") != NULL);
}

/* Made once by another program: HKDF (RFC 5869) with SHA-256, no salt, info "guanjia/1 cursor". */
static void test_derived_keys_are_the_same_for_ever(void)
{
	static const uint8_t expected[KEYS_DERIVED_BYTES] = {0x38, 0x96, 0x08, 0xA0, 0x50, 0x36, 0xA5,
		0x9E, 0x0E, 0x20, 0x80, 0xBD, 0x7F, 0x6F, 0x57, 0x53, 0xDF, 0x70, 0x4C, 0x07, 0xEC, 0x3E,
		0x45, 0x3D, 0x92, 0x31, 0x25, 0x00, 0xD3, 0xE1, 0x61, 0x43};
	struct keys keys;
	uint8_t derived[KEYS_DERIVED_BYTES];
	uint8_t other[KEYS_DERIVED_BYTES];

	for (size_t i = 0; i < KEYS_ROOT_BYTES; i++) {
		keys.root[i] = (uint8_t)i;
	}
	keys_derive(&keys, "cursor", derived);
	CHECK(memcmp(derived, expected, sizeof(expected)) == 0);
	keys_derive(&keys, "cursors", other);
	CHECK(memcmp(derived, other, sizeof(other)) != 0);
	keys.root[31] ^= 1;
	keys_derive(&keys, "cursor", other);
	CHECK(memcmp(derived, other, sizeof(other)) != 0);
}

static const struct test tests[] = {
	{"first_start_makes_a_closed_key", test_first_start_makes_a_closed_key},
	{"two_installations_differ", test_two_installations_differ},
	{"a_key_that_others_can_read_is_refused", test_a_key_that_others_can_read_is_refused},
	{"a_key_of_another_length_is_refused", test_a_key_of_another_length_is_refused},
	{"a_folder_that_cannot_be_made_is_a_fault", test_a_folder_that_cannot_be_made_is_a_fault},
	{"a_given_key_is_read_and_never_made", test_a_given_key_is_read_and_never_made},
	{"derived_keys_are_the_same_for_ever", test_derived_keys_are_the_same_for_ever},
};

int main(void)
{
	scratch_leave_root();
	return check_main(tests, COUNT(tests));
}
