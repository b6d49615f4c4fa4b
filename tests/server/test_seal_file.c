/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the key of the seals is made once, whoever starts at the same time, and kept closed, with its public half and
 * those of earlier ones beside it; and that the file of seals only grows: its end is found again, what was cut short at
 * each byte is ended and never taken for a seal, and another kind of file is refused.
 */
#include "server/job/seal_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/data_file.h"
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

#define SERVER_COUNT 4
#define RACE_COUNT 25

static pthread_barrier_t start;

struct starting {
	pthread_t thread;
	const char *dir;
	struct keys root;
	struct record_key key;
	bool has_both;
};

static void *open_both(void *data)
{
	struct starting *starting = data;
	struct keys_fault fault;

	(void)pthread_barrier_wait(&start);
	starting->has_both = keys_open(&starting->root, starting->dir, &fault) == ERR_OK &&
	                     record_key_open(&starting->key, starting->dir, &fault) == ERR_OK;
	return NULL;
}

/* Servers that share a directory without keys, and start at once. */
static void test_of_servers_that_start_at_once_one_makes_the_keys(void)
{
	CHECK_INT_EQ(pthread_barrier_init(&start, NULL, SERVER_COUNT), 0);
	for (int round = 0; round < RACE_COUNT; round++) {
		struct starting servers[SERVER_COUNT] = {{.dir = NULL}};
		char dir[SCRATCH_PATH_MAX];

		scratch_dir(dir);
		for (size_t i = 0; i < SERVER_COUNT; i++) {
			servers[i].dir = dir;
			CHECK_INT_EQ(pthread_create(&servers[i].thread, NULL, open_both, &servers[i]), 0);
		}
		for (size_t i = 0; i < SERVER_COUNT; i++) {
			CHECK_INT_EQ(pthread_join(servers[i].thread, NULL), 0);
			CHECK(servers[i].has_both);
			CHECK(memcmp(&servers[0].root, &servers[i].root, sizeof(struct keys)) == 0);
			CHECK(memcmp(&servers[0].key, &servers[i].key, sizeof(struct record_key)) == 0);
		}
	}
	CHECK_INT_EQ(pthread_barrier_destroy(&start), 0);
}

/* A file that is there is nobody's to make, and nothing is left beside it. */
static void test_a_file_is_made_once(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	uint8_t byte = 0;
	size_t len = 0;
	struct dirent **names = NULL;
	int count;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/one", dir);
	CHECK(data_file_make(path, 0400, span_of("a", 1)));
	CHECK_INT_EQ(mode_of(path), 0400);
	errno = 0;
	CHECK(!data_file_make(path, 0400, span_of("b", 1)));
	CHECK_INT_EQ(errno, EEXIST);
	CHECK(data_file_read(path, &byte, 1, &len));
	CHECK_INT_EQ(byte, 'a');
	count = scandir(dir, &names, NULL, alphasort);
	CHECK_INT_EQ(count, 3); /* it, and the two dots */
	for (int i = 0; i < count; i++) {
		free(names[i]);
	}
	free(names);
}

/* Put away, it is followed by another; what the earlier one signed is still believed, and told to whoever verifies. */
static void test_an_earlier_key_is_remembered(void)
{
	char dir[SCRATCH_PATH_MAX];
	char path[PATH_BYTES];
	uint8_t pem[RECORD_KEYS_MAX * RECORD_KEY_PEM_MAX];
	size_t len = 0;
	struct keys_fault fault = {""};
	struct record_key earlier = {{0}};
	struct record_key key = {{0}};
	struct record_keys keys;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/keys", dir);
	CHECK_INT_EQ(mkdir(path, 0700), 0);
	CHECK_INT_EQ(record_key_open(&earlier, dir, &fault), ERR_OK);
	CHECK_INT_EQ(earlier.trusted.count, 1);
	(void)snprintf(path, sizeof path, "%s/keys/seal.key", dir);
	CHECK_INT_EQ(unlink(path), 0);
	for (int i = 0; i < 2; i++) { /* made, then read */
		CHECK_INT_EQ(record_key_open(&key, dir, &fault), ERR_OK);
		CHECK_INT_EQ(key.trusted.count, 2);
		CHECK(memcmp(key.trusted.keys[0], key.public_key, RECORD_KEY_BYTES) == 0);
		CHECK(memcmp(key.trusted.keys[1], earlier.public_key, RECORD_KEY_BYTES) == 0);
	}
	(void)snprintf(path, sizeof path, "%s/keys/seal.pub", dir);
	CHECK(data_file_read(path, pem, sizeof pem, &len));
	CHECK(record_keys_parse(str_of((const char *)pem, len), &keys));
	CHECK_INT_EQ(keys.count, 2);
	CHECK(memcmp(&keys, &key.trusted, sizeof keys.count + keys.count * RECORD_KEY_BYTES) == 0);
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
	{"of_servers_that_start_at_once_one_makes_the_keys",
		test_of_servers_that_start_at_once_one_makes_the_keys},
	{"a_file_is_made_once", test_a_file_is_made_once},
	{"an_earlier_key_is_remembered", test_an_earlier_key_is_remembered},
	{"the_file_grows_and_its_end_is_found", test_the_file_grows_and_its_end_is_found},
	{"a_line_cut_short_is_ended_and_no_seal", test_a_line_cut_short_is_ended_and_no_seal},
	{"another_kind_of_file_is_refused", test_another_kind_of_file_is_refused},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
