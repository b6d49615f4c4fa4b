/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "client/admin/app.h"

#define AFTER_US (1 * US_PER_S)
#define EVERY_US (US_PER_S / 5)

void progress_begin(struct progress *progress, const struct app *app)
{
	*progress = (struct progress){.app = app};
}

void progress_show(struct progress *progress, size_t done, size_t total)
{
	int64_t now_us = clock_now().mono_us;

	if (progress->app->is_json || !isatty(STDERR_FILENO) ||
		now_us - progress->app->started.mono_us < AFTER_US ||
		now_us - progress->shown_us < EVERY_US) {
		return;
	}
	progress->shown_us = now_us;
	progress->is_shown = true;
	if (total == 0) {
		fprintf(stderr, "\r%zu", done);
	} else {
		fprintf(stderr, "\r%zu / %zu", done, total);
	}
	(void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown) {
		fputs("\r\033[K", stderr);
		progress->is_shown = false;
	}
}
