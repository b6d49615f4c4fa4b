/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places for tests to work in: directories that are gone afterwards, children whose checks count, and a
 * way out of root, under which neither PostgreSQL nor the server's own rules can be tried.
 */
#pragma once

#include "common/base.h"

#define SCRATCH_PATH_MAX 256

/*
 * The account for tests that root starts: the first of guanjia, postgres, nobody that exists; for
 * everybody else their own.
 */
const char *scratch_account(void);

/* Becomes it, for good, and goes to the root folder; nothing to do where we are not root. */
void scratch_leave_root(void);

/* A new directory of 0700 below /tmp, removed with all that is in it when the process exits. */
void scratch_dir(char out[SCRATCH_PATH_MAX]);

/* Runs it in a child, and waits; true where it ended by returning with no failed check. */
bool scratch_child(void (*run)(void)) must_check;

/* Writes a file of 0600, for tests that prepare one; aborts where that fails. */
void scratch_write(const char *path, const char *text);
