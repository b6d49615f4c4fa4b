/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems so small that a test can fill them. They are mounted where only the test's own processes
 * see them, and are gone with it; that needs root, as which the test begins.
 */
#pragma once

#include <stddef.h>

#include "common/base.h"

struct volume {
	const char *path; /* its root, writable for everybody */
};

/* Before live_begin. False, and out_reason says why, where this machine does not allow it. */
bool volumes_begin(const char **out_reason) must_check;

/* The next one, of so many MiB, up to three; before live_begin. */
void volume_make(struct volume *volume, unsigned mib);

/* Writes a file until not a byte more fits; and removes it. */
void volume_fill(const struct volume *volume);
void volume_free(const struct volume *volume);
