/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a target over stored inputs, without libFuzzer: every file of a directory as it is, then a
 * number of changes of each by the target's own mutator, always the same ones. So every compiler's
 * build tries some thousand inputs at every test run.
 *
 *     replay_TARGET DIRECTORY
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_BYTES_MAX ((size_t)64 * 1024)
#define CHANGES 64 /* of each file, each made of the one before */

/* Turns one byte over, as a small stand-in for libFuzzer's own. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max)
{
	assert(size <= size_max);
	if (size > 0) {
		data[size / 2] ^= (uint8_t)(1 + size % 255);
	}
	return size;
}

/* Under ASan a block of exactly the input's size shows a read one byte too far. */
static void try_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL) {
		abort();
	}
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static bool try_file(const char *directory, const char *name)
{
	static uint8_t data[INPUT_BYTES_MAX];
	char path[4096];
	size_t size;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return false;
	}
	size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	try_input(data, size);
	for (unsigned seed = 0; seed < CHANGES; seed++) {
		size = LLVMFuzzerCustomMutator(data, size, sizeof(data), seed);
		try_input(data, size);
	}
	return true;
}

int main(int argc, char **argv)
{
	const struct dirent *entry;
	size_t count = 0;
	DIR *directory;

	directory = argc == 2 ? opendir(argv[1]) : NULL;
	if (directory == NULL) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 64;
	}
	if (LLVMFuzzerInitialize != NULL) {
		(void)LLVMFuzzerInitialize(&argc, &argv);
	}
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		if (!try_file(argv[1], entry->d_name)) {
			return 1;
		}
		count++;
	}
	(void)closedir(directory);
	printf("%zu inputs, %d changes of each\n", count, CHANGES);
	return count > 0 ? 0 : 1;
}
