/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the key of the seals is made once and kept closed, with its public half beside it; and that the file of
 * seals only grows: its end is found again, what was cut short at each byte is ended and never taken for a seal, and
 * another kind of file is refused.
 */
#include "server/job/seal_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/record_key.h"
#include "tests/check.h"
#include "tests/server/scratch.h"

#define PATH_BYTES (SCRATCH_PATH_MAX + 32)

static mode_t mode_of(const char *path)
{
	struct stat stat_of;

	return stat(path, &stat_of) == 0 ? stat_of.st_mode & 07777 : 0;
}

static void test_the_key_is_made_once_and_kept_closed(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	char pem[RECORD_KEY_PEM_MAX];
	struct keys_fault fault = {""};
	struct record_key first = {{0}};
	struct record_key again = {{0}};
	struct record_keys keys;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/keys", dir);
	CHECK_INT_EQ(mkdir(path, 0700), 0);
	CHECK_INT_EQ(record_key_open(&first, dir, &fault), ERR_OK);
	(void)snprintf(path, sizeof path, "%s/keys/seal.key", dir);
	CHECK_INT_EQ(mode_of(path), 0400);
	CHECK_INT_EQ(record_key_open(&again, dir, &fault), ERR_OK);
	CHECK(memcmp(&first, &again, sizeof first) == 0);
	CHECK(record_key_pem(first.public_key, pem));
	CHECK(record_keys_parse(str_from_c(pem), &keys));
	CHECK_INT_EQ(keys.count, 1);
	CHECK(memcmp(keys.keys[0], first.public_key, RECORD_KEY_BYTES) == 0);
	CHECK_INT_EQ(chmod(path, 0440), 0);
	CHECK_INT_EQ(record_key_open(&again, dir, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "open to other accounts") != NULL);
	CHECK_INT_EQ(chmod(path, 0600), 0);
	CHECK_INT_EQ(truncate(path, 40), 0);
	CHECK_INT_EQ(record_key_open(&again, dir, &fault), ERR_CONFIG);
	(void)snprintf(path, sizeof path, "%s/keys/seal.pub", dir);
	CHECK_INT_EQ(mode_of(path), 0444);
	record_key_close(&first);
	record_key_close(NULL);
}

/* The text of seal `number`, with its line feed; its hash is what the next one follows. */
static struct str line_of(struct arena *arena, int64_t number, uint8_t hash[SHA256_BYTES])
{
	static uint8_t list[RECORD_ITEM_BYTES];
	struct record_seal seal = {.number = number,
		.form = RECORD_FORM,
		.era = 1,
		.count = 1,
		.list = span_of(list, sizeof list)};
	struct record_key key = {{1}};
	struct str line;

	memcpy(seal.previous, hash, SHA256_BYTES);
	if (!record_seal_sign(&seal, arena, key.private_key, key.public_key)) {
		abort();
	}
	memcpy(hash, seal.hash, SHA256_BYTES);
	line = record_seal_line(&seal, arena);
	return arena_printf(arena, "%.*s\n", STR_ARG(line));
}

static off_t size_of(const char *path)
{
	struct stat stat_of;

	return stat(path, &stat_of) == 0 ? stat_of.st_size : -1;
}

static void test_the_file_grows_and_its_end_is_found(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	struct seal_file file;
	struct seal_file_fault fault;
	struct arena arena;
	uint8_t hash[SHA256_BYTES] = {0};
	off_t before;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/seals", dir);
	arena_init(&arena, 1024 * 1024);
	for (int64_t number = 1; number <= 3; number++) {
		struct str line = line_of(&arena, number, hash);

		CHECK(seal_file_open(&file, path, &fault));
		CHECK_INT_EQ(file.number, number - 1);
		before = size_of(path);
		CHECK(seal_file_append(file.fd, span_from_str(line)));
		CHECK_INT_EQ(size_of(path), before + (off_t)line.len);
		seal_file_close(&file);
	}
	CHECK(seal_file_open(&file, path, &fault));
	CHECK_INT_EQ(file.number, 3);
	CHECK(memcmp(file.hash, hash, SHA256_BYTES) == 0);
	CHECK((fcntl(file.fd, F_GETFL) & O_APPEND) != 0);
	seal_file_close(&file);
	seal_file_close(&file);
	arena_fini(&arena);
}

/* A crash while the second line was written, after each of its bytes. */
static void test_a_line_cut_short_is_ended_and_no_seal(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	struct seal_file file;
	struct seal_file_fault fault;
	struct arena arena;
	uint8_t hash[SHA256_BYTES] = {0};
	struct str first;
	struct str second;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/seals", dir);
	arena_init(&arena, 1024 * 1024);
	first = line_of(&arena, 1, hash);
	second = line_of(&arena, 2, hash);
	for (size_t cut = 1; cut < second.len; cut++) {
		bool is_whole = cut == second.len - 1; /* but for its line feed */

		(void)unlink(path);
		CHECK(seal_file_open(&file, path, &fault));
		CHECK(seal_file_append(file.fd, span_from_str(first)));
		CHECK(seal_file_append(file.fd, span_of(second.ptr, cut)));
		seal_file_close(&file);
		CHECK(seal_file_open(&file, path, &fault));
		CHECK_INT_EQ(file.number, is_whole ? 2 : 1);
		CHECK_INT_EQ(size_of(path), (off_t)(first.len + cut + 1));
		CHECK(seal_file_append(file.fd, span_from_str(second)));
		seal_file_close(&file);
		CHECK(seal_file_open(&file, path, &fault));
		CHECK_INT_EQ(file.number, 2);
		seal_file_close(&file);
	}
	arena_fini(&arena);
}

static void test_another_kind_of_file_is_refused(void)
{
	static const char line[] = "what somebody else wrote"; /* no line feed */
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	struct seal_file file;
	struct seal_file_fault fault;
	FILE *other;

	scratch_dir(dir);
	CHECK(!seal_file_open(&file, dir, &fault));
	(void)snprintf(path, sizeof path, "%s/seals", dir);
	other = fopen(path, "w");
	CHECK(other != NULL);
	(void)fputs(line, other);
	CHECK_INT_EQ(fclose(other), 0);
	CHECK(!seal_file_open(&file, path, &fault));
	CHECK(strstr(fault.text, "is not a file of seals") != NULL);
	CHECK_INT_EQ(size_of(path), sizeof line - 1); /* and not touched */
}

static const struct test tests[] = {
	{"the_key_is_made_once_and_kept_closed", test_the_key_is_made_once_and_kept_closed},
	{"the_file_grows_and_its_end_is_found", test_the_file_grows_and_its_end_is_found},
	{"a_line_cut_short_is_ended_and_no_seal", test_a_line_cut_short_is_ended_and_no_seal},
	{"another_kind_of_file_is_refused", test_another_kind_of_file_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
