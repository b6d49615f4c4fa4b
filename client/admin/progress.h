/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "1200 / 5000" on standard error, in one place, where that is a terminal and it has taken a second; nothing with --json.
 */
#pragma once

#include "common/base.h"

struct app;

struct progress {
	const struct app *app; /* borrowed */
	int64_t shown_us;      /* mono: the last time */
	bool is_shown;
};

void progress_begin(struct progress *progress, const struct app *app);
/* `total` 0: nobody knows. */
void progress_show(struct progress *progress, size_t done, size_t total);
/* Clears its place; it may go on after that. */
void progress_end(struct progress *progress);
