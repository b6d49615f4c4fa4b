/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of seals: what the database says of the past, out of its reach. It only grows: opened to append, a line a
 * seal, flushed to disk; so it may lie where nothing can be taken back. What a crash cut short stays, with a line feed
 * behind it, and the whole line follows. docs/record.md.
 */
#pragma once

#include "common/record_seal.h"

struct seal_file {
	int fd;         /* -1 until opened */
	bool is_torn;   /* its end may be a line cut short */
	int64_t number; /* of its last seal; 0: none */
	uint8_t hash[SHA256_BYTES];
};

struct seal_file_fault {
	char text[512];
};

/* False: it cannot be opened, or is another kind of file. An empty one is made. */
bool seal_file_open(
	struct seal_file *file, const char *path, struct seal_file_fault *out_fault) must_check;
void seal_file_close(struct seal_file *file);

/* Lines with their line feeds, then to disk. Blocks: in a thread. False with errno; what is there may be cut short. */
bool seal_file_append(int fd, struct span lines) must_check;
