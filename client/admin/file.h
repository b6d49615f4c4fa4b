/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files: small private ones that are replaced whole, and input that is read whole.
 */
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

/* Makes the directory (0700) and what is missing above it; returns an errno, 0 for success. */
int file_make_folder(const char *path) must_check;

/* Writes beside it with mode 0600, syncs, renames; returns an errno, 0 for success. */
int file_replace(const char *path, struct str content) must_check;

/*
 * The same where somebody else writes: `write` gets the name of an empty file beside it, and returns an errno, 0 for
 * success.
 */
int file_replace_by(
	const char *path, int (*write)(void *context, const char *beside), void *context) must_check;

/*
 * Reads a file, or standard input for "-", into the arena.
 *
 *   returns  an errno, 0 for success; EFBIG where it is longer than max_bytes
 */
int file_read(const char *path, size_t max_bytes, struct arena *arena, struct str *out) must_check;
