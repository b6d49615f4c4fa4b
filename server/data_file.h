/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of the data directory, whole or not there at all: written beside their place, flushed to
 * disk, then moved in. Nothing here logs or remembers what a file holds.
 */
#pragma once

#include <sys/types.h>

#include "common/err.h"
#include "common/span.h"

/* Makes a directory of 0700; fine where it is there and ours. False with errno. */
bool data_file_mkdir(const char *path) must_check;

/* Replaces the file in one step and gives it exactly `mode`. False with errno; nothing changed then. */
bool data_file_write(const char *path, mode_t mode, struct span bytes) must_check;

/*
 * Makes a file that is not there yet. Of several who do so at once, also on other machines, one wins.
 *
 *   returns  false with errno; EEXIST: it is there, whole, and another's
 */
bool data_file_make(const char *path, mode_t mode, struct span bytes) must_check;

/*
 * Reads at most `max` bytes; false with errno where the file is absent, unreadable, no plain file, or
 * longer (EFBIG).
 */
bool data_file_read(const char *path, uint8_t *out, size_t max, size_t *out_len) must_check;

/*
 * Whether a file that holds a secret is a plain file of our own that nobody else can read or write.
 * False with errno: ENOENT where it is absent, EPERM where it is open to others or somebody else's.
 */
bool data_file_is_private(const char *path) must_check;

/*
 * Whether a secret was handed to us by root: a plain file of root's that others cannot read, and nobody but root
 * can write. Its group may read it: so an access list for us shows in the mode (acl(5)). False with errno as above.
 */
bool data_file_is_handed(const char *path) must_check;
