/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders with all that is in them. Links are taken as what they are and never followed.
 */
#pragma once

#include "common/base.h"

/* Fine where there is none; false with errno. */
bool tree_remove(const char *path) must_check;

/* Bytes of its plain files together; false with errno. */
bool tree_bytes(const char *path, uint64_t *out) must_check;

/*
 * What was written to the file system that the folder is in is on disk, and so is the folder's list of
 * names; false with errno.
 */
bool tree_sync(const char *path) must_check;
